"""What came of a comparison, whatever was asked: its facts and numbers, what changed most, what was not asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

import streamlit as st

from explorer.web.components import summaries
from explorer.web.state.error_messages import as_text

SHOWN_SKIPPED: Final = 10


def numbers(facts: Mapping[str, str], rows: Mapping[str, Mapping[str, Any]], *, of: str, note: str) -> None:
    """What was compared, and the table of what was measured, with a note on how to read it."""
    listed = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    st.html(f'<dl class="ax-facts">{listed}</dl>' + summaries.table(rows, of=of))
    st.caption(note)


def changed(cards: Sequence[str], *, none: str) -> None:
    """The cards, HTML of a list's entries, of what changed most; or that nothing did."""
    title = "What changed most"
    listed = f'<h2>{title}</h2><ul class="ax-changed" aria-label="{title}">{"".join(cards)}</ul>'
    st.html(listed if cards else f"<p>{none}</p>")


def not_asked(reasons: Sequence[str]) -> None:
    """Why some were left out, folded away."""
    if reasons:
        with st.expander(f"Not asked ({len(reasons):,})"):
            for reason in reasons[:SHOWN_SKIPPED]:
                st.caption(as_text(reason))
