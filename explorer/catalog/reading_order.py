"""The content of an issue in the order in which people read it: paragraphs, and figures between them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.catalog.records import FigureRecord, ItemRecord

_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Section:
    """An item of an issue. Its paragraphs and figures are in reading order.

    The item is None for the figures of an issue without items.
    """

    item: ItemRecord | None
    content: tuple[str | FigureRecord, ...]


def sections_of(items: Sequence[ItemRecord], figures: Sequence[FigureRecord]) -> list[Section]:
    """Return the sections of an issue.

    A figure stands behind the paragraph that was before it in the document, else before the one that was after it, else
    behind the figure before it.
    """
    by_item: defaultdict[str | None, list[FigureRecord]] = defaultdict(list)
    known = {item.id for item in items}
    for figure in sorted(figures, key=lambda figure: figure.order):
        by_item[figure.item_id if figure.item_id in known else None].append(figure)
    sections = [Section(item, _in_reading_order(item, by_item[item.id])) for item in items]
    return [*([Section(None, tuple(by_item[None]))] if by_item[None] else []), *sections]


def _in_reading_order(item: ItemRecord, figures: Sequence[FigureRecord]) -> tuple[str | FigureRecord, ...]:
    paragraphs = [part for paragraph in _BLANK_LINES.split(item.text) if (part := paragraph.strip())]
    figures_before: defaultdict[int, list[FigureRecord]] = defaultdict(list)  # by the number of the paragraph
    folded = list(map(_folded, paragraphs))
    place = 0
    for figure in figures:
        place = _place_of(figure, folded, place)
        figures_before[place].append(figure)
    captions = {text for figure in figures for text in _captions_of(figure)}
    content: list[str | FigureRecord] = []
    for number, (paragraph, text) in enumerate(zip(paragraphs, folded, strict=True)):
        content += figures_before[number]
        if text not in captions:  # a caption is shown below its picture
            content.append(paragraph)
    return (*content, *figures_before[len(paragraphs)])


def _place_of(figure: FigureRecord, paragraphs: Sequence[str], start: int) -> int:
    """Return the number of the paragraph before which a figure stands, not before paragraph `start`."""
    before, after = _folded(figure.before), _folded(figure.after)
    for number in range(max(0, start - 1), len(paragraphs)):
        if before and before in paragraphs[number]:
            return number + 1
    for number in range(start, len(paragraphs)):
        if after and after in paragraphs[number]:
            return number
    return start


def _captions_of(figure: FigureRecord) -> tuple[str, str]:
    """Return the caption as a paragraph of the document may have it: without and with the credit."""
    return _folded(figure.caption), _folded(f"{figure.caption or ''} {figure.credit or ''}")


def _folded(text: str | None) -> str:
    return " ".join((text or "").split())
