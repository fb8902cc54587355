"""Captions side by side, as under two pictures in one column: each becomes a flow of its own."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.archive.convert.pdf.lines import Flow, Line
from explorer.archive.html.labels import caption_label, without_label

_PIECES = 3  # times the font size: a blank in a line that is set to the full width
_NEXT_LINE = 1.6  # times the height of a line: no farther is the next one of a caption


def parted(flow: Flow) -> Iterator[Flow]:
    """A flow, or its parts: what is above such captions, each of them, what is below."""
    lines = flow.lines
    place = next((n for n in range(1, len(lines)) if _starts_row(lines[n - 1], lines[n])), None)
    if place is None:
        yield from _with_margins(flow)
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


def _with_margins(flow: Flow) -> Iterator[Flow]:
    """A flow, or its parts where a caption stands beside its figure: lines above, the caption, all others."""
    for place, line in enumerate(flow.lines):
        if not _begins_as_caption(line):
            continue
        caption, others = _narrow_caption(flow.lines[place:])
        if others:
            if place:
                yield Flow(flow.lines[:place], flow.left, flow.right)
            yield Flow(
                tuple(caption), min(one.box.left for one in caption), max(one.box.right for one in caption)
            )
            yield from parted(Flow(tuple(others), flow.left, flow.right))
            return
    yield flow


def _narrow_caption(lines: tuple[Line, ...]) -> tuple[list[Line], list[Line]]:
    """The lines of a caption in a column of its own and all others; no others where nothing stands beside it."""
    caption = [lines[0]]
    beside: list[Line] = []
    waiting: list[Line] = []
    for line in lines[1:]:
        if line.box.top > caption[-1].box.bottom + _NEXT_LINE * line.box.height:
            break
        if _continues(caption, line):
            caption.append(line)
            beside.extend(waiting)
            waiting.clear()
        else:
            waiting.append(line)
    beside += [line for line in waiting if line.box.middle[1] < caption[-1].box.bottom]
    if not beside or not all(_stands_apart(line, caption) for line in beside):
        return caption, []
    taken = {id(line) for line in caption}
    return caption, [line for line in lines if id(line) not in taken]


def _stands_apart(line: Line, caption: list[Line]) -> bool:
    """Not a piece of the caption itself, such as its title after a wide blank."""
    left, right = min(one.box.left for one in caption), max(one.box.right for one in caption)
    is_alike = line.font == caption[0].font and abs(line.size - caption[0].size) < 0.07 * line.size
    if is_alike and (not without_label(caption[0].text) or line.box.left - right < _PIECES * line.size):
        return line.box.right < left
    return line.box.left > right or line.box.right < left


def _continues(caption: list[Line], line: Line) -> bool:
    first, last = caption[0], caption[-1]
    distance = line.box.middle[1] - last.box.middle[1]
    return (
        abs(line.box.left - first.box.left) < 2 * first.size
        and 0.5 * last.box.height < distance < _NEXT_LINE * last.box.height
        and abs(line.size - first.size) < 0.07 * first.size
    )


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
