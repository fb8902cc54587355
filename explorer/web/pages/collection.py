"""The Collection page: the figures of a collection in its order, or figures like them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import streamlit as st
from markupsafe import Markup

from explorer import Library
from explorer.types import Collection, FigureRecord
from explorer.web.components import cards, page_layout
from explorer.web.components.collection_form import show_collection_form
from explorer.web.components.gallery import show_gallery
from explorer.web.components.hits import PER_PAGE, show_hits
from explorer.web.components.paging import Paging
from explorer.web.state import address, audience, links
from explorer.web.state.views import CollectionView
from explorer.web.templating import render

FIGURES_PER_PAGE: Final = 48
MAX_DOWNLOAD_BYTES: Final = 500_000_000


def page(library: Library) -> None:
    """Show the collection of the address."""
    view = CollectionView.of(address.params())
    back = links.collection(view.id) if view.id and view.is_similar else links.COLLECTIONS
    st.html(
        render(
            "back_link.html", href=back, text="← The collection" if view.is_similar else "← All collections"
        )
    )
    if not view.id:
        st.info("No collection is selected. Choose one on the page Collections.", icon=":material/info:")
        return
    collection = library.collections.get(view.id)
    if view.is_similar:
        _show_similar(library, collection, view)
    else:
        _show_collection(library, collection, view)


def _show_similar(library: Library, collection: Collection, view: CollectionView) -> None:
    paging = Paging(view.page, PER_PAGE)
    with st.spinner("Searching …"):
        result = library.collections.similar(collection.id, limit=paging.shown + 1, offset=paging.offset)
    show_hits(
        library,
        result,
        paging=paging,
        href=lambda number: links.collection(collection.id, similar=True, page=number),
        back=links.encode_back(links.COLLECTION, view.params()),
        unfolded=True,
    )


def _show_collection(library: Library, collection: Collection, view: CollectionView) -> None:
    figures = library.collections.figures(collection.id)
    if collection.notes:
        st.html(render("paragraph.html", text=collection.notes, style="ax-lead ax-text"))
    _show_actions(library, collection, figures)
    last = max(1, -(-len(figures) // FIGURES_PER_PAGE))
    view = replace(view, page=min(view.page, last))
    paging = Paging(view.page, FIGURES_PER_PAGE)
    shown = figures[paging.offset : paging.offset + paging.shown]
    has_next = view.page < last

    def href(number: int) -> str:
        return links.collection(collection.id, page=number)

    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(render("result_count.html", text=_describe_count(collection, figures)))
        show_gallery(
            library,
            shown,
            back=links.encode_back(links.COLLECTION, view.params()),
            more=paging.more(href, has_next=has_next),
            everything=lambda: [figure.id for figure in figures],
            total=len(figures),
            collection=collection.id,
        )
    if shown:
        figure_cards = [_card(library, figure, view) for figure in shown]
        st.html(
            cards.grid(figure_cards, label=f"Figures of {collection.name}")
            + paging.links(href, has_next=has_next, last=last)
        )


def _card(library: Library, figure: FigureRecord, view: CollectionView) -> Markup:
    back = links.encode_back(links.COLLECTION, view.params())
    arrange = [render("arrange_buttons.html", figure=figure)] if audience.is_owner() else []
    return cards.figure_card(library, figure, back=back, more_links=arrange)


def _describe_count(collection: Collection, figures: Sequence[FigureRecord]) -> str:
    gone = collection.figures - len(figures)
    count = f"{len(figures):,} figure{'' if len(figures) == 1 else 's'}"
    return f"{count}, {gone:,} more not in the library now" if gone else count


def _show_actions(library: Library, collection: Collection, figures: Sequence[FigureRecord]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if figures:
            similar = links.collection(collection.id, similar=True)
            st.html(links.anchor(similar, "Find more like these", about=collection.name))
            _show_download(library, collection)
        if audience.is_owner():
            show_collection_form(library, collection)


def _show_download(library: Library, collection: Collection) -> None:
    if library.collections.picture_bytes(collection.id) > MAX_DOWNLOAD_BYTES:
        st.caption(
            audience.adapt_message(
                "This collection is too large to download here. Write it to a file: explorer collections export"
            )
        )
        return
    st.download_button(
        "Download all (zip)",
        lambda: _zip(library, collection),
        file_name=f"{collection.name}.zip",
        mime="application/zip",
        key="collection_download",
        icon=":material/download:",
        help="The original pictures with captions, credits and sources, and a contact sheet to print.",
        on_click="ignore",
    )


def _zip(library: Library, collection: Collection) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "collection.zip"
        library.collections.export(collection.id, file)
        return file.read_bytes()


def title_of(library: Library) -> str:
    """Return the name of the collection of the address."""
    view = CollectionView.of(address.params())
    name = library.collections.get(view.id).name if view.id else "Collection"
    return f"Figures like those of {name}" if view.id and view.is_similar else name


if __name__ == "__main__":
    page_layout.show("Collection", page, title_of)
