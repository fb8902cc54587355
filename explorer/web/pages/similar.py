"""The Similar page: what resembles a picture that somebody brings, or a figure of the library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st
from markupsafe import Markup

from explorer import Library, crop_picture
from explorer.errors import QueryError
from explorer.types import Confidence, FigureRecord, ItemRecord, Kind, Result, Selection
from explorer.web.components import cards, page_layout, query_examples, weight_sliders
from explorer.web.components.hits import PER_PAGE, goes_on, show_hits
from explorer.web.components.save_search_form import save_search
from explorer.web.components.scripts import run_script
from explorer.web.state import address, links
from explorer.web.state.error_messages import as_text, told
from explorer.web.state.uploads import uploads
from explorer.web.state.views import SimilarView
from explorer.web.templating import render
from images import PICTURE_SUFFIXES

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_UPLOAD_MB = 64
START_FIGURES = 12
ITEMS_BESIDE = 6


def page(library: Library) -> None:
    """What to resemble, and what does."""
    view = SimilarView.of(address.params())
    _ask(view)
    view = _without_what_is_gone(view)
    if not view.is_asked:
        _offer_a_start(library)
        return
    with told():
        # Before the search: a picture that cannot be opened is told once, in place of everything below.
        query_examples.show(library, view)
        _answer(library, view)


def _without_what_is_gone(view: SimilarView) -> SimilarView:
    """What can still be asked of an old link: its picture may be gone, and that is told."""
    try:
        if view.upload:
            uploads().get(view.upload)
    except QueryError as error:
        st.warning(as_text(str(error)))
        return replace(view, upload=None, box=None)
    return view


def _ask(view: SimilarView) -> None:
    left, right = st.columns(2)
    left.file_uploader(
        "Drop a picture here, paste one (Ctrl+V), or choose a file",
        type=list(PICTURE_SUFFIXES),
        key="similar_upload",
        max_upload_size=MAX_UPLOAD_MB,
        on_change=_brought,
    )
    run_script(
        "paste.js"
    )  # a picture pasted anywhere on the page goes to the uploader, which does not listen for it
    address.fill("similar_words", view.words or "")
    right.text_input(
        "Words beside it (optional)",
        key="similar_words",
        type="search",
        placeholder="by night, as a diagram …",
        on_change=_said,
    )


def _brought() -> None:
    """Another picture is another question; only the words stay, and what counts how much."""
    brought = st.session_state["similar_upload"]
    now = SimilarView.of(address.params())
    if brought is not None:
        upload = uploads().keep(brought.getvalue())
        address.go(SimilarView(upload=upload, words=now.words, weights=now.weights))
    else:
        address.go(replace(now, upload=None, box=None, page=1))


def _said() -> None:
    now = SimilarView.of(address.params())
    address.go(replace(now, words=st.session_state["similar_words"].strip() or None, page=1))


def _offer_a_start(library: Library) -> None:
    figures = library.browse.figures(Selection(status="kept"), limit=START_FIGURES)
    listed = [cards.figure_card(library, figure, back=links.way_back("similar", {})) for figure in figures]
    heading = render("heading.html", text="Or begin with a figure of the library")
    st.html(heading + cards.grid(listed, label="Figures to begin with"))


def _answer(library: Library, view: SimilarView) -> None:
    with st.spinner("Searching …"):
        figures = _search(library, view, "figure", PER_PAGE + 1)
        items = _search(library, view, "item", ITEMS_BESIDE) if view.page == 1 else None
    with st.container(horizontal=True):
        weight_sliders.show(
            library.weights(),
            view.weights,
            [figures, *([items] if items else [])],
            reset=links.similar(replace(view, weights=(), page=1)),
            on_change=lambda weights: address.go(replace(view, weights=weights, page=1)),
        )
        save_search(library, view)
    back = links.way_back("similar", view.params())
    # Who brings a picture asks for what comes nearest to it, even where that is not near.
    show_hits(library, figures, back=back, more_links=_refining(view), unfolded=True)
    numbers = [view.page - 1] * (view.page > 1) + [view.page + 1] * goes_on(figures)
    if numbers:
        hrefs = {number: links.similar(replace(view, page=number)) for number in numbers}
        st.html(cards.page_links(hrefs, view.page))
    good = [hit for hit in items.hits if hit.confidence is not Confidence.WEAK] if items else []
    listed = [cards.item_card(hit.record, hit=hit) for hit in good if isinstance(hit.record, ItemRecord)]
    if listed:
        title = "Items about it"
        st.html(render("heading.html", text=title) + cards.grid(listed, label=title, layout="items"))


def _search(library: Library, view: SimilarView, kind: Kind, limit: int) -> Result:
    return library.search(
        view.words,
        picture=_picture(library, view),
        like=view.liked,
        unlike=view.unlike,
        kind=kind,
        limit=limit,
        offset=(view.page - 1) * PER_PAGE,
        weights=dict(view.weights),
    )


def _picture(library: Library, view: SimilarView) -> bytes | Image | None:
    """The picture that is asked for, or the part of it."""
    if view.upload:
        brought = uploads().get(view.upload)
        return crop_picture(brought, view.box) if view.box else brought
    if view.box and view.figure:
        sha256 = library.browse.figure(view.figure).sha256
        if sha256 is None:
            raise QueryError("This figure has no picture to search for a part of. Choose one that has.")
        return crop_picture(library.browse.picture_path(sha256, "original"), view.box)
    return None


def _refining(view: SimilarView) -> Callable[[FigureRecord], Iterator[Markup]]:
    """What a hit's card offers: to ask for more, or less, like it."""

    def more_links(figure: FigureRecord) -> Iterator[Markup]:
        more = replace(view, like=(*view.like, figure.id), page=1)
        yield links.anchor(links.similar(more), "More like this", about=figure.label)
        if view.liked:  # "less like this" moves away from what is liked, and needs it
            less = replace(view, unlike=(*view.unlike, figure.id), page=1)
            yield links.anchor(links.similar(less), "Less", about=figure.label)

    return more_links


if __name__ == "__main__":
    page_layout.show("Find similar figures", page)
