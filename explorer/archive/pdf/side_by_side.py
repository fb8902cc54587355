"""Captions side by side, as under two pictures in one column: each becomes a flow of its own."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.archive.labels import caption_label
from explorer.archive.pdf.lines import Flow, Line

_NEXT_LINE = 1.6  # times the height of a line: no farther is the next one of a caption


def parted(flow: Flow) -> Iterator[Flow]:
    """A flow, or its parts: what is above such captions, each of them, what is below."""
    lines = flow.lines
    place = next((n for n in range(1, len(lines)) if _starts_row(lines[n - 1], lines[n])), None)
    if place is None:
        yield flow
        return
    above, captions = lines[: place - 1], [lines[place - 1]]
    while place < len(lines) and _starts_row(captions[-1], lines[place]):
        captions.append(lines[place])
        place += 1
    lefts = [caption.box.left for caption in captions]
    edges = list(zip([min(flow.left, lefts[0]), *lefts[1:]], [*lefts[1:], flow.right], strict=True))
    columns: list[list[Line]] = [[caption] for caption in captions]
    while place < len(lines) and _goes_on(columns, edges, lines[place]):
        place += 1
    if above:
        yield Flow(above, flow.left, flow.right)
    for column, (left, right) in zip(columns, edges, strict=True):
        yield Flow(tuple(column), left, right)
    if place < len(lines):
        yield from parted(Flow(lines[place:], flow.left, flow.right))


def _starts_row(one: Line, other: Line) -> bool:
    """Whether two lines beside each other both begin as captions do."""
    is_beside = one.box.shares_down(other.box) > 0.5 * min(one.box.height, other.box.height)
    return is_beside and _begins_as_caption(one) and _begins_as_caption(other)


def _begins_as_caption(line: Line) -> bool:
    label = caption_label(line.text)
    return label is not None and label.is_stopped


def _goes_on(columns: list[list[Line]], edges: list[tuple[float, float]], line: Line) -> bool:
    """Adds a line to the caption that it continues; False where it continues none."""
    for column, (left, right) in zip(columns, edges, strict=True):
        last = column[-1]
        distance = line.box.middle[1] - last.box.middle[1]
        is_under = left - 2 <= line.box.left and line.box.right <= right + 2
        if (
            is_under
            and distance < _NEXT_LINE * last.box.height
            and abs(line.size - last.size) < 0.07 * last.size
        ):
            column.append(line)
            return True
    return False
