"""The Similar page: what resembles a picture that somebody brings, or a figure of the library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import streamlit as st

from explorer.catalog.records import FigureRecord, ItemRecord, Selection
from explorer.library import Library, preview
from explorer.search.hits import Confidence, Result
from explorer.search.query import Kind
from explorer.web import address, cards, frame, links
from explorer.web.hits import PER_PAGE, goes_on, show_hits
from explorer.web.pasting import take_pasted_pictures
from explorer.web.sentences import told
from explorer.web.thumbnails import image, picture
from explorer.web.uploads import uploads
from explorer.web.views import SimilarView

MAX_UPLOAD_MB = 64
PICTURE_TYPES = ["png", "jpg", "jpeg", "gif", "webp", "svg", "bmp", "tif", "tiff", "avif"]
START_FIGURES = 12
ITEMS_BESIDE = 6


def page(library: Library) -> None:
    """What to resemble, and what does."""
    view = SimilarView.of(address.params())
    _ask(view)
    if not view.is_asked:
        _offer_a_start(library)
        return
    with told():
        # Before the search: a picture that cannot be opened is told once, in place of everything below.
        _show_given(library, view)
        _answer(library, view)


def _ask(view: SimilarView) -> None:
    left, right = st.columns(2)
    left.file_uploader(
        "Drop a picture here, paste one (Ctrl+V), or choose a file",
        type=PICTURE_TYPES,
        key="similar_upload",
        max_upload_size=MAX_UPLOAD_MB,
        on_change=_brought,
    )
    take_pasted_pictures()
    address.fill("similar_words", view.words or "")
    right.text_input(
        "Words beside it (optional)",
        key="similar_words",
        type="search",
        placeholder="by night, as a diagram …",
        on_change=_said,
    )


def _brought() -> None:
    """Another picture is another question; only the words stay."""
    brought = st.session_state["similar_upload"]
    now = SimilarView.of(address.params())
    if brought is not None:
        address.go(SimilarView(upload=uploads().keep(brought.getvalue()), words=now.words))
    else:
        address.go(replace(now, upload=None, page=1))


def _said() -> None:
    now = SimilarView.of(address.params())
    address.go(replace(now, words=st.session_state["similar_words"].strip() or None, page=1))


def _offer_a_start(library: Library) -> None:
    figures = library.figures(Selection(status="kept"), limit=START_FIGURES)
    listed = [cards.figure_card(library, figure, back=links.way_back("similar", {})) for figure in figures]
    st.html("<h2>Or begin with a figure of the library</h2>" + cards.grid(listed, of="Figures to begin with"))


def _show_given(library: Library, view: SimilarView) -> None:
    """What hits shall resemble, and what not, each with a way to take it back."""
    parts = []
    if view.upload:
        shown = image(preview(uploads().get(view.upload)), "The picture you brought")
        parts.append(_given(shown, "Your picture", replace(view, upload=None)))
    if view.figure:
        parts.append(_given_record(library, view.figure, "Like", replace(view, figure=None)))
    for id in view.like:
        without = tuple(other for other in view.like if other != id)
        parts.append(_given_record(library, id, "Like", replace(view, like=without)))
    for id in view.unlike:
        without = tuple(other for other in view.unlike if other != id)
        parts.append(_given_record(library, id, "Unlike", replace(view, unlike=without)))
    if parts:
        st.html(f'<ul class="ax-given" aria-label="What is asked for">{"".join(parts)}</ul>')


def _given_record(library: Library, id: str, role: str, without: SimilarView) -> str:
    record = library.find(id)
    if isinstance(record, ItemRecord):
        return _given(cards.item_name(record), f"{role} this item", without)
    return _given(picture(library, record), f"{role} this figure", without)


def _given(shown: str, role: str, without: SimilarView) -> str:
    """One thing asked for; `shown` is HTML, `without` the view that no longer asks for it."""
    remove = links.anchor(links.similar(replace(without, page=1)), "Remove", about=role)
    return f'<li><span class="ax-ground">{shown}</span><span>{role}</span>{remove}</li>'


def _answer(library: Library, view: SimilarView) -> None:
    with st.spinner("Searching …"):
        figures = _search(library, view, "figure", PER_PAGE + 1)
        items = _search(library, view, "item", ITEMS_BESIDE) if view.page == 1 else None
    back = links.way_back("similar", view.params())
    # Who brings a picture asks for what comes nearest to it, even where that is not near.
    show_hits(library, figures, back=back, more_links=_refining(view), unfolded=True)
    numbers = [view.page - 1] * (view.page > 1) + [view.page + 1] * goes_on(figures)
    if numbers:
        hrefs = {number: links.similar(replace(view, page=number)) for number in numbers}
        st.html(cards.pages(hrefs, view.page))
    good = [hit for hit in items.hits if hit.confidence is not Confidence.WEAK] if items else []
    listed = [cards.item_card(hit.record, hit=hit) for hit in good if isinstance(hit.record, ItemRecord)]
    if listed:
        st.html("<h2>Items about it</h2>" + cards.grid(listed, of="Items about it", layout="items"))


def _search(library: Library, view: SimilarView, kind: Kind, limit: int) -> Result:
    return library.search(
        view.words,
        picture=uploads().get(view.upload) if view.upload else None,
        like=view.liked,
        unlike=view.unlike,
        kind=kind,
        limit=limit,
        offset=(view.page - 1) * PER_PAGE,
    )


def _refining(view: SimilarView) -> Callable[[FigureRecord], Iterator[str]]:
    """What a hit's card offers: to ask for more, or less, like it."""

    def more_links(figure: FigureRecord) -> Iterator[str]:
        more = replace(view, like=(*view.like, figure.id), page=1)
        yield links.anchor(links.similar(more), "More like this", about=figure.label)
        if view.liked:  # "less like this" moves away from what is liked, and needs it
            less = replace(view, unlike=(*view.unlike, figure.id), page=1)
            yield links.anchor(links.similar(less), "Less", about=figure.label)

    return more_links


if __name__ == "__main__":
    frame.show("Find similar figures", page)
