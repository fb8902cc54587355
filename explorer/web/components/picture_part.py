"""Asking for a part of a picture: a box dragged over it, or its edges as numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import streamlit as st

from explorer.types import Region
from explorer.web.components.attributes import attribute
from explorer.web.components.thumbnails import frame
from explorer.web.state import links
from explorer.web.state.views import SimilarView

SCRIPT = Path(__file__).parents[1] / "static" / "drag_box.js"
EDGES: Final = ("Left edge", "Top edge", "Right edge", "Bottom edge")
MIDDLE: Final[Region] = (0.25, 0.25, 0.75, 0.75)
UNFOLDED: Final = "part_unfolded"
ASKED_FOR: Final = "The part that is asked for"


@st.fragment
def offer(shown: str, view: SimilarView) -> None:
    """Show the picture (`shown`, HTML) to drag a box on, once it is unfolded.

    `view` asks for all of it, or for its present part.
    """
    whole = links.similar(replace(view, box=None, page=1))
    unfolded = st.expander("Search for a part of it", icon=":material/crop:", key=UNFOLDED, on_change="rerun")
    if not unfolded.open:
        return
    with unfolded:
        st.html(
            '<p class="ax-quiet">Drag a box over what you look for.</p>'
            f'<div class="ax-drag" data-search="{attribute(whole)}">{framed(shown, view.box)}</div>'
        )
        st.html(f"<script>{SCRIPT.read_text(encoding='utf-8')}</script>", unsafe_allow_javascript=True)
        with st.popover("Or give its edges as numbers", icon=":material/123:"):
            _by_numbers(view)


def framed(shown: str, part: Region | None) -> str:
    """A picture (HTML) with a frame around a part of it."""
    return f'<div class="ax-under">{shown}{frame(part, ASKED_FOR) if part else ""}</div>'


def _by_numbers(view: SimilarView) -> None:
    asked = links.similar(view)  # another box, or another picture, begins with other numbers
    percents = [
        st.number_input(f"{edge}, in percent", 0, 100, round(100 * at), key=f"part_{edge}_{asked}")
        for edge, at in zip(EDGES, view.box or MIDDLE, strict=True)
    ]
    left, top, right, bottom = (percent / 100 for percent in percents)
    if left < right and top < bottom:
        part = replace(view, box=(left, top, right, bottom), page=1)
        st.html(links.anchor(links.similar(part), "Search for this part"))
    else:
        st.caption("The right edge lies right of the left one, and the bottom below the top.")
