"""Blocks of Markdown that hold Markdown: fences of directives, indented admonitions, quotations.

This module finds where a block begins and ends and what its opening says; `directives.py` says what it shows. Text is
read by lines in one go, so that openings without an end cost no more than words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

# Real documents nest some five deep; what is deeper stays as it is written.
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


class Style(Enum):
    """How a block is written."""

    CODE = "code"  # a fence whose content may be anything; its info says what
    COLONS = "colons"
    SLASHES = "slashes"
    INDENTED = "indented"
    CALLOUT = "callout"


@dataclass(frozen=True, slots=True)
class Block:
    """A block as written: what its first line says, and the lines in it without their common indentation."""

    style: Style
    info: str
    lines: list[str]
    title: str = ""


Render = Callable[[Block, Callable[[list[str]], list[str]]], list[str] | None]
"""The lines that a block becomes, given a function that does the same for the blocks in it; None to leave it as it is."""


def expand_blocks(source: str, render: Render) -> str:
    """Return the source with its blocks replaced, innermost included; code keeps its every character."""
    return "\n".join(_expanded(source.split("\n"), render, MAX_DEPTH))


def _expanded(lines: list[str], render: Render, depth: int) -> list[str]:
    if depth == 0:
        return lines

    def inner(body: list[str]) -> list[str]:
        return _expanded(body, render, depth - 1)

    out: list[str] = []
    for found in _Scanner(lines).parts():
        if isinstance(found, str):
            out.append(found)
            continue
        written, indent, block = found
        shown = render(block, inner)
        if shown is None:
            out += written
        elif block.style is Style.CALLOUT:
            out += [f"> {line}".rstrip() for line in shown]
        else:
            out += ["", *(indent + line if line else "" for line in shown), ""]
    return out


_Part = str | tuple[list[str], str, Block]


class _Scanner:
    """The lines of one document or body, read once from top to bottom."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._fences = _Fences(lines)

    def parts(self) -> Iterator[_Part]:
        """Lines that belong to no block, and blocks as (the lines as written, their indentation, what they say)."""
        position = 0
        while position < len(self._lines):
            line = self._lines[position]
            found = self._block_at(position)
            if found is None:
                if not self._is_stray(position):
                    yield line
                position += 1
                continue
            block, position_after = found
            indent = line[: len(line) - len(line.lstrip())] if block.style is not Style.CALLOUT else ""
            yield self._lines[position:position_after], indent, block
            position = position_after

    def _block_at(self, position: int) -> tuple[Block, int] | None:
        line = self._lines[position]
        if _QUOTE.match(line):
            return self._quotation(position)
        words = line.lstrip()
        if not words.startswith(("`", "~", ":", "/", "!", "?", "=")) or self._is_code(position):
            return None
        if words.startswith(("`", "~", ":", "/")):
            return self._fenced(position, words)
        return self._indented(position, words)

    def _fenced(self, position: int, words: str) -> tuple[Block, int] | None:
        found = _SLASHES.match(words) if words.startswith("/") else _FENCE.match(words)
        end = self._fences.ends.get(position)
        if found is None or end is None:
            return None
        style = {"/": Style.SLASHES, ":": Style.COLONS}.get(words[0], Style.CODE)
        body = _without_indent(self._lines[position + 1 : end], len(self._lines[position]) - len(words))
        return Block(style, found["info"].strip(), body), end + 1

    def _indented(self, position: int, words: str) -> tuple[Block, int] | None:
        found = _INDENTED.fullmatch(words)
        if found is None:
            return None
        indent = len(_spaced(self._lines[position])) - len(words) + INDENT
        end = position + 1
        while end < len(self._lines) and (
            not self._lines[end].strip() or _column(self._lines[end]) >= indent
        ):
            end += 1
        while end > position + 1 and not self._lines[end - 1].strip():
            end -= 1
        if end == position + 1:
            return None  # three exclamation marks, and nothing below them
        body = _without_indent([_spaced(line) for line in self._lines[position + 1 : end]], indent)
        return Block(Style.INDENTED, found["kind"] or "tab", body, (found["title"] or "").strip()), end

    def _quotation(self, position: int) -> tuple[Block, int]:
        end = position
        while end < len(self._lines) and _QUOTE.match(self._lines[end]):
            end += 1
        body = [_unquoted(line) for line in self._lines[position:end]]
        callout = _CALLOUT.fullmatch(body[0].strip())
        if callout is None:
            return Block(Style.CALLOUT, "", body), end
        return Block(Style.CALLOUT, callout["kind"], body[1:], callout["title"].strip()), end

    def _is_stray(self, position: int) -> bool:
        """Whether the line only opens or closes a division of which the other end is missing."""
        return self._lines[position].lstrip().startswith(":::") and not self._is_code(position)

    def _is_code(self, position: int) -> bool:
        return _is_too_deep(self._lines[position], self._fences.list_columns[position])


class _Fences:
    """Where each fence ends, and in which column the text of the list item at each line begins."""

    def __init__(self, lines: list[str]) -> None:
        self.ends: dict[int, int] = {}
        self.list_columns = [0] * len(lines)
        self._lines = lines
        self._open: dict[str, list[int]] = {":": [], "/": []}
        column, position = 0, 0
        while position < len(lines):
            column = self._list_column(position, column)
            self.list_columns[position] = column
            position = self._after(position, column)

    def _list_column(self, position: int, column: int) -> int:
        line = self._lines[position]
        item = _LIST_ITEM.match(line)
        if item:
            return item.end()
        is_new_block = position == 0 or not self._lines[position - 1].strip()
        return 0 if is_new_block and line.strip() and not line.startswith((" ", "\t")) else column

    def _after(self, position: int, column: int) -> int:
        """Note the fence that opens or ends at a line, and return the line to go on with."""
        line = self._lines[position]
        words = line.lstrip()
        if not words.startswith(("```", "~~~", ":::", "///")) or _is_too_deep(line, column):
            return position + 1
        if words[0] in self._open:
            self._pair(position, words)
        elif (found := _FENCE.fullmatch(words)) and (words[0] == "~" or "`" not in found["info"]):
            self.ends[position] = _end_of_code(self._lines, position + 1, found["fence"])
            return self.ends[position] + 1
        return position + 1

    def _pair(self, position: int, words: str) -> None:
        """An opening says something, an end nothing: it ends what was opened last."""
        waiting = self._open[words[0]]
        if words.strip(words[0] + " \t"):
            waiting.append(position)
        elif waiting:
            self.ends[waiting.pop()] = position


def _end_of_code(lines: list[str], start: int, fence: str) -> int:
    """The line that closes a fence of code; one that is never closed reaches to the end."""
    for position in range(start, len(lines)):
        words = lines[position].strip()
        if words.startswith(fence) and not words.strip(fence[0]):
            return position
    return len(lines)


def _is_too_deep(line: str, list_column: int) -> bool:
    """Whether a line is indented code rather than the opening of a block."""
    return line.startswith((" ", "\t")) and _column(line) >= list_column + INDENT


def _column(line: str) -> int:
    spaced = _spaced(line)
    return len(spaced) - len(spaced.lstrip())


def _spaced(line: str) -> str:
    """The line with the tabs that it begins with as blanks."""
    words = line.lstrip()
    space = line[: len(line) - len(words)]
    return space.expandtabs(INDENT) + words if "\t" in space else line


def _without_indent(lines: list[str], indent: int) -> list[str]:
    return [line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in lines]


def _unquoted(line: str) -> str:
    body = line.lstrip(" ")[1:]
    return body[1:] if body.startswith(" ") else body


@dataclass(frozen=True, slots=True)
class DelimitedBlock:
    """An opening, its end, and how many characters may stand between them.

    What the named groups of the end match must be what those of the opening did.
    """

    opening: re.Pattern[str]
    end: re.Pattern[str]
    most: int

    def replaced(self, text: str, replacement: Callable[[re.Match[str], str], str]) -> str:
        """The text with each opening, up to the first end after it, replaced; `replacement` is given what they enclose."""
        ends: defaultdict[tuple[str, ...], list[re.Match[str]]] = defaultdict(list)
        for end in self.end.finditer(text):
            ends[self._names(end)].append(end)
        parts: list[str] = []
        position = 0
        for opening in self.opening.finditer(text) if ends else ():
            own = ends[self._names(opening)]
            place = bisect_left(own, opening.end(), key=_start)
            if opening.start() < position or place == len(own):
                continue
            end = own[place]
            if end.start() - opening.end() <= self.most:
                inside = text[opening.end() : end.start()]
                parts += [text[position : opening.start()], replacement(opening, inside)]
                position = end.end()
        return "".join([*parts, text[position:]])

    def _names(self, found: re.Match[str]) -> tuple[str, ...]:
        return tuple(found[name] for name in self.end.groupindex)


def _start(found: re.Match[str]) -> int:
    return found.start()
