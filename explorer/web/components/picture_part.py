"""Search for a part of a picture: a box dragged over it, or its edges as numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st
from markupsafe import Markup

from explorer.types import Region
from explorer.web.components.scripts import run_script
from explorer.web.state import links
from explorer.web.state.views import SimilarView
from explorer.web.templating import render

EDGES: Final = ("Left edge", "Top edge", "Right edge", "Bottom edge")
MIDDLE: Final[Region] = (0.25, 0.25, 0.75, 0.75)
UNFOLDED: Final = "part_unfolded"
FRAME_TITLE: Final = "The part to search for"


@st.fragment
def show_part_search(picture: Markup, view: SimilarView) -> None:
    """Show the picture to drag a box on, once it is unfolded.

    `view` is the search for the whole picture, or for its present part.
    """
    search = links.similar(replace(view, box=None, page=1))
    unfolded = st.expander(
        "Search for a part of the picture", icon=":material/crop:", key=UNFOLDED, on_change="rerun"
    )
    if not unfolded.open:
        return
    with unfolded:
        st.html(render("picture_part.html", search=search, picture=picture, frames=_frames(view.box)))
        run_script("drag_box.js")
        with st.popover("Enter the edges as numbers", icon=":material/123:"):
            _by_numbers(view)


def framed(picture: Markup, part: Region | None) -> Markup:
    """Return a picture with a frame around a part of it."""
    return render("framed.html", picture=picture, frames=_frames(part))


def _frames(part: Region | None) -> list[tuple[Region, str]]:
    return [(part, FRAME_TITLE)] if part else []


def _by_numbers(view: SimilarView) -> None:
    present = links.similar(view)  # another box, or another picture, starts with other numbers
    percents = [
        st.number_input(f"{edge}, in percent", 0, 100, round(100 * fraction), key=f"part_{edge}_{present}")
        for edge, fraction in zip(EDGES, view.box or MIDDLE, strict=True)
    ]
    left, top, right, bottom = (percent / 100 for percent in percents)
    if left < right and top < bottom:
        part = replace(view, box=(left, top, right, bottom), page=1)
        st.html(links.anchor(links.similar(part), "Search for this part"))
    else:
        st.caption("The right edge must be right of the left edge, and the bottom edge below the top edge.")
