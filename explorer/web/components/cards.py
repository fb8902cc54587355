"""Figures and items as cards."""

from __future__ import annotations

from calendar import month_abbr
from collections.abc import Iterable, Sequence
from typing import Final, Literal

import streamlit as st
from markupsafe import Markup

from explorer import Library
from explorer.types import Confidence, FigureRecord, Hit, ItemRecord, Region
from explorer.web.components import citation, reasons, titles
from explorer.web.components.passages import marked, passage
from explorer.web.components.thumbnails import picture
from explorer.web.state import links
from explorer.web.state.views import SimilarView
from explorer.web.templating import render

WHOLE_PICTURE_SHARE: Final = 0.85
"""A region with a larger share of the picture gets no frame."""
NARROWEST: Final = 0.7
WIDEST: Final = 3.0
"""The width of a picture's place in a row by its height. Narrower and wider pictures leave a margin."""


def figure_card(
    library: Library,
    figure: FigureRecord,
    *,
    back: str,
    more_links: Iterable[Markup] | None = None,
    hit: Hit | None = None,
) -> Markup:
    """Return a card of a figure, and of the reasons why it was found if it is a hit."""
    similar = links.similar(SimilarView(figure=figure.id))
    label = figure.label  # found once: it is asked for five times
    ratio = figure.width / figure.height if figure.width and figure.height else 4 / 3
    return render(
        "figure_card.html",
        figure=figure,
        label=label,
        picture=picture(library, figure),
        href=links.figure(figure.id, back),
        region=_region_to_frame(hit, figure) if hit else None,
        shape=ratio,
        row_shape=min(max(ratio, NARROWEST), WIDEST),
        place=_place(figure),
        issue=citation.issue_name(figure),
        other_issues=hit.other_issues if hit else "",
        confidence=reasons.confidence(hit) if hit and hit.confidence is not Confidence.STRONG else "",
        actions=[links.anchor(similar, "Similar", about=label)] if more_links is None else more_links,
        reasons=reasons.table(hit) if hit else "",
    )


def item_card(item: ItemRecord, *, hit: Hit | None = None, quote: str | None = None) -> Markup:
    """Return a card of an item with `quote`, or with the passage of its text that fits the hit best."""
    matched = {word for words in hit.matched.values() for word in words} if hit else set()
    return render(
        "item_card.html",
        heading=_heading(item),
        issue=issue_line(item),
        passage=marked(quote, matched) if quote else passage(item.text, matched),
        confidence=reasons.confidence(hit) if hit else "",
        href=links.issue(item.issue_id, item.id),
        figures_href=links.figures_of_issue(item.issue_id),
        similar_href=links.similar(SimilarView(like=(item.id,))),
        reasons=reasons.explanation(hit) if hit else "",
    )


def item_name(item: ItemRecord) -> Markup:
    """Return the heading of an item, where there is no room for more."""
    return render("name.html", name=_heading(item))


def issue_line(record: FigureRecord | ItemRecord) -> Markup:
    """Return the issue of a figure or item and its date, in one line."""
    title = record.issue_title or record.document
    has_number = record.issue_number is not None and str(record.issue_number) not in title
    return render(
        "issue_line.html",
        title=title,
        number=f"#{record.issue_number} " if has_number else "",
        short_title=titles.shorten(title),
        date=record.date,
    )


def _place(figure: FigureRecord) -> str:
    """Return the issue of a figure as short as possible: "#12 · Dec 2024"."""
    title = titles.shorten(figure.issue_title or figure.document)
    issue = f"#{figure.issue_number}" if figure.issue_number is not None else title
    return " · ".join(filter(None, (issue, _month(figure.date))))


def _month(day: str | None) -> str | None:
    """Return the month of a date as "Dec 2024", or the year if that is all that is known."""
    year, _, rest = (day or "").partition("-")
    month = rest[:2]
    return f"{month_abbr[int(month)]} {year}" if month.isdecimal() and 1 <= int(month) <= 12 else year or None


def _region_to_frame(hit: Hit, figure: FigureRecord) -> Region | None:
    """Return the part of the picture that matches the query, unless that is nearly all of it."""
    if hit.region is None or not figure.width or not figure.height:
        return None
    left, top, right, bottom = hit.region
    return hit.region if (right - left) * (bottom - top) <= WHOLE_PICTURE_SHARE else None


def _heading(item: ItemRecord) -> str:
    return item.heading or item.issue_title or "Item without heading"


def show_pages(
    pages: Sequence[Sequence[Markup]], *, label: str, layout: Literal["grid", "list"] = "grid"
) -> None:
    """Show the cards of the pages of a list as one list. Call it once in a page of the app.

    Each page is an element of its own: Streamlit sends the browser only those that it does not have yet.
    """
    with st.container(key="cards"):
        for number, cards in enumerate(pages, start=1):
            if cards:
                st.html(grid(cards, label=label if number == 1 else f"{label}, part {number}", layout=layout))


def missing_grid(missing: Sequence[Markup], *, layout: Literal["grid", "list"] = "grid") -> Markup:
    """Return the cards of figures whose picture is missing, with a heading; nothing without such figures."""
    if not missing:
        return Markup()
    count = f"{len(missing):,} caption{'' if len(missing) == 1 else 's'} whose picture is missing"
    return render("heading.html", text=count) + grid(missing, label=count, layout=layout)


def grid(cards: Sequence[Markup], *, label: str, layout: Literal["grid", "list", "items"] = "grid") -> Markup:
    """Return a list of cards; `label` names it to a screen reader."""
    return render("card_grid.html", cards=cards, label=label, layout=layout)
