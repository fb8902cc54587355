"""What stands on many pages and belongs to none: running heads and feet, page numbers, logos, rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from explorer.archive.convert.pdf.boxes import Box
from explorer.archive.convert.pdf.lines import Line
from explorer.archive.convert.pdf.pages import Graphic, Page

MARGIN = 0.12  # of the height of a page: where heads and feet stand
MIN_PAGES = 3
LARGE_PICTURE = 0.12  # of a page: a figure that is shown again and again is one still
GROUND = 0.8  # of a page: one that fills several is their ground
_GRID = 6.0  # points
_PARTING = 0.5  # of the height of a line: white space between a head and the text
_PAGE_NUMBER = re.compile(
    r"^\W*(?:(?:page|seite|p\.)\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|of|von|de)\s*\d{1,4})?\W*$",
    re.IGNORECASE,
)


def furniture_lines(pages: Sequence[tuple[Page, Sequence[Line]]]) -> set[int]:
    """The `id` of every line that is a running head or foot, or a page number, or stands in one row with it."""
    margins = [(page, _in_margins(page, lines)) for page, lines in pages]
    counts = Counter(sign for page, lines in margins for sign in {_sign(page, line) for line in lines})
    often = min(MIN_PAGES, max(2, len(pages)))
    dropped: set[int] = set()
    for page, lines in margins:
        outermost = _outermost(page, lines)
        running = [
            line
            for line in lines
            if counts[_sign(page, line)] >= often or (id(line) in outermost and _PAGE_NUMBER.match(line.text))
        ]
        rows = [line.box for line in running]
        dropped.update(id(line) for line in lines if any(_in_row(line.box, row) for row in rows))
    return dropped


def furniture_graphics(pages: Iterable[Page]) -> set[tuple[str, Box | None]]:
    """What `graphic_sign` says of logos, and of the rules and grounds of heads and feet."""
    counts = Counter(
        sign
        for page in pages
        for sign in {graphic_sign(it, page) for it in page.graphics}
        if sign is not None
    )
    return {sign for sign, count in counts.items() if count >= MIN_PAGES}


def graphic_sign(graphic: Graphic, page: Page) -> tuple[str, Box | None] | None:
    """What is the same of a graphic wherever it is repeated as furniture; None where it cannot be furniture."""
    box = graphic.box
    if graphic.is_picture:
        is_figure = LARGE_PICTURE * page.box.area <= box.area <= GROUND * page.box.area
        return None if is_figure else (graphic.key, None)
    if min(box.width, box.height) > 2 and not _is_in_margin(page, box):
        return None
    return "", Box(*(round(side / 2) * 2 for side in (box.left, box.top, box.right, box.bottom)))


def _in_margins(page: Page, lines: Iterable[Line]) -> list[Line]:
    """The lines over and under the text of a page: what no white space parts from the text belongs to it."""
    clusters: list[list[Line]] = []
    lowest = 0.0
    for line in sorted(lines, key=lambda line: line.box.top):
        if clusters and line.box.top - lowest < _PARTING * line.box.height:
            clusters[-1].append(line)
        else:
            clusters.append([line])
        lowest = max(lowest, line.box.bottom)
    return [
        line
        for cluster in clusters
        if all(_is_in_margin(page, one.box) for one in cluster)
        for line in cluster
    ]


def _is_in_margin(page: Page, box: Box) -> bool:
    return box.bottom < MARGIN * page.box.height or box.top > (1 - MARGIN) * page.box.height


def _sign(page: Page, line: Line) -> tuple[str, int, bool]:
    return re.sub(r"\d+", "0", line.text), round(line.box.top / _GRID), line.box.top < page.box.height / 2


def _outermost(page: Page, lines: list[Line]) -> set[int]:
    """The first and the last row."""
    if not lines:
        return set()
    first, last = min(line.box.top for line in lines), max(line.box.bottom for line in lines)
    half = page.box.height / 2
    return {
        id(line)
        for line in lines
        if (line.box.top < first + 4 and line.box.top < half)
        or (line.box.bottom > last - 4 and line.box.top > half)
    }


def _in_row(one: Box, other: Box) -> bool:
    return one.shares_down(other) > 0.5 * min(one.height, other.height)
