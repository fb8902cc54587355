"""Words into lines, and lines into the flows of a page: what one reads from top to bottom before going on elsewhere."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from explorer.archive.convert.pdf.boxes import Box, around
from explorer.archive.convert.pdf.pages import Word

# Words farther apart than this many font sizes stand in different columns or cells.
MAX_WORD_GAP = 1.4
MIN_GUTTER = 0.6  # times the height of the words: what is narrower may be a blank
MIN_COLUMN = 0.18  # of the width of the text
# How much fewer words stand in a gutter than elsewhere: titles and wide figures cross it.
_GUTTER_COVER = 0.5
_ROW = 20.0  # points: how lines are sorted into drawers to find their neighbours


@dataclass(frozen=True, slots=True)
class Line:
    """Words side by side, as far as no wide gap parts them."""

    words: tuple[Word, ...]
    box: Box
    text: str
    size: float  # of most of its letters
    font: str
    bold: bool  # all of it


@dataclass(frozen=True, slots=True)
class Flow:
    """Lines of one column, or of the whole width, in reading order; `left` and `right` are the edges of the column."""

    lines: tuple[Line, ...]
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Columns:
    """The edges of the text of a page, and the gutters between its columns."""

    left: float
    right: float
    gutters: tuple[Box, ...]

    def spans(self, box: Box) -> bool:
        """Whether something stands across a gutter."""
        return any(box.left < gutter.middle[0] < box.right for gutter in self.gutters)

    def edges(self, box: Box) -> tuple[float, float]:
        """The edges of the column that something stands in; of the whole text where it spans several."""
        if self.spans(box):
            return self.left, self.right
        left, right = self.left, self.right
        for gutter in self.gutters:
            if gutter.middle[0] <= box.middle[0]:
                left = gutter.right
            else:
                right = gutter.left
                break
        return left, right


def columns_of(words: Iterable[Word]) -> Columns:
    """Where the columns of a page are, told by the strips in which few words stand."""
    boxes = [word.box for word in words if word.upright]
    if not boxes:
        return Columns(0, 0, ())
    text = around(boxes)
    cover = _cover(boxes, text)
    usual = statistics.median(cover)
    strips = list(_strips([height <= _GUTTER_COVER * usual for height in cover]))
    narrowest = MIN_GUTTER * statistics.median(box.height for box in boxes)
    gutters: list[Box] = []
    for start, end in strips:
        gutter = Box(text.left + start, text.top, text.left + end, text.bottom)
        before = gutters[-1].right if gutters else text.left
        if gutter.width >= narrowest and _parts_columns(gutter, before, text, boxes, cover):
            gutters.append(gutter)
    return Columns(text.left, text.right, tuple(gutters))


def lines_of(words: Iterable[Word], columns: Columns) -> list[Line]:
    """The upright words of a page as lines; a line ends at a gutter, or where the next word is far away."""
    grown: list[list[Word]] = []
    for word in words:
        if not word.upright:
            continue
        if grown and _follows(grown[-1][-1], word, columns):
            grown[-1].append(word)
        else:
            grown.append([word])
    return _joined([_line(words) for words in grown], columns)


def flows_of(lines: Iterable[Line], columns: Columns) -> list[Flow]:
    """The lines of a page in reading order: between lines across the page, one column after the other."""
    flows: list[Flow] = []
    band: list[Line] = []
    wide: list[Line] = []

    def close_band() -> None:
        by_column = defaultdict(list)
        for line in band:
            by_column[columns.edges(line.box)].append(line)
        flows.extend(Flow(tuple(_by_rows(by_column[edges])), *edges) for edges in sorted(by_column))
        band.clear()

    def close_wide() -> None:
        if wide:
            flows.append(Flow(tuple(_by_rows(wide)), columns.left, columns.right))
        wide.clear()

    for line in sorted(lines, key=lambda line: line.box.middle[1]):
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


def _cover(boxes: list[Box], text: Box) -> list[float]:
    """For every point across the text, the height of all words that stand there."""
    cover = [0.0] * (int(text.width) + 1)
    for box in boxes:
        for across in range(int(box.left - text.left), int(box.right - text.left) + 1):
            if 0 <= across < len(cover):
                cover[across] += box.height
    return cover


def _strips(empty: list[bool]) -> Iterator[tuple[int, int]]:
    edges = [place for place, (one, other) in enumerate(pairwise([False, *empty, False])) if one != other]
    yield from zip(edges[::2], edges[1::2], strict=True)


def _parts_columns(gutter: Box, before: float, text: Box, boxes: list[Box], cover: list[float]) -> bool:
    """Whether there is a column on both sides: wide enough, filled with text, and set flush left beside the gutter."""
    narrowest = MIN_COLUMN * text.width
    if gutter.left - before < narrowest or text.right - gutter.right < narrowest:
        return False
    height = statistics.median(box.height for box in boxes)
    start, end = int(gutter.left - text.left), int(gutter.right - text.left)
    left = statistics.fmean(cover[max(0, start - int(narrowest)) : start]) / height
    right = statistics.fmean(cover[end : end + int(narrowest)]) / height
    usual = statistics.median(cover) / height
    if min(left, right) < max(4, 0.3 * usual):
        return False
    flush = Counter(round(box.left / 3) for box in boxes if -4 <= box.left - gutter.right <= 20)
    return bool(flush) and max(flush.values()) >= 0.35 * right


# --- lines ------------------------------------------------------------------------------------------------


def _line(words: Iterable[Word]) -> Line:
    every = tuple(words)
    styles: Counter[tuple[float, str]] = Counter()
    for word in every:
        styles[word.size, word.font] += len(word.text)
    [((size, font), _)] = styles.most_common(1)
    box = around(word.box for word in every)
    return Line(
        every, box, " ".join(word.text for word in every), size, font, all(word.bold for word in every)
    )


def _follows(last: Word, word: Word, columns: Columns) -> bool:
    return _are_neighbours(last.box, word.box, max(last.size, word.size), columns)


def _are_neighbours(one: Box, other: Box, size: float, columns: Columns) -> bool:
    gap = other.left - one.right
    if not -0.6 * size <= gap <= MAX_WORD_GAP * max(size, 4):
        return False
    if one.shares_down(other) < 0.4 * min(one.height, other.height):
        return False
    gutters = (gutter for gutter in columns.gutters if one.right - 2 <= gutter.middle[0] <= other.left + 2)
    return not any(gap >= 0.6 * gutter.width for gutter in gutters)


def _joined(lines: list[Line], columns: Columns) -> list[Line]:
    """Lines that the content of a page gives in pieces, such as word by word, made whole."""
    rows: dict[int, list[Line]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: line.box.left):
        row = round(line.box.middle[1] / _ROW)
        near = (other for number in (row - 1, row, row + 1) for other in rows[number])
        size = max(word.size for word in line.words)
        left = next((other for other in near if _are_neighbours(other.box, line.box, size, columns)), None)
        if left is not None:
            rows[round(left.box.middle[1] / _ROW)].remove(left)
            line = _line((*left.words, *line.words))
        rows[round(line.box.middle[1] / _ROW)].append(line)
    return [line for row in rows.values() for line in row]


def _by_rows(lines: Iterable[Line]) -> list[Line]:
    """From top to bottom; what stands in one row, from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.box.middle[1]):
        last = rows[-1][0].box if rows else None
        if last and last.shares_down(line.box) > 0.5 * min(last.height, line.box.height):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.box.left)]
