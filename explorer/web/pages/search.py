"""The Search page: one box, and the pictures that fit what is written in it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import Library
from explorer.types import Selection
from explorer.web.components import cards, filter_panel, page_layout, query_explanation, weight_sliders
from explorer.web.components.example_searches import example_searches
from explorer.web.components.hits import PER_PAGE, goes_on, show_hits
from explorer.web.state import address, links, search_history
from explorer.web.state.views import SearchView
from explorer.web.templating import render

KIND_WORDS = {"figure": "Figures", "item": "Items", "any": "Both"}
MOSAIC_FIGURES = 24
EXAMPLES_FROM_FIGURES = 300


def page(library: Library) -> None:
    """The box, and below it the hits, or a welcome while nothing is asked."""
    view = SearchView.of(address.params())
    row = _ask(view)
    if view.words:
        _answer(library, view, row)
    else:
        _welcome(library)


def _ask(view: SearchView) -> DeltaGenerator:
    """The box, and the row of what goes with it, which is returned for more."""
    address.fill("search_words", view.words or "")
    address.fill("search_kind", view.kind)
    st.text_input(
        "What do you remember of the picture?",
        key="search_words",
        type="search",
        placeholder="a map of the underground, bar chart of rents, sunset over a lake …",
        on_change=_asked,
    )
    row = st.container(horizontal=True, vertical_alignment="center")
    with row:
        st.segmented_control(
            "What to find",
            list(KIND_WORDS),
            key="search_kind",
            format_func=KIND_WORDS.__getitem__,
            required=True,
            label_visibility="collapsed",
            on_change=_asked,
        )
        filter_panel.show(view.filters, prefix="search", on_change=_asked)
        query_explanation.ways_to_ask()
    return row


def _asked() -> None:
    """Another question begins at its first page; what counts how much stays."""
    now = SearchView.of(address.params())
    address.go(
        SearchView(
            words=st.session_state["search_words"].strip() or None,
            kind=st.session_state["search_kind"],
            filters=filter_panel.chosen(now.filters, prefix="search"),
            weights=now.weights,
        )
    )


def _answer(library: Library, view: SearchView, row: DeltaGenerator) -> None:
    with st.spinner("Searching …"):
        answer = library.ask(
            view.words or "",
            kind=None if view.kind == "figure" else view.kind,  # the line may say another
            filters=view.filters,
            limit=PER_PAGE + 1,  # one more tells whether there is a next page
            offset=(view.page - 1) * PER_PAGE,
            files=False,
            weights=dict(view.weights),
            exact=view.exact,
        )
    search_history.remember(library, view)
    result = answer.result
    query_explanation.show(answer, view)
    with row:
        weight_sliders.show(
            library.weights(),
            view.weights,
            [result],
            reset=links.search(replace(view, weights=(), page=1)),
            on_change=lambda weights: address.go(replace(view, weights=weights, page=1)),
        )
    show_hits(library, result, back=links.way_back("search", view.params()))
    numbers = [view.page - 1] * (view.page > 1) + [view.page + 1] * goes_on(result)
    hrefs = {number: links.search(replace(view, page=number)) for number in numbers}
    if hrefs:
        st.html(cards.page_links(hrefs, view.page))


def _welcome(library: Library) -> None:
    news = st.container()
    recent = library.browse.figures(limit=EXAMPLES_FROM_FIGURES)
    examples = [(links.search(SearchView(words=words)), words) for words in example_searches(recent)]
    if examples:
        st.html(render("link_list.html", heading="Try", links=examples, label="Searches to try"))
    count = library.browse.count_figures()
    shown = library.browse.figures(Selection(status="kept"), limit=MOSAIC_FIGURES)
    listed = [cards.figure_card(library, figure, back=links.way_back("search", {})) for figure in shown]
    st.html(
        render("heading.html", text="The latest", quiet=f"of {count:,} figures")
        + cards.grid(listed, label="The latest figures")
    )
    with news:  # last, as it takes searching: nothing else waits for it
        _show_news(library)


def _show_news(library: Library) -> None:
    searches = [
        f"{update.saved_search.name} ({len(update.new):,})" for update in library.saved_searches.updates()
    ]
    if searches:
        st.html(render("new_matches.html", searches=searches, href=links.SAVED))


if __name__ == "__main__":
    page_layout.show("Search the pictures", page)
