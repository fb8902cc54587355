"""Constant string expressions of R: the values of `fig.cap=` and `include_graphics()`, without running code."""

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
_PATH_FUNCTIONS = frozenset(("file.path", "here", "here::here", "path", "fs::path"))
_CONSTANTS = frozenset(("TRUE", "FALSE", "T", "F", "NULL", "NA"))
_IDENTITY_FUNCTIONS = frozenset(("c", "I", "normalizePath", "as.character", "unlist", "list"))


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of a call or of a chunk header. A value is None if it is unknown."""

    positional: list[Strings | None] = field(default_factory=list)
    named: dict[str, Strings | None] = field(default_factory=dict)


def parse_arguments(text: str, variables: Mapping[str, Strings]) -> Call:
    """Return the arguments at the start of `text`, up to the closing bracket or the end."""
    return _Parser(text, variables).arguments(MAX_DEPTH)


def collect_assignments(code: str, variables: Environment) -> None:
    """Add the constant strings that the code assigns (`folder <- "images"`) to `variables`."""
    for assignment in re.finditer(r"^[ \t]*+([A-Za-z.][\w.]*+)[ \t]*+(?:<-|=)(?!=)", code, re.MULTILINE):
        value = _Parser(code[assignment.end() : assignment.end() + MAX_VALUE_CHARS], variables).value(
            MAX_DEPTH
        )
        if value:
            variables[assignment[1]] = value


class _Parser:
    """Parses values from left to right. A value that is not a constant string is None."""

    def __init__(self, text: str, variables: Mapping[str, Strings]) -> None:
        matches = (match for match in _TOKEN.finditer(text) if match["comment"] is None)
        self._tokens = [token for token, _ in zip(matches, range(MAX_TOKENS), strict=False)]
        self._variables = variables
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
            return [_string_value(token)]
        if self._peek() == "(":
            self._position += 1
            return _evaluate_call(token["name"], self.arguments(depth - 1))
        is_constant = token["name"] in _CONSTANTS or token["name"][0].isdigit()
        return [token["name"]] if is_constant else self._variables.get(token["name"])

    def _name_of_argument(self) -> str:
        if self._position + 1 >= len(self._tokens):
            return ""
        name, sign = self._tokens[self._position], self._tokens[self._position + 1]
        if sign["sign"] != "=" or name["sign"] or name["other"]:
            return ""
        self._position += 2
        return name["name"] or _string_value(name)

    def _skip_to_end_of_argument(self) -> None:
        depth = 0
        while (sign := self._peek()) is not None and (depth or sign not in {",", ")"}):
            depth += {"(": 1, ")": -1}.get(sign, 0)
            self._position += 1

    def _peek(self) -> str | None:
        """Return the next sign, "" if the next token is not a sign, None at the end."""
        if self._position >= len(self._tokens):
            return None
        return self._tokens[self._position]["sign"] or ""


def _string_value(token: re.Match[str]) -> str:
    if token["raw"] is not None:
        return token["raw"][1:-1]
    quoted = token["double"] if token["double"] is not None else token["single"]
    return _ESCAPE.sub(lambda escape: _ESCAPED.get(escape[1], escape[1]), quoted or "")


def _evaluate_call(name: str, call: Call) -> Strings | None:
    """Return the value of a call that only combines strings, None for other calls."""
    values = [value for value in call.positional if value is not None]
    if len(values) < len(call.positional) or not values:
        return None
    if name in _IDENTITY_FUNCTIONS:
        return [text for value in values for text in value][:MAX_VALUES]
    if name in _PATH_FUNCTIONS:
        return _paste(values, "/")
    if name in {"paste", "paste0"}:
        separator = call.named.get("sep") or ["" if name == "paste0" else " "]
        return _paste(values, separator[0])
    return None


def _paste(values: list[Strings], separator: str) -> Strings:
    """Join vectors element by element as `paste` does; a shorter vector is repeated."""
    rows = zip_longest(*(value[:MAX_VALUES] for value in values))
    return [
        separator.join(
            text if text is not None else value[row % len(value)]
            for text, value in zip(texts, values, strict=True)
        )[:MAX_VALUE_CHARS]
        for row, texts in enumerate(rows)
    ]
