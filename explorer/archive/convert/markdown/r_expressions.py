"""Expressions of R as far as they are words: what `fig.cap=` and `include_graphics()` say without running anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest

Strings = list[str]
Environment = dict[str, Strings]

MAX_DEPTH = 12
MAX_TOKENS = 2000
MAX_VALUES, MAX_VALUE_CHARS = 100, 4000
_TOKEN = re.compile(
    r"""[rR]"(?P<raw>\((?s:[^)]|\)(?!"))*+\))"|"(?P<double>(?:\\.|[^"\\])*+)"|'(?P<single>(?:\\.|[^'\\])*+)'"""
    r"|(?P<name>[\w.][\w.:]*+)|(?P<sign><-|\|>|[(),=+])|(?P<comment>\#[^\n]*+)|(?P<other>[^\s\w])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": " ", "r": " "}
_JOINED_BY_SLASH = frozenset(("file.path", "here", "here::here", "path", "fs::path"))
_CONSTANTS = frozenset(("TRUE", "FALSE", "T", "F", "NULL", "NA"))
_SAME = frozenset(("c", "I", "normalizePath", "as.character", "unlist", "list"))


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of a call or of a header: their values as far as they are known, and bare names as written."""

    positional: list[Strings | None] = field(default_factory=list)
    named: dict[str, Strings | None] = field(default_factory=dict)


def arguments_of(text: str, known: Mapping[str, Strings]) -> Call:
    """Return the arguments that `text` begins with, up to the bracket that closes them or to its end."""
    return _Reader(text, known).arguments(MAX_DEPTH)


def assignments_in(code: str, known: Environment) -> None:
    """Add to `known` what the code assigns that is only words: `folder <- "images"`."""
    for found in re.finditer(r"^[ \t]*+([A-Za-z.][\w.]*+)[ \t]*+(?:<-|=)(?!=)", code, re.MULTILINE):
        value = _Reader(code[found.end() : found.end() + MAX_VALUE_CHARS], known).value(MAX_DEPTH)
        if value:
            known[found[1]] = value


class _Reader:
    """Reads values from left to right; what is more than words is None."""

    def __init__(self, text: str, known: Mapping[str, Strings]) -> None:
        found = (it for it in _TOKEN.finditer(text) if it["comment"] is None)
        self._tokens = [token for token, _ in zip(found, range(MAX_TOKENS), strict=False)]
        self._known = known
        self._position = 0

    def arguments(self, depth: int) -> Call:
        call = Call()
        while self._peek() not in {None, ")"}:
            if self._peek() == ",":
                self._position += 1
                continue
            name = self._name_of_argument()
            value = self.value(depth)
            self._skip_to_end_of_argument()
            if name:
                call.named[name] = value
            else:
                call.positional.append(value)
        self._position += 1
        return call

    def value(self, depth: int) -> Strings | None:
        token = self._tokens[self._position] if self._position < len(self._tokens) else None
        if token is None or depth == 0 or token["sign"] or token["other"]:
            return None
        self._position += 1
        if token["name"] is None:
            return [_string(token)]
        if self._peek() == "(":
            self._position += 1
            return _called(token["name"], self.arguments(depth - 1))
        is_constant = token["name"] in _CONSTANTS or token["name"][0].isdigit()
        return [token["name"]] if is_constant else self._known.get(token["name"])

    def _name_of_argument(self) -> str:
        if self._position + 1 >= len(self._tokens):
            return ""
        name, sign = self._tokens[self._position], self._tokens[self._position + 1]
        if sign["sign"] != "=" or name["sign"] or name["other"]:
            return ""
        self._position += 2
        return name["name"] or _string(name)

    def _skip_to_end_of_argument(self) -> None:
        depth = 0
        while (sign := self._peek()) is not None and (depth or sign not in {",", ")"}):
            depth += {"(": 1, ")": -1}.get(sign, 0)
            self._position += 1

    def _peek(self) -> str | None:
        """The sign that comes next, "" for anything else, None at the end."""
        if self._position >= len(self._tokens):
            return None
        return self._tokens[self._position]["sign"] or ""


def _string(token: re.Match[str]) -> str:
    if token["raw"] is not None:
        return token["raw"][1:-1]
    written = token["double"] if token["double"] is not None else token["single"]
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), written or "")


def _called(name: str, call: Call) -> Strings | None:
    """What a call gives, where it only puts words together."""
    values = [value for value in call.positional if value is not None]
    if len(values) < len(call.positional) or not values:
        return None
    if name in _SAME:
        return [text for value in values for text in value][:MAX_VALUES]
    if name in _JOINED_BY_SLASH:
        return _joined(values, "/")
    if name in {"paste", "paste0"}:
        separator = call.named.get("sep") or ["" if name == "paste0" else " "]
        return _joined(values, separator[0])
    return None


def _joined(values: list[Strings], separator: str) -> Strings:
    """As `paste` does, value by value; a shorter one is used again."""
    rows = zip_longest(*(value[:MAX_VALUES] for value in values))
    return [
        separator.join(
            text if text is not None else value[row % len(value)]
            for text, value in zip(texts, values, strict=True)
        )[:MAX_VALUE_CHARS]
        for row, texts in enumerate(rows)
    ]
