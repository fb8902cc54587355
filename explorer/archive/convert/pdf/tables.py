"""Find the tables of a page. They are text, not part of a figure below or above them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from explorer.archive.convert.pdf.blocks import Block
from explorer.archive.convert.pdf.boxes import Box, bounding_box
from explorer.archive.convert.pdf.captions import has_table_label
from explorer.archive.convert.pdf.pages import Graphic

# All lengths in points.
MAX_ROW_GAP = 14
MAX_RULE_THICKNESS = 3.2
MAX_CELL_HEIGHT = 40  # a taller stroke without words in it is part of a drawing
MIN_WORDS = 4  # lines of text in a table
MAX_STROKES = 400  # of a page in which grids are searched
_ALIGNMENT_GRID = 6


def table_boxes(blocks: Sequence[Block], graphics: Sequence[Graphic]) -> list[Box]:
    """Return the boxes of the tables with a label, and of grids of cells with words in them."""
    lines = [line.box for block in blocks for line in block.lines]
    strokes = [graphic.box for graphic in graphics if not graphic.is_picture]
    labelled = [_table_below(block, lines, strokes) for block in blocks if has_table_label(block.first_line)]
    return [*(box for box in labelled if box is not None), *_grids(strokes, lines)]


def _table_below(label: Block, lines: Sequence[Box], strokes: Sequence[Box]) -> Box | None:
    """Return the box around the rows and rules that follow a label closely, or None."""
    column = Box(label.left, label.box.bottom - 1, label.right, float("inf"))
    parts = sorted(
        (box for box in (*lines, *strokes) if column.contains_center(box)), key=lambda box: box.top
    )
    rows: list[Box] = []
    bottom = label.box.bottom
    for box in parts:
        if box.top - bottom > MAX_ROW_GAP or _is_drawing(box, lines):
            break
        rows.append(box)
        bottom = max(bottom, box.bottom)
    return bounding_box(rows) if rows else None


def _is_drawing(box: Box, lines: Sequence[Box]) -> bool:
    return box.height > MAX_CELL_HEIGHT and sum(box.contains_center(line) for line in lines) < MIN_WORDS


def _grids(strokes: Sequence[Box], lines: Sequence[Box]) -> list[Box]:
    if len(strokes) > MAX_STROKES:
        return []
    grids = []
    for cluster in cluster_boxes(strokes):
        inner_strokes = [box for box in strokes if cluster.contains_center(box)]
        words = [line for line in lines if cluster.contains_center(line)]
        if _is_grid(inner_strokes, words):
            grids.append(cluster)
    return grids


def _is_grid(strokes: Sequence[Box], words: Sequence[Box]) -> bool:
    """Return whether strokes are rules and cells, with words in rows and columns among them."""
    if len(words) < MIN_WORDS or len(strokes) < MIN_WORDS:
        return False
    ruling_count = sum(
        min(box.width, box.height) <= MAX_RULE_THICKNESS or any(box.contains_center(line) for line in words)
        for box in strokes
    )
    rows = Counter(round(line.center[1] / _ALIGNMENT_GRID) for line in words)
    columns = Counter(round(line.left / _ALIGNMENT_GRID) for line in words)
    aligned_count = sum(count for count in columns.values() if count > 1)
    return (
        ruling_count > 0.7 * len(strokes)
        and sum(count > 1 for count in rows.values()) > 1
        and sum(count > 1 for count in columns.values()) > 1
        and aligned_count > 0.6 * len(words)
    )


def cluster_boxes(boxes: Iterable[Box], max_gap: float = 3) -> list[Box]:
    """Merge boxes that are at most `max_gap` points apart, until no two are."""
    clusters: list[Box] = []
    for box in boxes:
        merged, remaining = box, clusters
        while True:
            touching = [other for other in remaining if other.expand(max_gap).touches(merged)]
            if not touching:
                break
            merged = bounding_box([merged, *touching])
            remaining = [other for other in remaining if other not in touching]
        clusters = [*remaining, merged]
    return clusters
