"""The Captions page: all figures of the library, in order, a few pages at a time."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explorer import Library
from explorer.types import Filters, IssueRecord, Selection
from explorer.web.components import cards, facets, filter_chips, filter_panel, page_layout, titles
from explorer.web.components.gallery import show_gallery
from explorer.web.components.paging import Paging
from explorer.web.state import address, links
from explorer.web.state.views import CaptionsView
from explorer.web.templating import render

PER_PAGE = 24
ORDER_WORDS = {"date": "Newest first", "issue": "By issue number", "caption": "By caption, A to Z"}
LAYOUT_WORDS = {"grid": "Grid", "list": "List"}
MAX_ISSUES_TO_CHOOSE = 2000  # the browser gets all choices; number and dates filter the other issues


def page(library: Library) -> None:
    """Show the fields, then a few pages of figures, which is all that is read from the catalog."""
    view = CaptionsView.of(address.params())
    _show_fields(library, view)

    def filtered(filters: Filters) -> str:
        return links.captions(replace(view, filters=filters, page=1))

    filter_chips.show(library, view.filters, filtered)
    selection = Selection.of(view.filters, text=view.text)
    count = library.browse.count_figures(selection)
    facets.show(library.browse.facets(selection), view.filters, filtered)
    if count:
        _show_figures(library, view, selection, count)
    else:
        st.info("No figure matches these filters.", icon=":material/info:")


def _show_figures(library: Library, view: CaptionsView, selection: Selection, count: int) -> None:
    last = -(-count // PER_PAGE)
    view = replace(view, page=min(view.page, last))
    paging = Paging(view.page, PER_PAGE)
    begin = paging.offset
    figures = library.browse.figures(selection, order=view.order, limit=paging.shown, offset=begin)
    pages = [
        (figures[start : start + PER_PAGE], _back(view, paging.first + start // PER_PAGE))
        for start in range(0, len(figures), PER_PAGE)
    ]
    figure_cards = [
        [cards.figure_card(library, figure, back=back) for figure in page if figure.sha256]
        for page, back in pages
    ]
    missing = [
        cards.figure_card(library, figure, back=back)
        for page, back in pages
        for figure in page
        if not figure.sha256
    ]

    def href(page: int) -> str:
        return links.captions(replace(view, page=page))

    has_next = view.page < last
    place = f"{begin + 1:,} to {begin + len(figures):,}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(render("heading.html", text=place, quiet=f"of {count:,} figures"))
        show_gallery(
            library,
            figures,
            back=_back(view, view.page),
            more=paging.more(href, has_next=has_next),
            everything=lambda: [figure.id for figure in library.browse.figures(selection, order=view.order)],
            total=count,
        )
    cards.show_pages(figure_cards, label="Figures", layout=view.layout)
    below = cards.missing_grid(missing, layout=view.layout) + paging.links(href, has_next=has_next, last=last)
    if below:
        st.html(below)


def _back(view: CaptionsView, page: int) -> str:
    """Return the way back to a page of the list. The cards of a page keep it when more pages follow."""
    return links.encode_back("captions", replace(view, page=page).params())


def _show_fields(library: Library, view: CaptionsView) -> None:
    address.fill("captions_text", view.text or "")
    address.fill("captions_order", view.order)
    address.fill("captions_layout", view.layout)
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    left.text_input(
        "Words in caption, alt text, credit or heading",
        key="captions_text",
        type="search",
        on_change=_on_change,
    )
    with middle:
        _show_issue_field(library, view)
    right.selectbox(
        "Order",
        list(ORDER_WORDS),
        key="captions_order",
        format_func=ORDER_WORDS.__getitem__,
        on_change=_on_change,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            "Show as",
            list(LAYOUT_WORDS),
            key="captions_layout",
            format_func=LAYOUT_WORDS.__getitem__,
            required=True,
            label_visibility="collapsed",
            on_change=_on_change,
        )
        filter_panel.show(view.filters, prefix="captions", on_change=_on_change)


def _show_issue_field(library: Library, view: CaptionsView) -> None:
    issues = {issue.id: issue for issue in library.browse.issues(limit=MAX_ISSUES_TO_CHOOSE)}
    chosen = view.filters.issue_id
    ids = [*issues, *([chosen] if chosen and chosen not in issues else [])]
    address.fill("captions_issue", chosen)
    st.selectbox(
        "Issue",
        ids,
        index=None,  # the field can be cleared
        key="captions_issue",
        placeholder=f"All {len(issues):,} issues",
        format_func=lambda id: _issue_label(issues[id]) if id in issues else id,
        on_change=_on_change,
    )


def _issue_label(issue: IssueRecord) -> str:
    number = f"#{issue.number}" if issue.number is not None else None
    parts = (number, issue.date, titles.shorten(issue.title or issue.document))
    return " · ".join(part for part in parts if part)


def _on_change() -> None:
    """Show the first page of the new choice."""
    state = st.session_state
    present = CaptionsView.of(address.params()).filters
    filters = filter_panel.chosen(present, prefix="captions")
    address.go(
        CaptionsView(
            text=state["captions_text"].strip() or None,
            order=state["captions_order"],
            layout=state["captions_layout"],
            filters=replace(filters, issue_id=state.get("captions_issue", present.issue_id)),
        )
    )


if __name__ == "__main__":
    page_layout.show("Browse the captions", page)
