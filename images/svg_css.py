"""CSS of today as the renderer understands it: variables, colours for two grounds, spaces instead of commas."""

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
# rgb(1 2 3 / 50%), which is read as rgba(1, 2, 3, 0.5)
_SPACED = re.compile(
    rf"\b(rgb|hsl)a?\(\s*{_NUMBER}(?:deg)?\s+{_NUMBER}\s+{_NUMBER}\s*(?:/\s*{_NUMBER}\s*)?\)", re.IGNORECASE
)
_CALL = re.compile(r"(?<![\w-])(var|light-dark)\(", re.IGNORECASE)
_DECLARATION = re.compile(r"(?:^|;)\s*([\w-]{1,40})\s*:\s*([^;]{1,200})")
_LENGTH = re.compile(r"[-+]?[\d.]{1,12}(?:px|%)?")
# What CSS may say of a shape and the renderer reads from attributes alone.
GEOMETRY = frozenset({"x", "y", "width", "height", "cx", "cy", "r", "rx", "ry"})


@dataclass(slots=True)
class PlainCss:
    """Writes CSS without variables and colours that the renderer does not know."""

    variables: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)  # what each variable comes to
    room: int = MAX_GROWTH

    @classmethod
    def of(cls, source: str) -> PlainCss:
        """With the variables that a drawing declares; of several, the first: the others are for dark pages."""
        found: dict[str, str] = {}
        for declared in _VARIABLE.finditer(source):
            if len(found) < MAX_VARIABLES:
                found.setdefault(declared[1], declared[2].strip().removesuffix("!important").strip())
        return cls(found)

    def plain(self, css: str) -> str:
        """The same CSS, plain."""
        return _SPACED.sub(_with_commas, self._resolved(css, MAX_NESTING)) if "(" in css else css

    def _resolved(self, css: str, depth: int) -> str:
        parts: list[str] = []
        place = 0
        while (call := _CALL.search(css, place)) is not None:
            end = _end_of(css, call.end())
            meant = self._meant(call[1].lower(), css[call.end() : end], depth)
            self.room -= len(meant)
            parts += [css[place : call.start()], meant if self.room > 0 else "none"]
            place = end + 1
        return "".join([*parts, css[place:]])

    def _meant(self, function: str, written: str, depth: int) -> str:
        if depth == 0:
            return "none"
        first, second = _parted(written)
        name = first.strip()
        if function != "var":
            return self._resolved(name, depth - 1)
        if name not in self.variables:
            return self._resolved(second.strip(), depth - 1)
        if name not in self.known:
            self.known[name] = "none"  # what names itself comes to nothing
            self.known[name] = self._resolved(self.variables[name], depth - 1)[:MAX_VALUE]
        return self.known[name]


def geometry_of(style: str) -> Iterator[tuple[str, str]]:
    """The lengths that an inline style sets, as attributes."""
    for declared in _DECLARATION.finditer(style):
        name, value = declared[1].lower(), declared[2].strip()
        if name in GEOMETRY and _LENGTH.fullmatch(value):
            yield name, value.removesuffix("px")


def _end_of(css: str, start: int) -> int:
    """Where the bracket closes that was opened before `start`; values are short."""
    open_brackets = 1
    for place in range(start, min(len(css), start + MAX_VALUE)):
        open_brackets += {"(": 1, ")": -1}.get(css[place], 0)
        if open_brackets == 0:
            return place
    return min(len(css), start + MAX_VALUE)


def _parted(written: str) -> tuple[str, str]:
    """What stands before and behind the first comma that is in no bracket."""
    open_brackets = 0
    for place, letter in enumerate(written):
        open_brackets += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and open_brackets == 0:
            return written[:place], written[place + 1 :]
    return written, ""


def _with_commas(colour: re.Match[str]) -> str:
    kind, *values = colour.groups()
    *channels, alpha = values
    if alpha is None:
        return f"{kind}({', '.join(channels)})"
    share = float(alpha.rstrip("%").rstrip(".") or 0) / 100 if alpha.endswith("%") else alpha
    return f"{kind}a({', '.join(channels)}, {share})"
