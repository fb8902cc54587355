"""Group words into lines and lines into flows: text that is read from top to bottom."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from explorer.archive.convert.pdf.boxes import Box, bounding_box
from explorer.archive.convert.pdf.pages import Word

# Words with a larger gap, in font sizes, are in different columns or cells.
MAX_WORD_GAP = 1.4
MIN_GUTTER = 0.6  # times the height of the words: a narrower gap may be a blank
MIN_COLUMN = 0.18  # of the width of the text
# Of the usual coverage: titles and wide figures cross a gutter.
_MAX_GUTTER_COVERAGE = 0.5
_ROW_HEIGHT = 20.0  # points: bucket height for finding neighbours


@dataclass(frozen=True, slots=True)
class Line:
    """Words side by side without a wide gap."""

    words: tuple[Word, ...]
    box: Box
    text: str
    size: float  # font size in points of most letters
    font: str
    bold: bool  # whether all words are bold


@dataclass(frozen=True, slots=True)
class Flow:
    """Lines of one column, or of the full width, in reading order. `left` and `right` are the edges of the column."""

    lines: tuple[Line, ...]
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Columns:
    """The left and right edge of the text of a page, and the gutters between its columns."""

    left: float
    right: float
    gutters: tuple[Box, ...]

    def spans(self, box: Box) -> bool:
        """Return whether a box crosses a gutter."""
        return any(box.left < gutter.center[0] < box.right for gutter in self.gutters)

    def edges(self, box: Box) -> tuple[float, float]:
        """Return the edges of the column that contains a box, or of the whole text if the box spans several columns."""
        if self.spans(box):
            return self.left, self.right
        left, right = self.left, self.right
        for gutter in self.gutters:
            if gutter.center[0] <= box.center[0]:
                left = gutter.right
            else:
                right = gutter.left
                break
        return left, right


def columns_of(words: Iterable[Word]) -> Columns:
    """Find the columns of a page by the vertical strips with few words."""
    boxes = [word.box for word in words if word.upright]
    if not boxes:
        return Columns(0, 0, ())
    text = bounding_box(boxes)
    coverage = _coverage(boxes, text)
    usual_coverage = statistics.median(coverage)
    strips = list(_strips([height <= _MAX_GUTTER_COVERAGE * usual_coverage for height in coverage]))
    narrowest = MIN_GUTTER * statistics.median(box.height for box in boxes)
    gutters: list[Box] = []
    for start, end in strips:
        gutter = Box(text.left + start, text.top, text.left + end, text.bottom)
        before = gutters[-1].right if gutters else text.left
        if gutter.width >= narrowest and _separates_columns(gutter, before, text, boxes, coverage):
            gutters.append(gutter)
    return Columns(text.left, text.right, tuple(gutters))


def lines_of(words: Iterable[Word], columns: Columns) -> list[Line]:
    """Group the upright words of a page into lines. A line ends at a gutter or at a wide gap."""
    line_words: list[list[Word]] = []
    for word in words:
        if not word.upright:
            continue
        if line_words and _is_next_word(line_words[-1][-1], word, columns):
            line_words[-1].append(word)
        else:
            line_words.append([word])
    return _merge_line_pieces([_build_line(words) for words in line_words], columns)


def flows_of(lines: Iterable[Line], columns: Columns) -> list[Flow]:
    """Return the lines of a page in reading order: column by column between lines of the full width."""
    flows: list[Flow] = []
    band: list[Line] = []
    wide: list[Line] = []

    def close_band() -> None:
        by_column = defaultdict(list)
        for line in band:
            by_column[columns.edges(line.box)].append(line)
        flows.extend(Flow(tuple(_sort_by_rows(by_column[edges])), *edges) for edges in sorted(by_column))
        band.clear()

    def close_wide() -> None:
        if wide:
            flows.append(Flow(tuple(_sort_by_rows(wide)), columns.left, columns.right))
        wide.clear()

    for line in sorted(lines, key=lambda line: line.box.center[1]):
        if not columns.gutters or columns.spans(line.box):
            close_band()
            wide.append(line)
        else:
            close_wide()
            band.append(line)
    close_band()
    close_wide()
    return flows


# --- columns ----------------------------------------------------------------------------------------------


def _coverage(boxes: list[Box], text: Box) -> list[float]:
    """Return the total height of the words at each point across the width of the text."""
    coverage = [0.0] * (int(text.width) + 1)
    for box in boxes:
        for x in range(int(box.left - text.left), int(box.right - text.left) + 1):
            if 0 <= x < len(coverage):
                coverage[x] += box.height
    return coverage


def _strips(is_empty: list[bool]) -> Iterator[tuple[int, int]]:
    edges = [
        index
        for index, (previous, current) in enumerate(pairwise([False, *is_empty, False]))
        if previous != current
    ]
    yield from zip(edges[::2], edges[1::2], strict=True)


def _separates_columns(
    gutter: Box, before: float, text: Box, boxes: list[Box], coverage: list[float]
) -> bool:
    """Return whether both sides of a gutter are columns: wide enough, full of text, and flush left at the gutter."""
    narrowest = MIN_COLUMN * text.width
    if gutter.left - before < narrowest or text.right - gutter.right < narrowest:
        return False
    height = statistics.median(box.height for box in boxes)
    start, end = int(gutter.left - text.left), int(gutter.right - text.left)
    left = statistics.fmean(coverage[max(0, start - int(narrowest)) : start]) / height
    right = statistics.fmean(coverage[end : end + int(narrowest)]) / height
    usual_coverage = statistics.median(coverage) / height
    if min(left, right) < max(4, 0.3 * usual_coverage):
        return False
    flush = Counter(round(box.left / 3) for box in boxes if -4 <= box.left - gutter.right <= 20)
    return bool(flush) and max(flush.values()) >= 0.35 * right


# --- lines ------------------------------------------------------------------------------------------------


def _build_line(words: Iterable[Word]) -> Line:
    all_words = tuple(words)
    styles: Counter[tuple[float, str]] = Counter()
    for word in all_words:
        styles[word.size, word.font] += len(word.text)
    [((size, font), _)] = styles.most_common(1)
    box = bounding_box(word.box for word in all_words)
    return Line(
        all_words,
        box,
        " ".join(word.text for word in all_words),
        size,
        font,
        all(word.bold for word in all_words),
    )


def _is_next_word(last: Word, word: Word, columns: Columns) -> bool:
    return _are_neighbours(last.box, word.box, max(last.size, word.size), columns)


def _are_neighbours(left: Box, right: Box, size: float, columns: Columns) -> bool:
    gap = right.left - left.right
    if not -0.6 * size <= gap <= MAX_WORD_GAP * max(size, 4):
        return False
    if left.overlap_y(right) < 0.4 * min(left.height, right.height):
        return False
    gutters = (gutter for gutter in columns.gutters if left.right - 2 <= gutter.center[0] <= right.left + 2)
    return not any(gap >= 0.6 * gutter.width for gutter in gutters)


def _merge_line_pieces(lines: list[Line], columns: Columns) -> list[Line]:
    """Join the pieces of lines that the content of a page gives in pieces, such as word by word."""
    rows: dict[int, list[Line]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: line.box.left):
        row = round(line.box.center[1] / _ROW_HEIGHT)
        nearby = (piece for number in (row - 1, row, row + 1) for piece in rows[number])
        size = max(word.size for word in line.words)
        left = next((piece for piece in nearby if _are_neighbours(piece.box, line.box, size, columns)), None)
        if left is not None:
            rows[round(left.box.center[1] / _ROW_HEIGHT)].remove(left)
            line = _build_line((*left.words, *line.words))
        rows[round(line.box.center[1] / _ROW_HEIGHT)].append(line)
    return [line for row in rows.values() for line in row]


def _sort_by_rows(lines: Iterable[Line]) -> list[Line]:
    """Sort lines from top to bottom, and within a row from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.box.center[1]):
        last = rows[-1][0].box if rows else None
        if last and last.overlap_y(line.box) > 0.5 * min(last.height, line.box.height):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.box.left)]
