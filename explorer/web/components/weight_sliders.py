"""Sliders for the weights of the legs. They start at the fitted weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import streamlit as st

from explorer.types import LABELS, LEGS, Hit
from explorer.web.state import address, links
from explorer.web.state.params import MOST_WEIGHT, LegWeights
from explorer.web.state.views import CompareView
from explorer.web.templating import render

STEP = 0.1


def show(
    fitted: Mapping[str, float],
    weights: LegWeights,
    hits: Iterable[Hit],
    *,
    reset: str,
    on_change: Callable[[LegWeights], None],
    below: Callable[[], None] | None = None,
) -> None:
    """Show a slider for each leg that the hits are ranked by; `reset` is the address with the fitted weights.

    `below` shows more settings under the sliders.
    """
    used_legs = {leg for hit in hits for leg in hit.why} | dict(weights).keys()
    legs = [leg for leg in fitted if leg in used_legs]
    if not legs:
        return
    count = f" ({len(weights)})" if weights else ""
    with st.popover(f"Ranking weights{count}", icon=":material/balance:", key="weights"):
        for leg in legs:
            show_slider(leg, fitted, weights, prefix="search", on_change=on_change)
        if weights:
            actions = [
                links.anchor(reset, "Reset", about="ranking weights"),
                links.anchor(links.compare(CompareView(weights)), "Compare with the fitted weights"),
            ]
            st.html(render("actions.html", actions=actions))
        if below:
            below()


def show_slider(
    leg: str,
    fitted: Mapping[str, float],
    weights: LegWeights,
    *,
    prefix: str,
    on_change: Callable[[LegWeights], None],
) -> None:
    """Show the weight of one leg; `on_change` gets all weights that differ from the fitted ones."""
    key = f"{prefix}_weight_{leg}"

    def handle_change() -> None:
        on_change(_differing({**dict(weights), leg: st.session_state[key]}, fitted))

    address.fill(key, float(dict(weights).get(leg, fitted[leg])))
    st.slider(
        LABELS.get(leg, leg), 0.0, MOST_WEIGHT, step=STEP, format="%.1f", key=key, on_change=handle_change
    )


def _differing(weights: Mapping[str, float], fitted: Mapping[str, float]) -> LegWeights:
    return tuple((leg, weights[leg]) for leg in LEGS if leg in weights and weights[leg] != fitted[leg])
