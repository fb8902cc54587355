"""The Search page: a search box and its results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import randrange

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import Library
from explorer.errors import QueryError
from explorer.types import Answer, FigureRecord, Filters, Result, Selection, query_line
from explorer.web.components import (
    cards,
    facets,
    filter_chips,
    filter_panel,
    latency_budget,
    page_layout,
    query_explanation,
    weight_sliders,
)
from explorer.web.components.example_searches import example_searches
from explorer.web.components.gallery import show_gallery
from explorer.web.components.hits import PER_PAGE, has_next_page, ids_of_good, show_hits
from explorer.web.components.paging import Paging
from explorer.web.components.save_search_form import show_save_form
from explorer.web.components.scripts import run_script
from explorer.web.components.search_box import show_query_picture, show_search_box
from explorer.web.state import address, links, search_history
from explorer.web.state.error_messages import escape_markdown
from explorer.web.state.uploads import uploads
from explorer.web.state.views import SearchView
from explorer.web.templating import render

KIND_WORDS = {"figure": "Figures", "item": "Items", "any": "Both"}
MOSAIC_FIGURES = 24
EARLIER_FIGURES = 6
SEEDS = 10**6
EXAMPLES_FROM_FIGURES = 300
MAX_KEPT = 1000
COUNTED_HITS = 100


def page(library: Library) -> None:
    """Show the search box, and below it the hits, or the latest figures if the box is empty."""
    view = SearchView.of(address.params())
    row = _show_box(library, view)
    view = _without_expired_upload(view)
    if view.words or view.upload:
        _show_results(library, view, row)
    else:
        _show_start(library, view)


def _without_expired_upload(view: SearchView) -> SearchView:
    """Show the picture of the query. Return the view without it, with a warning, if it is gone."""
    if not view.upload:
        return view
    without = replace(view, upload=None, page=1)
    try:
        show_query_picture(view.upload, href=links.search(without))
    except QueryError as error:
        st.warning(escape_markdown(str(error)))
        return without
    return view


def _show_box(library: Library, view: SearchView) -> DeltaGenerator:
    """Show the search box and a row of controls, and return the row so that more controls can be added."""
    address.fill("search_kind", view.kind)
    show_search_box(library, view.words, on_words=_on_change, on_picture=_on_picture)
    row = st.container(horizontal=True, vertical_alignment="center")
    with row:
        st.segmented_control(
            "What to find",
            list(KIND_WORDS),
            key="search_kind",
            format_func=KIND_WORDS.__getitem__,
            required=True,
            label_visibility="collapsed",
            on_change=_on_change,
        )
        filter_panel.show(view.filters, prefix="search", on_change=_on_change)
        query_explanation.show_query_help()
    return row


def _on_change() -> None:
    """Show the first page of the new search, with the present weights."""
    view = SearchView.of(address.params())
    address.go(
        SearchView(
            words=st.session_state["search_words"].strip() or None,
            kind=st.session_state["search_kind"],
            filters=filter_panel.chosen(view.filters, prefix="search"),
            weights=view.weights,
            budget_ms=view.budget_ms,
            upload=view.upload,
        )
    )


def _on_picture(upload: str) -> None:
    """Search by another picture, with the present words and filters."""
    address.go(replace(SearchView.of(address.params()), upload=upload, page=1))


def _show_results(library: Library, view: SearchView, row: DeltaGenerator) -> None:
    paging = Paging(view.page, PER_PAGE)
    with st.spinner("Searching …"):
        # One more shows whether there is a next page. The facets count more hits than a page shows.
        limit = max(paging.shown + 1, COUNTED_HITS if paging.first == 1 else 0)
        answer = _ask(library, view, limit=limit, offset=paging.offset)
    result = answer.result
    search_history.record(library, view, result)
    query_explanation.show(answer, view)

    def filtered(filters: Filters) -> str:
        return links.search(replace(view, filters=filters, page=1))

    filter_chips.show(library, view.filters, filtered)
    counted = result.hits if has_next_page(result, paging) else result.hits[: paging.shown]
    facets.show(library.browse.facets(among=ids_of_good(counted)), view.filters, filtered)
    with row:
        _show_ranking_controls(library, view, result)
        show_save_form(
            library,
            words=query_line(view.words or "", view.filters),
            not_saved=_describe_what_is_not_saved(view),
        )
    show_hits(
        library,
        result,
        paging=paging,
        href=lambda page: links.search(replace(view, page=page)),
        back=links.encode_back("search", view.params()),
        unfolded=bool(
            view.upload
        ),  # a visitor with a picture wants the closest figures, even if they are not close
        everything=lambda: ids_of_good(_ask(library, view, limit=MAX_KEPT).result.hits),
    )


def _describe_what_is_not_saved(view: SearchView) -> str:
    sentences = {
        "The uploaded picture is not saved.": view.upload,
        "The filter by issue is not saved.": view.filters.issue_id,
    }
    return " ".join(sentence for sentence, applies in sentences.items() if applies)


def _ask(library: Library, view: SearchView, *, limit: int, offset: int = 0) -> Answer:
    return library.ask(
        view.words or "",
        picture=uploads().get(view.upload) if view.upload else None,
        kind=None if view.kind == "figure" else view.kind,  # the query may contain another kind
        filters=view.filters,
        limit=limit,
        offset=offset,
        files=False,
        weights=dict(view.weights),
        exact=view.exact,
        budget_ms=view.budget_ms,
    )


def _show_ranking_controls(library: Library, view: SearchView, result: Result) -> None:
    """Show the weights of the legs, and the time that a search may take."""
    weight_sliders.show(
        library.encoders.weights(),
        view.weights,
        result.hits,
        reset=links.search(replace(view, weights=(), page=1)),
        on_change=lambda weights: address.go(replace(view, weights=weights, page=1)),
        below=lambda: latency_budget.show(
            view.budget_ms,
            result.omitted,
            on_change=lambda budget_ms: address.go(replace(view, budget_ms=budget_ms, page=1)),
        ),
    )


def _show_start(library: Library, view: SearchView) -> None:
    top = st.container()
    recent = library.browse.figures(limit=EXAMPLES_FROM_FIGURES)
    examples = [(links.search(SearchView(words=words)), words) for words in example_searches(recent)]
    another = SearchView(surprise=randrange(1, SEEDS))  # noqa: S311  nothing depends on its secrecy
    examples.append((links.search(another), "Surprise me"))
    st.html(render("link_list.html", heading="Try", links=examples, label="Searches to try"))
    back = links.encode_back("search", view.params())
    gallery = st.container()
    if view.surprise:
        surprising = library.browse.surprise(view.surprise, limit=MOSAIC_FIGURES)
        _show_figures(library, surprising, "A surprise", back, label="Surprising figures")
        with gallery:
            show_gallery(library, surprising, back=back)
        return
    today = date.today()
    earlier = library.browse.this_month_in_earlier_years(today, limit=EARLIER_FIGURES)
    if earlier:
        _show_figures(library, earlier, "This month in earlier years", back, label="Figures of this month")
    latest = library.browse.figures(Selection(status="kept"), limit=MOSAIC_FIGURES)
    count = library.browse.count_figures()
    _show_figures(
        library, latest, "The latest", back, label="The latest figures", quiet=f"of {count:,} figures"
    )
    with gallery:
        show_gallery(library, [*earlier, *latest], back=back)
    run_script("tour.js")
    with top:  # last, so that nothing else waits for its searches
        _show_new_matches(library)


def _show_figures(
    library: Library, figures: Sequence[FigureRecord], title: str, back: str, *, label: str, quiet: str = ""
) -> None:
    figure_cards = [cards.figure_card(library, figure, back=back) for figure in figures]
    st.html(render("heading.html", text=title, quiet=quiet) + cards.grid(figure_cards, label=label))


def _show_new_matches(library: Library) -> None:
    searches = [
        f"{update.saved_search.name} ({len(update.new):,})" for update in library.saved_searches.updates()
    ]
    if searches:
        st.html(render("new_matches.html", searches=searches, href=links.SAVED))


if __name__ == "__main__":
    page_layout.show("Search the pictures", page)
