"""How much each way of comparing counts: sliders that begin where the weights were fitted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import streamlit as st

from explorer.types import LABELS, LEGS, Result
from explorer.web.state import address, links
from explorer.web.state.params import MOST_WEIGHT, LegWeights
from explorer.web.state.views import CompareView
from explorer.web.templating import render

STEP = 0.1


def show(
    fitted: Mapping[str, float],
    now: LegWeights,
    results: Iterable[Result],
    *,
    reset: str,
    on_change: Callable[[LegWeights], None],
) -> None:
    """A slider for each leg that had a say in the results, folded away; `reset` leads to the fitted weights."""
    heard = {leg for result in results for hit in result.hits for leg in hit.why} | dict(now).keys()
    legs = [leg for leg in fitted if leg in heard]
    if not legs:
        return
    moved = f" ({len(now)})" if now else ""
    with st.popover(f"Ranking weights{moved}", icon=":material/balance:", key="weights"):
        for leg in legs:
            slider(leg, fitted, now, prefix="search", on_change=on_change)
        if now:
            actions = [
                links.anchor(reset, "Reset", about="ranking weights"),
                links.anchor(links.compare(CompareView(now)), "Compare with the fitted weights"),
            ]
            st.html(render("actions.html", actions=actions))


def slider(
    leg: str,
    fitted: Mapping[str, float],
    now: LegWeights,
    *,
    prefix: str,
    on_change: Callable[[LegWeights], None],
) -> None:
    """How much one leg counts; `on_change` is told all weights that then differ from the fitted ones."""
    key = f"{prefix}_weight_{leg}"

    def moved() -> None:
        on_change(_differing({**dict(now), leg: st.session_state[key]}, fitted))

    address.fill(key, float(dict(now).get(leg, fitted[leg])))
    st.slider(LABELS.get(leg, leg), 0.0, MOST_WEIGHT, step=STEP, format="%.1f", key=key, on_change=moved)


def _differing(weights: Mapping[str, float], fitted: Mapping[str, float]) -> LegWeights:
    return tuple((leg, weights[leg]) for leg in LEGS if leg in weights and weights[leg] != fitted[leg])
