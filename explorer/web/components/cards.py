"""Figures and items as cards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from markupsafe import Markup

from explorer import Library
from explorer.types import FigureRecord, Hit, ItemRecord, Region
from explorer.web.components import reasons, titles
from explorer.web.components.passages import marked, passage
from explorer.web.components.thumbnails import picture
from explorer.web.state import links
from explorer.web.state.views import SimilarView
from explorer.web.templating import render

WHOLE_PICTURE_SHARE: Final = 0.85
"""A region with a larger share of the picture gets no frame."""


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
    return render(
        "figure_card.html",
        figure=figure,
        picture=picture(library, figure),
        href=links.figure(figure.id, back),
        region=_region_to_frame(hit, figure) if hit else None,
        shape=figure.width / figure.height if figure.width and figure.height else None,
        issue=issue_line(figure),
        other_issues=hit.other_issues if hit else "",
        confidence=reasons.confidence(hit) if hit else "",
        actions=[links.anchor(similar, "Similar", about=figure.label)] if more_links is None else more_links,
        reasons=reasons.explanation(hit) if hit else "",
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


def _region_to_frame(hit: Hit, figure: FigureRecord) -> Region | None:
    """Return the part of the picture that matches the query, unless that is nearly all of it."""
    if hit.region is None or not figure.width or not figure.height:
        return None
    left, top, right, bottom = hit.region
    return hit.region if (right - left) * (bottom - top) <= WHOLE_PICTURE_SHARE else None


def _heading(item: ItemRecord) -> str:
    return item.heading or item.issue_title or "Item without heading"


def grid(cards: Sequence[Markup], *, label: str, layout: Literal["grid", "list", "items"] = "grid") -> Markup:
    """Return a list of cards; `label` names it to a screen reader."""
    return render("card_grid.html", cards=cards, label=label, layout=layout)


def page_links(hrefs: dict[int, str], current: int, *, last: int | None = None) -> Markup:
    """Return links to the previous and the next page; `last` is None if the number of pages is unknown."""
    if not hrefs:
        return Markup()
    previous, following = hrefs.get(current - 1), hrefs.get(current + 1)
    return render("page_links.html", previous=previous, next=following, current=current, last=last)
