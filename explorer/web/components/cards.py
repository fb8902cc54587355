"""Figures and items as HTML. Every word of them comes from an archive, and is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Literal

from explorer import Library
from explorer.types import FigureRecord, Hit, ItemRecord
from explorer.web.components import reasons, titles
from explorer.web.components.attributes import attribute
from explorer.web.components.passages import marked, passage
from explorer.web.components.thumbnails import frame, picture
from explorer.web.state import links
from explorer.web.state.views import SimilarView

WHOLE = 0.85
"""Share of a picture beyond which the part that was asked for is called the whole."""


def figure_card(
    library: Library,
    figure: FigureRecord,
    *,
    back: str,
    more_links: Iterable[str] | None = None,
    hit: Hit | None = None,
) -> str:
    """One figure: its picture, what it says, where it stands, and why it was found when it is a hit."""
    href = links.figure(figure.id, back)
    to_similar = links.anchor(links.similar(SimilarView(figure=figure.id)), "Similar", about=figure.label)
    further = [to_similar] if more_links is None else more_links
    actions = "".join([links.anchor(href, "Open", about=figure.label), *further])
    # The picture leads to the same place as "Open": one stop for the Tab key is enough.
    return (
        f'<li class="ax-card"><figure><a class="ax-ground" href="{escape(href)}" target="_self" tabindex="-1">'
        f"{picture(library, figure)}{_found_part(hit, figure) if hit else ''}</a>"
        f'<figcaption class="ax-label" title="{attribute(figure.label)}">{escape(figure.label)}</figcaption></figure>'
        f'<div class="ax-foot">{where(figure)}{_also(hit) if hit else ""}{reasons.confidence(hit) if hit else ""}'
        f'<div class="ax-actions">{actions}</div>{reasons.why(hit) if hit else ""}</div></li>'
    )


def item_card(item: ItemRecord, *, hit: Hit | None = None, quote: str | None = None) -> str:
    """One item: its heading, where it stands, and the passage that fits, or the words of it that are quoted."""
    heading = _heading(item)
    matched = {word for words in hit.matched.values() for word in words} if hit else set()
    actions = "".join(
        [
            links.anchor(links.issue(item.issue_id), "Figures of this issue", about=heading),
            links.anchor(links.similar(SimilarView(like=(item.id,))), "Similar figures", about=heading),
        ]
    )
    return (
        f'<li class="ax-card ax-item"><h3>{escape(heading)}</h3>{where(item)}'
        f"<p>{marked(quote, matched) if quote else passage(item.text, matched)}</p>"
        f'<div class="ax-foot">{reasons.confidence(hit) if hit else ""}'
        f'<div class="ax-actions">{actions}</div>{reasons.why(hit) if hit else ""}</div></li>'
    )


def item_name(item: ItemRecord) -> str:
    """An item where there is no room for more than its heading."""
    return f'<span class="ax-name">{escape(_heading(item))}</span>'


def where(record: FigureRecord | ItemRecord) -> str:
    """The issue and its date, in one line."""
    title = record.issue_title or record.document
    number = (
        "" if record.issue_number is None or str(record.issue_number) in title else f"#{record.issue_number} "
    )
    date = f'<time datetime="{attribute(record.date)}">{escape(record.date)}</time>' if record.date else ""
    return f'<p class="ax-where"><span title="{attribute(title)}">{escape(number)}{escape(titles.short(title))}</span>{date}</p>'


def _found_part(hit: Hit, figure: FigureRecord) -> str:
    """A frame around the part of the picture that was asked for; nothing where that is all of it."""
    region = hit.region
    if region is None or not figure.width or not figure.height:
        return ""
    left, top, right, bottom = region
    if (right - left) * (bottom - top) > WHOLE:
        return ""
    # Streamlit takes SVG out of a page, so the frame's box is fitted into the card as its picture is.
    shape = figure.width / figure.height
    return (
        f'<span class="ax-fit"><span style="aspect-ratio:{shape:.4f};width:min(100cqw,{100 * shape:.2f}cqh)">'
        f"{frame(region, 'The part that was asked for')}</span></span>"
    )


def _also(hit: Hit) -> str:
    listed = hit.other_issues
    return (
        f'<p class="ax-where"><span title="{attribute(listed)}">also in {escape(listed)}</span></p>'
        if listed
        else ""
    )


def _heading(item: ItemRecord) -> str:
    return item.heading or item.issue_title or "Item without heading"


def grid(cards: Iterable[str], *, of: str, layout: Literal["grid", "list", "items"] = "grid") -> str:
    """A list of cards; `of` names it to a screen reader."""
    return f'<ul class="ax-cards ax-{layout}" aria-label="{attribute(of)}">{"".join(cards)}</ul>'


def pages(hrefs: dict[int, str], current: int, *, last: int | None = None) -> str:
    """Links to other pages by number; `last` is None where nobody knows how many there are."""
    if not hrefs:
        return ""
    before, after = hrefs.get(current - 1), hrefs.get(current + 1)
    said = f"Page {current:,}" + (f" of {last:,}" if last else "")
    parts = [
        links.anchor(before, "← Previous") if before else '<span aria-hidden="true">← Previous</span>',
        f'<span aria-current="page">{said}</span>',
        links.anchor(after, "Next →") if after else '<span aria-hidden="true">Next →</span>',
    ]
    return f'<nav class="ax-pages" aria-label="Pages">{"".join(parts)}</nav>'
