"""Group lines into blocks (paragraphs, headings, captions) by white space, fonts and indents."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from explorer.archive.convert.pdf.boxes import Box, bounding_box
from explorer.archive.convert.pdf.lines import Flow, Line
from explorer.archive.convert.pdf.side_by_side import split_side_by_side

_SENTENCE_END = re.compile(r"[.!?:;…。][”\"’')\]]*$")
_BULLET = re.compile(r"^(?:[•·‣▪●○◦–—*-]\s|\[\d{1,3}\]\s)")
_PARAGRAPH_SPACING = 1.3  # times the usual line distance: a larger gap starts another paragraph
_MAX_SIZE_RATIO = 1.07  # of the font sizes of two lines in one block


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together. `left` and `right` are the edges of their column."""

    lines: tuple[Line, ...]
    left: float
    right: float
    box: Box
    size: float  # font size in points of most letters
    font: str
    bold: bool  # whether all words are bold

    @property
    def first_line(self) -> str:
        """Return the text of the first line."""
        return self.lines[0].text


def blocks_of(flows: Iterable[Flow]) -> list[Block]:
    """Return the blocks of a page in reading order."""
    all_flows = [column for flow in flows for column in split_side_by_side(flow)]
    usual_distance = _usual_line_distance(all_flows)
    return [block for flow in all_flows for block in _blocks_of_flow(flow, usual_distance)]


def _blocks_of_flow(flow: Flow, usual_distance: float) -> list[Block]:
    groups: list[list[Line]] = []
    lines = flow.lines
    for index, line in enumerate(lines):
        next_line = lines[index + 1] if index + 1 < len(lines) else None
        if groups and not _starts_new_block(groups[-1], line, next_line, flow, usual_distance):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_build_block(group, flow) for group in groups]


def _build_block(lines: list[Line], flow: Flow) -> Block:
    styles: Counter[tuple[float, str]] = Counter()
    for line in lines:
        styles[line.size, line.font] += len(line.text)
    [((size, font), _)] = styles.most_common(1)
    box, bold = bounding_box(line.box for line in lines), all(line.bold for line in lines)
    return Block(tuple(lines), flow.left, flow.right, box, size, font, bold)


def _starts_new_block(
    block_lines: list[Line], line: Line, next_line: Line | None, flow: Flow, usual_distance: float
) -> bool:
    last = block_lines[-1]
    if _is_beside(last, line):
        return False
    larger = max(last.size, line.size)
    distance = line.box.center[1] - last.box.center[1]
    return (
        distance > _PARAGRAPH_SPACING * max(usual_distance, 1.1 * larger)
        or distance < 0
        or larger > _MAX_SIZE_RATIO * min(last.size, line.size)
        or last.bold != line.bold
        or bool(_BULLET.match(line.text))
        or _is_indented(last, line, next_line)
        or _ends_early(last, line, flow)
    )


def _is_beside(last: Line, line: Line) -> bool:
    return last.box.overlap_y(line.box) > 0.5 * min(last.box.height, line.box.height)


def _is_indented(last: Line, line: Line, next_line: Line | None) -> bool:
    """Return whether a line begins an indented paragraph. In a hanging indent the next line has the same indent."""
    indent = line.box.left - last.box.left
    if not 0.7 * line.size < indent < 5 * line.size:
        return False
    if next_line is None or _is_beside(line, next_line):
        return bool(_SENTENCE_END.search(last.text))
    return next_line.box.left < line.box.left - 0.5 * line.size


def _ends_early(last: Line, line: Line, flow: Flow) -> bool:
    free_width = flow.right - last.box.right
    return (
        free_width > 0.3 * (flow.right - flow.left)
        and bool(_SENTENCE_END.search(last.text))
        and not line.text[0].islower()
    )


def _usual_line_distance(flows: list[Flow]) -> float:
    """Return the median distance between two lines of running text, in points."""
    distances = [
        round(below.box.center[1] - above.box.center[1], 1)
        for flow in flows
        for above, below in pairwise(flow.lines)
        if abs(above.size - below.size) < 0.3 and 0 < below.box.center[1] - above.box.center[1] < 3 * above.size
        and not _is_beside(above, below)
    ]  # fmt: skip
    return statistics.median_low(distances) if distances else 0.0
