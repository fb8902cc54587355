"""The Similar page: figures and items that resemble an uploaded picture or a figure of the library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st
from markupsafe import Markup

from explorer import Library, crop_picture
from explorer.errors import QueryError
from explorer.types import Confidence, FigureRecord, ItemRecord, Result, Selection
from explorer.web.components import cards, page_layout, query_examples, weight_sliders
from explorer.web.components.gallery import show_gallery
from explorer.web.components.hits import PER_PAGE, show_hits
from explorer.web.components.paging import Paging
from explorer.web.components.save_search_form import show_save_form
from explorer.web.components.scripts import run_script
from explorer.web.state import address, links, search_history
from explorer.web.state.error_messages import escape_markdown, show_errors
from explorer.web.state.uploads import uploads
from explorer.web.state.views import SimilarView
from explorer.web.templating import render
from images import PICTURE_SUFFIXES

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_UPLOAD_MB = 64
START_FIGURES = 12
MAX_ITEMS = 6


def page(library: Library) -> None:
    """Show the fields, the examples, and the hits that resemble them."""
    view = SimilarView.of(address.params())
    _show_fields(view)
    view = _without_expired_upload(view)
    if not view.has_query:
        _show_start(library)
        return
    with show_errors():
        # Before the search: a picture that cannot be opened gives one error in place of everything below.
        query_examples.show(library, view)
        _show_results(library, view)


def _without_expired_upload(view: SimilarView) -> SimilarView:
    """Return the view without its uploaded picture if that is gone, and show a warning then."""
    try:
        if view.upload:
            uploads().get(view.upload)
    except QueryError as error:
        st.warning(escape_markdown(str(error)))
        return replace(view, upload=None, box=None)
    return view


def _show_fields(view: SimilarView) -> None:
    left, right = st.columns(2)
    left.file_uploader(
        "Drop a picture here, paste one (Ctrl+V), or choose a file",
        type=list(PICTURE_SUFFIXES),
        key="similar_upload",
        max_upload_size=MAX_UPLOAD_MB,
        on_change=_on_upload,
    )
    run_script(
        "paste.js"
    )  # a picture pasted anywhere on the page goes to the uploader, which does not listen for it
    address.fill("similar_words", view.words or "")
    right.text_input(
        "Additional words (optional)",
        key="similar_words",
        type="search",
        placeholder="by night, as a diagram …",
        on_change=_on_words_change,
    )


def _on_upload() -> None:
    """Search for the new picture, with the present words and weights."""
    file = st.session_state["similar_upload"]
    view = SimilarView.of(address.params())
    if file is not None:
        upload = uploads().add(file.getvalue())
        address.go(SimilarView(upload=upload, words=view.words, weights=view.weights))
    else:
        address.go(replace(view, upload=None, box=None, page=1))


def _on_words_change() -> None:
    view = SimilarView.of(address.params())
    address.go(replace(view, words=st.session_state["similar_words"].strip() or None, page=1))


def _show_start(library: Library) -> None:
    figures = library.browse.figures(Selection(status="kept"), limit=START_FIGURES)
    back = links.encode_back("similar", {})
    figure_cards = [cards.figure_card(library, figure, back=back) for figure in figures]
    show_gallery(library, figures, back=back)
    heading = render("heading.html", text="Or start with a figure of the library")
    st.html(heading + cards.grid(figure_cards, label="Figures to begin with"))


def _show_results(library: Library, view: SimilarView) -> None:
    paging = Paging(view.page, PER_PAGE)
    with st.spinner("Searching …"):
        result = _search(library, view, paging)
    search_history.record_timing(library, result)
    with st.container(horizontal=True):
        weight_sliders.show(
            library.encoders.weights(),
            view.weights,
            (*result.hits, *result.items),
            reset=links.similar(replace(view, weights=(), page=1)),
            on_change=lambda weights: address.go(replace(view, weights=weights, page=1)),
        )
        is_partial = view.upload or view.box
        show_save_form(
            library,
            words=view.words,
            like=view.liked,
            unlike=view.unlike,
            not_saved="Uploaded pictures and parts of pictures are not saved." if is_partial else "",
        )
    back = links.encode_back("similar", view.params())
    # Weak hits are shown too: a visitor with a picture wants the closest figures, even if they are not close.
    show_hits(
        library,
        result,
        paging=paging,
        href=lambda page: links.similar(replace(view, page=page)),
        back=back,
        more_links=_refining_links(view),
        unfolded=True,
    )
    good = [hit for hit in result.items if hit.confidence is not Confidence.WEAK]
    item_cards = [cards.item_card(hit.record, hit=hit) for hit in good if isinstance(hit.record, ItemRecord)]
    if item_cards:
        title = "Items about the picture"
        st.html(render("heading.html", text=title) + cards.grid(item_cards, label=title, layout="items"))


def _search(library: Library, view: SimilarView, paging: Paging) -> Result:
    """Find similar figures, and with the first page items about them."""
    return library.search(
        view.words,
        picture=_picture(library, view),
        like=view.liked,
        unlike=view.unlike,
        limit=paging.shown + 1,
        items=MAX_ITEMS if paging.first == 1 else 0,
        offset=paging.offset,
        weights=dict(view.weights),
    )


def _picture(library: Library, view: SimilarView) -> bytes | Image | None:
    """Return the picture to search for, or the part of it."""
    if view.upload:
        content = uploads().get(view.upload)
        return crop_picture(content, view.box) if view.box else content
    if view.box and view.figure:
        sha256 = library.browse.figure(view.figure).sha256
        if sha256 is None:
            raise QueryError(
                "This figure has no picture, so you cannot search for a part of it. Choose a figure with a picture."
            )
        return crop_picture(library.browse.picture_path(sha256, "original"), view.box)
    return None


def _refining_links(view: SimilarView) -> Callable[[FigureRecord], Iterator[Markup]]:
    """Return the links on the card of a hit, which search for more or less like it."""

    def more_links(figure: FigureRecord) -> Iterator[Markup]:
        more = replace(view, like=(*view.like, figure.id), page=1)
        yield links.anchor(links.similar(more), "More like this", about=figure.label)
        if view.liked:  # "less like this" moves away from the liked figures, and needs some
            less = replace(view, unlike=(*view.unlike, figure.id), page=1)
            yield links.anchor(links.similar(less), "Less like this", about=figure.label)

    return more_links


if __name__ == "__main__":
    page_layout.show("Find similar figures", page)
