"""The hits of a search: those that match well, and folded away those that are only the closest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import streamlit as st
from markupsafe import Markup

from explorer import Library
from explorer.types import Confidence, FigureRecord, Hit, ItemRecord, Result
from explorer.web.components import cards
from explorer.web.components.gallery import show_gallery
from explorer.web.components.gallery_requests import Everything
from explorer.web.components.paging import PageAddress, Paging
from explorer.web.templating import render

PER_PAGE = 24
NOTHING = "Nothing in this library matches well."
NO_MORE = "Nothing more in this library matches well."
WEAKER = "Weaker matches"
CLOSEST = "Closest results"
MoreLinks = Callable[[FigureRecord], Iterable[Markup]]


def show_hits(
    library: Library,
    result: Result,
    *,
    paging: Paging,
    href: PageAddress,
    back: str,
    more_links: MoreLinks | None = None,
    unfolded: bool = False,
    everything: Everything | None = None,
    nothing: str = NOTHING,
) -> None:
    """Show the hits of a search for at least one hit more than are shown, with links to the pages before and after.

    `more_links` returns the links on the card of a figure besides "Open". `unfolded` shows weak hits at once.
    `everything` returns the ids of all figures that match well. `nothing` says that nothing does.
    """
    page = result.hits[: paging.shown]
    good = [hit for hit in page if hit.confidence is not Confidence.WEAK]
    weak = [hit for hit in page if hit.confidence is Confidence.WEAK]
    has_next = has_next_page(result, paging)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(render("result_count.html", text=_describe_count(len(good), len(weak), has_next=has_next)))
        show_gallery(
            library,
            figures_of(page),
            back=back,
            more=paging.more(href, has_next=has_next),
            everything=everything if has_next or paging.first > 1 else None,
        )
    if not good:
        st.info(NO_MORE if page and page[0].rank > 1 else nothing, icon=":material/info:")
    _show(library, good, back, more_links)
    if weak:
        with st.expander(f"{WEAKER if good else CLOSEST} ({len(weak)})", expanded=unfolded):
            _show(library, weak, back, more_links)
    page_links = paging.links(href, has_next=has_next)
    if page_links:
        st.html(page_links)


def _describe_count(good: int, weak: int, *, has_next: bool) -> str:
    """Return the number of hits for a screen reader and everybody: "7 results, 17 weaker"."""
    results = f"{good:,}{' and more' if has_next else ''} result{'' if good == 1 and not has_next else 's'}"
    return f"{results}, {weak:,} weaker" if weak else results


def figures_of(hits: Iterable[Hit]) -> list[FigureRecord]:
    """Return the figures among the hits."""
    return [hit.record for hit in hits if isinstance(hit.record, FigureRecord)]


def has_next_page(result: Result, paging: Paging) -> bool:
    """Return whether the hit after those that are shown matches well."""
    return any(hit.confidence is not Confidence.WEAK for hit in result.hits[paging.shown :][:1])


def ids_of_good(hits: Iterable[Hit]) -> list[str]:
    """Return the ids of the figures that match well."""
    good = (hit for hit in hits if hit.confidence is not Confidence.WEAK)
    return [hit.id for hit in good if isinstance(hit.record, FigureRecord)]


def _show(library: Library, hits: Sequence[Hit], back: str, more_links: MoreLinks | None) -> None:
    figures: list[Markup] = []
    missing: list[Markup] = []
    for hit in hits:
        if isinstance(hit.record, FigureRecord):
            links = more_links(hit.record) if more_links else None
            card = cards.figure_card(library, hit.record, back=back, more_links=links, hit=hit)
            (figures if hit.record.sha256 else missing).append(card)
    items = [cards.item_card(hit.record, hit=hit) for hit in hits if isinstance(hit.record, ItemRecord)]
    if figures or missing:
        heading = render("heading.html", text="Figures") if items else Markup()
        pictures = cards.grid(figures, label="Figures found") if figures else Markup()
        st.html(heading + pictures + cards.missing_grid(missing))
    if items:
        st.html(render("heading.html", text="Items") + cards.grid(items, label="Items found", layout="items"))
