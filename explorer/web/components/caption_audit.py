"""The captions and alt texts that want looking after, each with the way to its figure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from explorer import Library
from explorer.types import FigureRecord, Misplaced
from explorer.web.state import audience, links
from explorer.web.state.error_messages import told

SHOWN = 100


def audit_captions(library: Library) -> None:
    """The button, and below it what was found."""
    if not st.button("Look through captions and alt texts", key="audit"):
        return
    with told(), st.spinner("Comparing captions with pictures …"):
        found = library.editing.audit()
        lists = {
            "Captions that fit another picture of their issue better": [
                _misplaced(one) for one in found.misplaced
            ],
            "Captions that say nothing": [_named(one) for one in found.says_nothing],
            "Figures with a credit and no caption": [_named(one) for one in found.only_credit],
            "Figures without alt text": [_named(one) for one in found.no_alt],
            "Alt texts that say nothing": [_named(one) for one in found.alt_says_nothing],
            "Alt texts that stand at different pictures": [_together(sharing) for sharing in found.same_alt],
        }
        for title, rows in lists.items():
            _show(title, rows)
        if not found.compared:
            st.caption("Too few captions stand at pictures to compare them.")


def _show(title: str, rows: Sequence[str]) -> None:
    if not rows:
        st.html(f"<p>{title}: none</p>")
        return
    with st.expander(f"{title} ({len(rows):,})"):
        st.html("<ul>" + "".join(f"<li>{row}</li>" for row in rows[:SHOWN]) + "</ul>")
        if len(rows) > SHOWN and audience.is_owner():
            st.caption("The whole list: explorer audit --json")


def _named(figure: FigureRecord) -> str:
    said = figure.caption or figure.alt or figure.credit or figure.image or figure.label
    return f'{links.anchor(links.figure(figure.id), said)} <span class="ax-quiet">{escape(figure.document)}</span>'


def _misplaced(one: Misplaced) -> str:
    why = ", ".join(f"{fit.own:+.1f} here and {fit.other:+.1f} there by {fit.by}" for fit in one.evidence)
    there = links.anchor(links.figure(one.other.id), one.other.image or one.other.label)
    return f'{_named(one.figure)} fits {there} better <span class="ax-quiet">({why})</span>'


def _together(sharing: Sequence[FigureRecord]) -> str:
    listed = ", ".join(links.anchor(links.figure(one.id), one.image or one.label) for one in sharing)
    return f"“{escape(sharing[0].alt or '')}”: {listed}"
