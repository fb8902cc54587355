"""Split captions side by side, such as below two pictures in one column, into separate flows."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.archive.convert.pdf.lines import Flow, Line
from explorer.archive.html.labels import caption_label, without_label

_MIN_BLANK = 3  # in font sizes: a narrower blank may be the word spacing of a justified line
_MAX_LINE_DISTANCE = 1.6  # in line heights, between two lines of one caption


def split_side_by_side(flow: Flow) -> Iterator[Flow]:
    """Yield the flow, or its parts: the lines above captions side by side, each caption, the lines below."""
    lines = flow.lines
    index = next((i for i in range(1, len(lines)) if _are_captions_in_row(lines[i - 1], lines[i])), None)
    if index is None:
        yield from _split_margin_captions(flow)
        return
    above, captions = lines[: index - 1], [lines[index - 1]]
    while index < len(lines) and _are_captions_in_row(captions[-1], lines[index]):
        captions.append(lines[index])
        index += 1
    lefts = [caption.box.left for caption in captions]
    edges = list(zip([min(flow.left, lefts[0]), *lefts[1:]], [*lefts[1:], flow.right], strict=True))
    columns: list[list[Line]] = [[caption] for caption in captions]
    while index < len(lines) and _append_to_caption(columns, edges, lines[index]):
        index += 1
    if above:
        yield Flow(above, flow.left, flow.right)
    for column, (left, right) in zip(columns, edges, strict=True):
        yield Flow(tuple(column), left, right)
    if index < len(lines):
        yield from split_side_by_side(Flow(lines[index:], flow.left, flow.right))


def _split_margin_captions(flow: Flow) -> Iterator[Flow]:
    """Yield the flow, or its parts if a caption is beside its figure: lines above, the caption, all other lines."""
    for index, line in enumerate(flow.lines):
        if not _begins_caption(line):
            continue
        caption, other_lines = _narrow_caption(flow.lines[index:])
        if other_lines:
            if index:
                yield Flow(flow.lines[:index], flow.left, flow.right)
            yield Flow(
                tuple(caption),
                min(part.box.left for part in caption),
                max(part.box.right for part in caption),
            )
            yield from split_side_by_side(Flow(tuple(other_lines), flow.left, flow.right))
            return
    yield flow


def _narrow_caption(lines: tuple[Line, ...]) -> tuple[list[Line], list[Line]]:
    """Return the lines of a caption in a column of its own, and all other lines (none if nothing is beside it)."""
    caption = [lines[0]]
    beside: list[Line] = []
    pending: list[Line] = []
    for line in lines[1:]:
        if line.box.top > caption[-1].box.bottom + _MAX_LINE_DISTANCE * line.box.height:
            break
        if _continues(caption, line):
            caption.append(line)
            beside.extend(pending)
            pending.clear()
        else:
            pending.append(line)
    beside += [line for line in pending if line.box.center[1] < caption[-1].box.bottom]
    if not beside or not all(_is_separate(line, caption) for line in beside):
        return caption, []
    caption_ids = {id(line) for line in caption}
    return caption, [line for line in lines if id(line) not in caption_ids]


def _is_separate(line: Line, caption: list[Line]) -> bool:
    """Return whether a line is not a piece of the caption itself, such as its title after a wide blank."""
    left, right = min(part.box.left for part in caption), max(part.box.right for part in caption)
    is_same_type = line.font == caption[0].font and abs(line.size - caption[0].size) < 0.07 * line.size
    if is_same_type and (
        not without_label(caption[0].text) or line.box.left - right < _MIN_BLANK * line.size
    ):
        return line.box.right < left
    return line.box.left > right or line.box.right < left


def _continues(caption: list[Line], line: Line) -> bool:
    first, last = caption[0], caption[-1]
    distance = line.box.center[1] - last.box.center[1]
    return (
        abs(line.box.left - first.box.left) < 2 * first.size
        and 0.5 * last.box.height < distance < _MAX_LINE_DISTANCE * last.box.height
        and abs(line.size - first.size) < 0.07 * first.size
    )


def _are_captions_in_row(first: Line, second: Line) -> bool:
    """Return whether two lines are side by side and both begin a caption."""
    is_beside = first.box.overlap_y(second.box) > 0.5 * min(first.box.height, second.box.height)
    return is_beside and _begins_caption(first) and _begins_caption(second)


def _begins_caption(line: Line) -> bool:
    label = caption_label(line.text)
    return label is not None and label.is_stopped


def _append_to_caption(columns: list[list[Line]], edges: list[tuple[float, float]], line: Line) -> bool:
    """Append a line to the caption that it continues. Return False if it continues none."""
    for column, (left, right) in zip(columns, edges, strict=True):
        last = column[-1]
        distance = line.box.center[1] - last.box.center[1]
        is_under = left - 2 <= line.box.left and line.box.right <= right + 2
        if (
            is_under
            and distance < _MAX_LINE_DISTANCE * last.box.height
            and abs(line.size - last.size) < 0.07 * last.size
        ):
            column.append(line)
            return True
    return False
