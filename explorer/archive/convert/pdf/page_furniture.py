"""Find page furniture: running headers and footers, page numbers, logos and rules that repeat on many pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from explorer.archive.convert.pdf.boxes import Box
from explorer.archive.convert.pdf.lines import Line
from explorer.archive.convert.pdf.pages import Graphic, Page

MARGIN = 0.12  # of the height of a page: the zone of headers and footers
MIN_PAGES = 3
MIN_FIGURE_SHARE = 0.12  # of the area of a page: a picture this large is a figure even if it repeats
BACKGROUND_SHARE = 0.8  # of the area of a page: a larger picture is a background
_GRID_SIZE = 6.0  # points
_MIN_SPACING = 0.5  # of the height of a line: white space between a header and the text
_PAGE_NUMBER = re.compile(
    r"^\W*(?:(?:page|seite|p\.)\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|of|von|de)\s*\d{1,4})?\W*$",
    re.IGNORECASE,
)


def furniture_lines(pages: Sequence[tuple[Page, Sequence[Line]]]) -> set[int]:
    """Return the `id` of every line that is a running header, footer or page number, or in one row with one."""
    margins = [(page, _margin_lines(page, lines)) for page, lines in pages]
    counts = Counter(
        signature for page, lines in margins for signature in {_line_signature(page, line) for line in lines}
    )
    min_repeats = min(MIN_PAGES, max(2, len(pages)))
    furniture_ids: set[int] = set()
    for page, lines in margins:
        outermost_ids = _outermost_ids(page, lines)
        repeated = [
            line
            for line in lines
            if counts[_line_signature(page, line)] >= min_repeats
            or (id(line) in outermost_ids and _PAGE_NUMBER.match(line.text))
        ]
        repeated_boxes = [line.box for line in repeated]
        furniture_ids.update(
            id(line) for line in lines if any(_are_in_one_row(line.box, box) for box in repeated_boxes)
        )
    return furniture_ids


def furniture_graphics(pages: Iterable[Page]) -> set[tuple[str, Box | None]]:
    """Return the `graphic_signature` of logos, and of the rules and backgrounds of headers and footers."""
    counts = Counter(
        signature
        for page in pages
        for signature in {graphic_signature(graphic, page) for graphic in page.graphics}
        if signature is not None
    )
    return {signature for signature, count in counts.items() if count >= MIN_PAGES}


def graphic_signature(graphic: Graphic, page: Page) -> tuple[str, Box | None] | None:
    """Return a key that is equal for all repetitions of a graphic, or None if the graphic cannot be furniture."""
    box = graphic.box
    if graphic.is_picture:
        is_figure = MIN_FIGURE_SHARE * page.box.area <= box.area <= BACKGROUND_SHARE * page.box.area
        return None if is_figure else (graphic.key, None)
    if min(box.width, box.height) > 2 and not _is_in_margin(page, box):
        return None
    return "", Box(*(round(side / 2) * 2 for side in (box.left, box.top, box.right, box.bottom)))


def _margin_lines(page: Page, lines: Iterable[Line]) -> list[Line]:
    """Return the lines above and below the text of a page, separated from it by white space."""
    clusters: list[list[Line]] = []
    lowest = 0.0
    for line in sorted(lines, key=lambda line: line.box.top):
        if clusters and line.box.top - lowest < _MIN_SPACING * line.box.height:
            clusters[-1].append(line)
        else:
            clusters.append([line])
        lowest = max(lowest, line.box.bottom)
    return [
        line
        for cluster in clusters
        if all(_is_in_margin(page, line.box) for line in cluster)
        for line in cluster
    ]


def _is_in_margin(page: Page, box: Box) -> bool:
    return box.bottom < MARGIN * page.box.height or box.top > (1 - MARGIN) * page.box.height


def _line_signature(page: Page, line: Line) -> tuple[str, int, bool]:
    return (
        re.sub(r"\d+", "0", line.text),
        round(line.box.top / _GRID_SIZE),
        line.box.top < page.box.height / 2,
    )


def _outermost_ids(page: Page, lines: list[Line]) -> set[int]:
    """Return the `id` of the lines in the first and in the last row."""
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


def _are_in_one_row(first: Box, second: Box) -> bool:
    return first.overlap_y(second) > 0.5 * min(first.height, second.height)
