"""The Collections page: all collections of the library."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from explorer import Library
from explorer.types import Collection
from explorer.web.components import page_layout
from explorer.web.components.thumbnails import picture
from explorer.web.state import audience, links
from explorer.web.templating import render

PICTURES_OF_COVER = 4
NONE_YET = "There are no collections yet."
HOW_TO = (
    "A collection keeps figures together: for a talk, an article, a comparison. Select pictures with the mark in their corner, "
    "or press x, then choose “Keep”."
)


def page(library: Library) -> None:
    """Show the cover of each collection, or how to make the first one."""
    collections = library.collections.list()
    if collections:
        covers = [_cover(library, collection) for collection in collections]
        lead = render("paragraph.html", text=HOW_TO, style="ax-lead") if audience.is_owner() else Markup()
        st.html(lead + render("covers.html", covers=covers, label="Collections"))
        return
    how_to = f"{NONE_YET} {HOW_TO}" if audience.is_owner() else NONE_YET
    st.html(
        render("paragraph.html", text=how_to, style="ax-lead") + links.anchor(links.CAPTIONS, "All figures")
    )


def _cover(library: Library, collection: Collection) -> Markup:
    figures = [figure for figure in library.collections.figures(collection.id) if figure.sha256]
    pictures = [picture(library, figure) for figure in figures[:PICTURES_OF_COVER]]
    return render(
        "collection_cover.html",
        href=links.collection(collection.id),
        collection=collection,
        pictures=pictures,
    )


if __name__ == "__main__":
    page_layout.show("Collections", page)
