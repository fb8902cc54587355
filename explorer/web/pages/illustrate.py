"""The Illustrate page: figures that would illustrate a text."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from explorer import Library
from explorer.errors import QueryError
from explorer.types import Confidence, FigureRecord, Illustration
from explorer.web.components import cards, page_layout
from explorer.web.components.gallery import show_gallery
from explorer.web.components.hits import CLOSEST, NOTHING, WEAKER, figures_of
from explorer.web.state import address, links
from explorer.web.state.error_messages import escape_markdown
from explorer.web.state.uploads import uploads
from explorer.web.state.views import IllustrateView
from explorer.web.templating import render

FIGURES = 24
MAX_CHARS = 20_000


def page(library: Library) -> None:
    """Show the text, and figures that would illustrate it."""
    view = IllustrateView.of(address.params())
    text = _uploaded_text(view)
    _show_field(text)
    if text:
        _show_figures(library, text, links.encode_back(links.ILLUSTRATE, view.params()))


def _uploaded_text(view: IllustrateView) -> str:
    """Return the text of the address. Show a warning if the text of an old link is gone."""
    try:
        return uploads().get(view.text).decode() if view.text else ""
    except QueryError as error:
        st.warning(escape_markdown(str(error)))
        return ""


def _show_field(text: str) -> None:
    address.fill("illustrate_text", text)
    st.caption("The pictures of the library that fit a text are shown, each below the passage that it fits.")
    st.text_area(
        "Paste a paragraph or a page",
        key="illustrate_text",
        height=200,
        max_chars=MAX_CHARS,
        on_change=_on_change,
    )
    # A click also leaves the field, which sends its text with the address of before: the click must send it again.
    st.button("Find pictures for this text", key="illustrate_find", type="primary", on_click=_on_change)


def _on_change() -> None:
    text = st.session_state["illustrate_text"].strip()
    # The address contains the name of the text, since a page of text would be too long for an address.
    address.go(IllustrateView(uploads().add(text.encode(errors="replace")) if text else None))


def _show_figures(library: Library, text: str, back: str) -> None:
    with st.spinner("Searching …"):
        illustrations = library.editing.illustrate(text, limit=FIGURES)
    good = [
        illustration for illustration in illustrations if illustration.hit.confidence is not Confidence.WEAK
    ]
    weak = [illustration for illustration in illustrations if illustration.hit.confidence is Confidence.WEAK]
    show_gallery(library, figures_of(illustration.hit for illustration in illustrations), back=back)
    if not good:
        st.info(NOTHING, icon=":material/info:")
    _show_by_passage(library, good, back)
    if weak:
        with st.expander(f"{WEAKER if good else CLOSEST} ({len(weak)})"):
            _show_by_passage(library, weak, back)


def _show_by_passage(library: Library, illustrations: Sequence[Illustration], back: str) -> None:
    """Show the figures below the passages that they fit. The passage of the best figure is the first."""
    by_passage: dict[str, list[Markup]] = {}
    for illustration in illustrations:
        hit = illustration.hit
        if isinstance(hit.record, FigureRecord):
            card = cards.figure_card(library, hit.record, back=back, hit=hit)
            by_passage.setdefault(illustration.passage, []).append(card)
    for passage, figure_cards in by_passage.items():
        quote = render("passage.html", passage=passage)
        st.html(quote + cards.grid(figure_cards, label=f"For: {passage}"))


if __name__ == "__main__":
    page_layout.show("Illustrate a text", page)
