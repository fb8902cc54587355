"""Simplification of modern CSS for the renderer: variables, `light-dark()`, colours without commas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_VALUE = 1000
MAX_VARIABLES = 1000
MAX_NESTING = 8
MAX_GROWTH = 4_000_000  # characters that variables may add to a drawing

_VARIABLE = re.compile(r"(?<![\w-])(--[\w-]{1,100})\s*:\s*([^;{}\"'<>]{1,500})")
_NUMBER = r"([\d.]{1,12}%?)"
# rgb(1 2 3 / 50%), which is rewritten as rgba(1, 2, 3, 0.5)
_COLOUR_WITH_SPACES = re.compile(
    rf"\b(rgb|hsl)a?\(\s*{_NUMBER}(?:deg)?\s+{_NUMBER}\s+{_NUMBER}\s*(?:/\s*{_NUMBER}\s*)?\)", re.IGNORECASE
)
_CALL = re.compile(r"(?<![\w-])(var|light-dark)\(", re.IGNORECASE)
_DECLARATION = re.compile(r"(?:^|;)\s*([\w-]{1,40})\s*:\s*([^;]{1,200})")
_LENGTH = re.compile(r"[-+]?[\d.]{1,12}(?:px|%)?")
# Properties that CSS may set and the renderer reads only from attributes.
GEOMETRY = frozenset({"x", "y", "width", "height", "cx", "cy", "r", "rx", "ry"})


@dataclass(slots=True)
class CssSimplifier:
    """Replaces variables and forms of colours that the renderer does not support."""

    variables: dict[str, str] = field(default_factory=dict)
    resolved: dict[str, str] = field(default_factory=dict)  # values without nested variables
    remaining_growth: int = MAX_GROWTH

    @classmethod
    def from_source(cls, source: str) -> CssSimplifier:
        """Collect the variables of a drawing. The first declaration counts: later ones are for dark pages."""
        variables: dict[str, str] = {}
        for declaration in _VARIABLE.finditer(source):
            if len(variables) < MAX_VARIABLES:
                variables.setdefault(
                    declaration[1], declaration[2].strip().removesuffix("!important").strip()
                )
        return cls(variables)

    def simplify(self, css: str) -> str:
        """Return CSS that the renderer supports."""
        return _COLOUR_WITH_SPACES.sub(_with_commas, self._resolve(css, MAX_NESTING)) if "(" in css else css

    def _resolve(self, css: str, depth: int) -> str:
        parts: list[str] = []
        position = 0
        while (call := _CALL.search(css, position)) is not None:
            end = _closing_bracket(css, call.end())
            value = self._evaluate(call[1].lower(), css[call.end() : end], depth)
            self.remaining_growth -= len(value)
            parts += [css[position : call.start()], value if self.remaining_growth > 0 else "none"]
            position = end + 1
        return "".join([*parts, css[position:]])

    def _evaluate(self, function: str, arguments: str, depth: int) -> str:
        if depth == 0:
            return "none"
        first, second = _split_at_comma(arguments)
        name = first.strip()
        if function != "var":
            return self._resolve(name, depth - 1)
        if name not in self.variables:
            return self._resolve(second.strip(), depth - 1)
        if name not in self.resolved:
            self.resolved[name] = "none"  # a variable that refers to itself has no value
            self.resolved[name] = self._resolve(self.variables[name], depth - 1)[:MAX_VALUE]
        return self.resolved[name]


def geometry_attributes(style: str) -> Iterator[tuple[str, str]]:
    """Yield the lengths of an inline style as names and values of attributes."""
    for declaration in _DECLARATION.finditer(style):
        name, value = declaration[1].lower(), declaration[2].strip()
        if name in GEOMETRY and _LENGTH.fullmatch(value):
            yield name, value.removesuffix("px")


def _closing_bracket(css: str, start: int) -> int:
    """Return the index of the bracket that closes the one before `start`, at most MAX_VALUE characters later."""
    open_brackets = 1
    for position in range(start, min(len(css), start + MAX_VALUE)):
        open_brackets += {"(": 1, ")": -1}.get(css[position], 0)
        if open_brackets == 0:
            return position
    return min(len(css), start + MAX_VALUE)


def _split_at_comma(arguments: str) -> tuple[str, str]:
    """Split at the first comma outside brackets."""
    open_brackets = 0
    for position, letter in enumerate(arguments):
        open_brackets += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and open_brackets == 0:
            return arguments[:position], arguments[position + 1 :]
    return arguments, ""


def _with_commas(colour: re.Match[str]) -> str:
    kind, *values = colour.groups()
    *channels, alpha = values
    if alpha is None:
        return f"{kind}({', '.join(channels)})"
    share = float(alpha.rstrip("%").rstrip(".") or 0) / 100 if alpha.endswith("%") else alpha
    return f"{kind}a({', '.join(channels)}, {share})"
