"""The Illustrate page: a text that is being written, and figures that would illustrate it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from explorer import Library
from explorer.errors import QueryError
from explorer.types import Confidence, FigureRecord, Illustration
from explorer.web.components import cards, page_layout
from explorer.web.components.hits import NOTHING
from explorer.web.state import address, links
from explorer.web.state.error_messages import as_text
from explorer.web.state.uploads import uploads
from explorer.web.state.views import IllustrateView
from explorer.web.templating import render

FIGURES = 24
MAX_LETTERS = 20_000


def page(library: Library) -> None:
    """The text, and what would illustrate it."""
    view = IllustrateView.of(address.params())
    text = _brought_text(view)
    _ask(text)
    if text:
        _answer(library, text, links.way_back(links.ILLUSTRATE, view.params()))


def _brought_text(view: IllustrateView) -> str:
    """The text of the address; of an old link it may be gone, and that is told."""
    try:
        return uploads().get(view.text).decode() if view.text else ""
    except QueryError as error:
        st.warning(as_text(str(error)))
        return ""


def _ask(text: str) -> None:
    address.fill("illustrate_text", text)
    st.text_area(
        "Paste a paragraph or a page, and press Ctrl+Enter",
        key="illustrate_text",
        height=200,
        max_chars=MAX_LETTERS,
        on_change=_brought,
    )


def _brought() -> None:
    text = st.session_state["illustrate_text"].strip()
    # The address names the text and does not hold it: a page of text is longer than an address may be.
    address.go(IllustrateView(uploads().keep(text.encode(errors="replace")) if text else None))


def _answer(library: Library, text: str, back: str) -> None:
    with st.spinner("Searching …"):
        found = library.editing.illustrate(text, limit=FIGURES)
    good = [one for one in found if one.hit.confidence is not Confidence.WEAK]
    weak = [one for one in found if one.hit.confidence is Confidence.WEAK]
    if not good:
        st.info(NOTHING, icon=":material/info:")
    _show(library, good, back)
    if weak:
        with st.expander(f"{'Weaker matches' if good else 'The nearest all the same'} ({len(weak)})"):
            _show(library, weak, back)


def _show(library: Library, found: Sequence[Illustration], back: str) -> None:
    """The figures under the passages that they fit; the passage of the best comes first."""
    by_passage: dict[str, list[Markup]] = {}
    for one in found:
        if isinstance(one.hit.record, FigureRecord):
            card = cards.figure_card(library, one.hit.record, back=back, hit=one.hit)
            by_passage.setdefault(one.passage, []).append(card)
    for passage, listed in by_passage.items():
        quote = render("passage.html", passage=passage)
        st.html(quote + cards.grid(listed, label=f"For: {passage}"))


if __name__ == "__main__":
    page_layout.show("Illustrate a text", page)
