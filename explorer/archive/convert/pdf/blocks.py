"""Lines into blocks: paragraphs, headings, captions, as white space, fonts and indents part them."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from explorer.archive.convert.pdf.boxes import Box, around
from explorer.archive.convert.pdf.lines import Flow, Line
from explorer.archive.convert.pdf.side_by_side import parted

_ENDS = re.compile(r"[.!?:;…。][”\"’')\]]*$")
_BULLET = re.compile(r"^(?:[•·‣▪●○◦–—*-]\s|\[\d{1,3}\]\s)")
_MORE_SPACE = 1.3  # times the usual distance of two lines, and another paragraph begins
_OTHER_SIZE = 1.07


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together; `left` and `right` are the edges of their column."""

    lines: tuple[Line, ...]
    left: float
    right: float
    box: Box
    size: float  # of most of its letters
    font: str
    bold: bool  # all of it

    @property
    def start(self) -> str:
        """Its first line."""
        return self.lines[0].text


def blocks_of(flows: Iterable[Flow]) -> list[Block]:
    """The blocks of a page in reading order."""
    every = [part for flow in flows for part in parted(flow)]
    usual = _usual_distance(every)
    return [block for flow in every for block in _blocks(flow, usual)]


def _blocks(flow: Flow, usual: float) -> list[Block]:
    parts: list[list[Line]] = []
    lines = flow.lines
    for place, line in enumerate(lines):
        following = lines[place + 1] if place + 1 < len(lines) else None
        if parts and not _starts_anew(parts[-1], line, following, flow, usual):
            parts[-1].append(line)
        else:
            parts.append([line])
    return [_block(part, flow) for part in parts]


def _block(lines: list[Line], flow: Flow) -> Block:
    styles: Counter[tuple[float, str]] = Counter()
    for line in lines:
        styles[line.size, line.font] += len(line.text)
    [((size, font), _)] = styles.most_common(1)
    box, bold = around(line.box for line in lines), all(line.bold for line in lines)
    return Block(tuple(lines), flow.left, flow.right, box, size, font, bold)


def _starts_anew(part: list[Line], line: Line, following: Line | None, flow: Flow, usual: float) -> bool:
    last = part[-1]
    if _is_beside(last, line):
        return False
    larger = max(last.size, line.size)
    distance = line.box.middle[1] - last.box.middle[1]
    return (
        distance > _MORE_SPACE * max(usual, 1.1 * larger)
        or distance < 0
        or larger > _OTHER_SIZE * min(last.size, line.size)
        or last.bold != line.bold
        or bool(_BULLET.match(line.text))
        or _is_indented(last, line, following)
        or _ends_early(last, line, flow)
    )


def _is_beside(last: Line, line: Line) -> bool:
    return last.box.shares_down(line.box) > 0.5 * min(last.box.height, line.box.height)


def _is_indented(last: Line, line: Line, following: Line | None) -> bool:
    """The first line of a paragraph; in a list that hangs, the lines after it stand where it does."""
    step = line.box.left - last.box.left
    if not 0.7 * line.size < step < 5 * line.size:
        return False
    if following is None or _is_beside(line, following):
        return bool(_ENDS.search(last.text))
    return following.box.left < line.box.left - 0.5 * line.size


def _ends_early(last: Line, line: Line, flow: Flow) -> bool:
    room = flow.right - last.box.right
    return (
        room > 0.3 * (flow.right - flow.left) and bool(_ENDS.search(last.text)) and not line.text[0].islower()
    )


def _usual_distance(flows: list[Flow]) -> float:
    """From line to line in running text, in points."""
    distances = [
        round(below.box.middle[1] - above.box.middle[1], 1)
        for flow in flows
        for above, below in pairwise(flow.lines)
        if abs(above.size - below.size) < 0.3 and 0 < below.box.middle[1] - above.box.middle[1] < 3 * above.size
        and not _is_beside(above, below)
    ]  # fmt: skip
    return statistics.median_low(distances) if distances else 0.0
