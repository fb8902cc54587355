"""Blocks of Markdown that contain Markdown: fences of directives, indented admonitions, quotations.

This module finds the beginning and the end of each block and parses its opening; `directives.py` renders it. The lines
are read once, so that openings without an end do not slow it down.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

# Real documents nest about five levels. Deeper blocks are not expanded.
MAX_DEPTH = 16

_FENCE = re.compile(r"(?P<fence>`{3,}+|~{3,}+|:{3,}+)[ \t]*+(?P<info>.*)")
_SLASHES = re.compile(r"/{3,}+[ \t]*+(?P<info>[\w-].*)")
# `!!! note "Title"` and `???+ note` of Python-Markdown, `=== "Tab"` of PyMdown.
_INDENTED = re.compile(
    r"(?:(?:!!!|\?\?\?\+?+)[ \t]*+(?P<kind>[\w-]++)(?P<classes>(?:[ \t]++[\w-]++)*+)|===[!+]?+(?=[ \t]*+\"))"
    r"(?:[ \t]++\"(?P<title>.*)\")?[ \t]*+"
)
_LIST_ITEM = re.compile(r"[ \t]*+(?:[-*+]|\d{1,9}[.)])[ \t]+(?=\S)")
_QUOTE = re.compile(r" {0,3}>")
_CALLOUT = re.compile(r"\[!(?P<kind>[\w-]+)(?:\|[^\[\]]*)?\][+-]?[ \t]*(?P<title>.*)")
INDENT = 4
BLOCK_MARKS = ("```", "~~~", ":::", "///", "!!!", "???", "===", "[!")
"""A document without any of these has no blocks."""


class Style(Enum):
    """The syntax of a block."""

    CODE = "code"  # a fence of backquotes or tildes; its info string names the kind
    COLONS = "colons"
    SLASHES = "slashes"
    INDENTED = "indented"
    CALLOUT = "callout"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the source: its info string or kind, its lines without their common indentation, and its title."""

    style: Style
    info: str
    lines: list[str]
    title: str = ""


Render = Callable[[Block, Callable[[list[str]], list[str]]], list[str] | None]
"""Renders a block, given a function that renders the lines inside it; returns None to leave the block as it is."""


def expand_blocks(source: str, render: Render) -> str:
    """Return the source with its blocks rendered, nested ones included; code is unchanged."""
    return "\n".join(_expand(source.split("\n"), render, MAX_DEPTH))


def _expand(lines: list[str], render: Render, depth: int) -> list[str]:
    if depth == 0:
        return lines

    def render_inner(body: list[str]) -> list[str]:
        return _expand(body, render, depth - 1)

    result: list[str] = []
    for part in _Scanner(lines).parts():
        if isinstance(part, str):
            result.append(part)
            continue
        source_lines, indent, block = part
        rendered = render(block, render_inner)
        if rendered is None:
            result += source_lines
        elif block.style is Style.CALLOUT:
            result += [f"> {line}".rstrip() for line in rendered]
        else:
            result += ["", *(indent + line if line else "" for line in rendered), ""]
    return result


_Part = str | tuple[list[str], str, Block]


class _Scanner:
    """Scans the lines of a document or of a block once, from top to bottom."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._fences = _Fences(lines)

    def parts(self) -> Iterator[_Part]:
        """Yield lines outside blocks, and blocks as (source lines, indentation, block)."""
        position = 0
        while position < len(self._lines):
            line = self._lines[position]
            block_and_end = self._block_at(position)
            if block_and_end is None:
                if not self._is_stray(position):
                    yield line
                position += 1
                continue
            block, position_after = block_and_end
            indent = line[: len(line) - len(line.lstrip())] if block.style is not Style.CALLOUT else ""
            yield self._lines[position:position_after], indent, block
            position = position_after

    def _block_at(self, position: int) -> tuple[Block, int] | None:
        line = self._lines[position]
        if _QUOTE.match(line):
            return self._parse_quotation(position)
        text = line.lstrip()
        if not text.startswith(("`", "~", ":", "/", "!", "?", "=")) or self._is_code(position):
            return None
        if text.startswith(("`", "~", ":", "/")):
            return self._parse_fenced(position, text)
        return self._parse_indented(position, text)

    def _parse_fenced(self, position: int, text: str) -> tuple[Block, int] | None:
        opening = _SLASHES.match(text) if text.startswith("/") else _FENCE.match(text)
        end = self._fences.ends.get(position)
        if opening is None or end is None:
            return None
        style = {"/": Style.SLASHES, ":": Style.COLONS}.get(text[0], Style.CODE)
        body = _remove_indent(self._lines[position + 1 : end], len(self._lines[position]) - len(text))
        return Block(style, opening["info"].strip(), body), end + 1

    def _parse_indented(self, position: int, text: str) -> tuple[Block, int] | None:
        opening = _INDENTED.fullmatch(text)
        if opening is None:
            return None
        indent = len(_expand_leading_tabs(self._lines[position])) - len(text) + INDENT
        end = position + 1
        while end < len(self._lines) and (
            not self._lines[end].strip() or _column(self._lines[end]) >= indent
        ):
            end += 1
        while end > position + 1 and not self._lines[end - 1].strip():
            end -= 1
        if end == position + 1:
            return None  # an opening without content
        body = _remove_indent(
            [_expand_leading_tabs(line) for line in self._lines[position + 1 : end]], indent
        )
        return Block(Style.INDENTED, opening["kind"] or "tab", body, (opening["title"] or "").strip()), end

    def _parse_quotation(self, position: int) -> tuple[Block, int]:
        end = position
        while end < len(self._lines) and _QUOTE.match(self._lines[end]):
            end += 1
        body = [_unquote(line) for line in self._lines[position:end]]
        callout = _CALLOUT.fullmatch(body[0].strip())
        if callout is None:
            return Block(Style.CALLOUT, "", body), end
        return Block(Style.CALLOUT, callout["kind"], body[1:], callout["title"].strip()), end

    def _is_stray(self, position: int) -> bool:
        """Return whether the line opens or closes a division whose other end is missing."""
        return self._lines[position].lstrip().startswith(":::") and not self._is_code(position)

    def _is_code(self, position: int) -> bool:
        return _is_too_deep(self._lines[position], self._fences.list_columns[position])


class _Fences:
    """The end of each fence, and for each line the column where the text of its list item begins."""

    def __init__(self, lines: list[str]) -> None:
        self.ends: dict[int, int] = {}
        self.list_columns = [0] * len(lines)
        self._lines = lines
        self._open: dict[str, list[int]] = {":": [], "/": []}
        column, position = 0, 0
        while position < len(lines):
            column = self._list_column(position, column)
            self.list_columns[position] = column
            position = self._next_position(position, column)

    def _list_column(self, position: int, column: int) -> int:
        line = self._lines[position]
        item = _LIST_ITEM.match(line)
        if item:
            return item.end()
        is_new_block = position == 0 or not self._lines[position - 1].strip()
        return 0 if is_new_block and line.strip() and not line.startswith((" ", "\t")) else column

    def _next_position(self, position: int, column: int) -> int:
        """Record a fence that opens or ends at a line, and return the next line to scan."""
        line = self._lines[position]
        text = line.lstrip()
        if not text.startswith(("```", "~~~", ":::", "///")) or _is_too_deep(line, column):
            return position + 1
        if text[0] in self._open:
            self._pair_fences(position, text)
        elif (code_fence := _FENCE.fullmatch(text)) and (text[0] == "~" or "`" not in code_fence["info"]):
            self.ends[position] = _end_of_code(self._lines, position + 1, code_fence["fence"])
            return self.ends[position] + 1
        return position + 1

    def _pair_fences(self, position: int, text: str) -> None:
        """Record an opening fence (with text), or let a closing fence (without text) end the last open one."""
        open_positions = self._open[text[0]]
        if text.strip(text[0] + " \t"):
            open_positions.append(position)
        elif open_positions:
            self.ends[open_positions.pop()] = position


def _end_of_code(lines: list[str], start: int, fence: str) -> int:
    """Return the line that closes a code fence, or the number of lines if none does."""
    for position in range(start, len(lines)):
        text = lines[position].strip()
        if text.startswith(fence) and not text.strip(fence[0]):
            return position
    return len(lines)


def _is_too_deep(line: str, list_column: int) -> bool:
    """Return whether a line is indented code rather than the opening of a block."""
    return line.startswith((" ", "\t")) and _column(line) >= list_column + INDENT


def _column(line: str) -> int:
    spaced = _expand_leading_tabs(line)
    return len(spaced) - len(spaced.lstrip())


def _expand_leading_tabs(line: str) -> str:
    """Return the line with its leading tabs expanded to blanks."""
    text = line.lstrip()
    space = line[: len(line) - len(text)]
    return space.expandtabs(INDENT) + text if "\t" in space else line


def _remove_indent(lines: list[str], indent: int) -> list[str]:
    return [line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in lines]


def _unquote(line: str) -> str:
    body = line.lstrip(" ")[1:]
    return body[1:] if body.startswith(" ") else body


@dataclass(frozen=True, slots=True)
class DelimitedBlock:
    """A block between an opening and an end with at most `max_chars` characters between them.

    The named groups of the end must match the same texts as those of the opening.
    """

    opening: re.Pattern[str]
    end: re.Pattern[str]
    max_chars: int

    def replace_in(self, text: str, replacement: Callable[[re.Match[str], str], str]) -> str:
        """Return the text with each block replaced. `replacement` gets the match of the opening and the content.

        A block ends at the first matching end after its opening.
        """
        ends: defaultdict[tuple[str, ...], list[re.Match[str]]] = defaultdict(list)
        for end in self.end.finditer(text):
            ends[self._group_values(end)].append(end)
        parts: list[str] = []
        position = 0
        for opening in self.opening.finditer(text) if ends else ():
            matching_ends = ends[self._group_values(opening)]
            index = bisect_left(matching_ends, opening.end(), key=_start)
            if opening.start() < position or index == len(matching_ends):
                continue
            end = matching_ends[index]
            if end.start() - opening.end() <= self.max_chars:
                inside = text[opening.end() : end.start()]
                parts += [text[position : opening.start()], replacement(opening, inside)]
                position = end.end()
        return "".join([*parts, text[position:]])

    def _group_values(self, match: re.Match[str]) -> tuple[str, ...]:
        return tuple(match[name] for name in self.end.groupindex)


def _start(match: re.Match[str]) -> int:
    return match.start()
