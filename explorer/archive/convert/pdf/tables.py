"""Where tables stand on a page: they are text, and no part of a figure below or above them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from explorer.archive.convert.pdf.blocks import Block
from explorer.archive.convert.pdf.boxes import Box, around
from explorer.archive.convert.pdf.captions import is_of_table
from explorer.archive.convert.pdf.pages import Graphic

# All lengths in points.
ROWS_APART = 14
RULE = 3.2
TALL = 40  # a stroke that is taller and holds no words is part of a drawing
MIN_WORDS = 4  # lines of words in a table
MAX_STROKES = 400  # of a page whose grids are looked for
_ALIGNED = 6


def table_boxes(blocks: Sequence[Block], graphics: Sequence[Graphic]) -> list[Box]:
    """The tables that say so by a label, and grids of cells with words in them."""
    lines = [line.box for block in blocks for line in block.lines]
    strokes = [it.box for it in graphics if not it.is_picture]
    labelled = [_below(block, lines, strokes) for block in blocks if is_of_table(block.start)]
    return [*(box for box in labelled if box is not None), *_grids(strokes, lines)]


def _below(label: Block, lines: Sequence[Box], strokes: Sequence[Box]) -> Box | None:
    """The rows and rules below a label, as far as they follow one another closely."""
    column = Box(label.left, label.box.bottom - 1, label.right, float("inf"))
    parts = sorted((box for box in (*lines, *strokes) if column.holds(box)), key=lambda box: box.top)
    found: list[Box] = []
    bottom = label.box.bottom
    for box in parts:
        if box.top - bottom > ROWS_APART or _is_drawn(box, lines):
            break
        found.append(box)
        bottom = max(bottom, box.bottom)
    return around(found) if found else None


def _is_drawn(box: Box, lines: Sequence[Box]) -> bool:
    return box.height > TALL and sum(box.holds(line) for line in lines) < MIN_WORDS


def _grids(strokes: Sequence[Box], lines: Sequence[Box]) -> list[Box]:
    if len(strokes) > MAX_STROKES:
        return []
    found = []
    for cluster in clusters(strokes):
        inside = [box for box in strokes if cluster.holds(box)]
        words = [line for line in lines if cluster.holds(line)]
        if _is_grid(inside, words):
            found.append(cluster)
    return found


def _is_grid(strokes: Sequence[Box], words: Sequence[Box]) -> bool:
    """Whether strokes are rules and cells, and words stand in rows and columns among them."""
    if len(words) < MIN_WORDS or len(strokes) < MIN_WORDS:
        return False
    ruling = sum(
        min(box.width, box.height) <= RULE or any(box.holds(line) for line in words) for box in strokes
    )
    rows = Counter(round(line.middle[1] / _ALIGNED) for line in words)
    columns = Counter(round(line.left / _ALIGNED) for line in words)
    aligned = sum(count for count in columns.values() if count > 1)
    return (
        ruling > 0.7 * len(strokes)
        and sum(count > 1 for count in rows.values()) > 1
        and sum(count > 1 for count in columns.values()) > 1
        and aligned > 0.6 * len(words)
    )


def clusters(boxes: Iterable[Box], apart: float = 3) -> list[Box]:
    """Boxes that touch made one, as often as any do."""
    made: list[Box] = []
    for box in boxes:
        grown, others = box, made
        while True:
            touching = [one for one in others if one.grown(apart).touches(grown)]
            if not touching:
                break
            grown = around([grown, *touching])
            others = [one for one in others if one not in touching]
        made = [*others, grown]
    return made
