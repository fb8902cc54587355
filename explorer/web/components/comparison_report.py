"""The result of a comparison: facts and metrics, the queries that changed most, and those that were left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import streamlit as st
from markupsafe import Markup

from explorer.web.components import summaries
from explorer.web.state.error_messages import escape_markdown
from explorer.web.templating import render

SHOWN_SKIPPED: Final = 10


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit of one side: its picture, and how it changed."""

    picture: Markup
    caption: str
    is_small: bool = False


Row: TypeAlias = tuple[ShownHit | None, ShownHit | None]
"""A hit of A and a hit of B, side by side."""


@dataclass(frozen=True, slots=True)
class ChangedQuery:
    """A query whose hits differ between the sides."""

    text: str
    rows: Sequence[Row]
    note: str = ""


def show_metrics(
    facts: Mapping[str, str], rows: Mapping[str, Mapping[str, Any]], *, label: str, note: str
) -> None:
    """Show what was compared, and a table of the metrics with a note on how to read it."""
    st.html(render("facts.html", facts=facts) + summaries.table(rows, label=label))
    st.caption(note)


def show_changed(queries: Sequence[ChangedQuery], *, if_none: str) -> None:
    """Show the queries that changed most, or the sentence `if_none`."""
    if queries:
        st.html(render("changed_queries.html", queries=queries))
    else:
        st.html(render("paragraph.html", text=if_none))


def show_skipped(reasons: Sequence[str]) -> None:
    """Show, folded away, why some queries were left out."""
    if reasons:
        with st.expander(f"Skipped ({len(reasons):,})"):
            for reason in reasons[:SHOWN_SKIPPED]:
                st.caption(escape_markdown(reason))
