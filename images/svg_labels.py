"""Labels that a drawing sets as HTML (`<foreignObject>`), as text that is drawn: mermaid, draw.io, plotly, D3.

No layout of HTML is done: the words stand in lines that fit into the box, set as the label says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from unicodedata import east_asian_width

MAX_LABEL_CHARS = 10_000
MAX_LINES = 200
DEFAULT_SIZE = 16.0
STEP_DOWN, MAX_STEPS_DOWN = 0.9, 5
LINE_HEIGHT = 1.25
# Of the size of the letters: how wide one is, on average, in the fonts of the web.
WIDTH, WIDTH_OF_WIDE = 0.52, 1.0

_BREAKS = frozenset(
    {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre", "section"}
)
_UNSEEN = frozenset({"style", "script", "title", "head", "annotation", "template"})
_OF_LETTERS = frozenset({"font-size", "color", "font-weight", "font-style", "white-space", "text-align"})
_DECLARATION = re.compile(r"(?:^|;)\s*([\w-]{1,40})\s*:\s*([^;]{1,200})")
_LENGTH = re.compile(r"\s*([-+]?[\d.]{1,12})\s*(px|pt|em|rem)?\s*")
_PX = {"px": 1.0, "pt": 4 / 3, "em": DEFAULT_SIZE, "rem": DEFAULT_SIZE, None: 1.0}


@dataclass(slots=True)
class Label:
    """One label while it is read: its box, the style that it gathers, and its lines."""

    attributes: dict[str, str]
    lines: list[str] = field(default_factory=lambda: [""])
    style: dict[str, str] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)
    chars: int = 0
    unseen: int = 0  # depth within what is not shown

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element of HTML begins."""
        if self.unseen or name in _UNSEEN:
            self.unseen += 1
            return
        if name in _BREAKS:
            self._break()
        for declared in _DECLARATION.finditer(attributes.get("style", "")[:2000]):
            name = declared[1].lower()
            if name in _OF_LETTERS and not self.chars:  # the innermost around the words
                self.style[name] = declared[2].strip()
            else:
                self.style.setdefault(name, declared[2].strip())
        if "color" in attributes:
            self.style.setdefault("color", attributes["color"])
        if "class" in attributes:
            self.classes.append(attributes["class"][:200])

    def end(self, name: str) -> None:
        """An element of HTML ends."""
        if self.unseen:
            self.unseen -= 1
        elif name in _BREAKS:
            self._break()

    def text(self, text: str) -> None:
        """Words of the label; more than any label has are left out."""
        if not self.unseen and self.chars < MAX_LABEL_CHARS:
            self.chars += len(text.strip())
            self.lines[-1] += text

    def drawn(self) -> str:
        """The label as SVG text; "" where it says nothing."""
        box = self._box()
        size, lines = self._fitted(box)
        if not lines:
            return ""
        step = size * LINE_HEIGHT
        first = box.top + (box.height - step * len(lines)) / 2 + size
        anchor, x = self._anchor(box)
        rows = "".join(
            f'<tspan x="{x:g}" y="{first + place * step:g}">{escape(line, quote=False)}</tspan>'
            for place, line in enumerate(lines)
        )
        return f'<text{self._look(size)} text-anchor="{anchor}">{rows}</text>'

    def _fitted(self, box: _Box) -> tuple[float, list[str]]:
        """The size of the letters and the rows: smaller letters where the box would not hold them."""
        size = _px(self.style.get("font-size")) or DEFAULT_SIZE
        rows = self._rows(box, size)
        for _ in range(MAX_STEPS_DOWN):
            if not box.height or len(rows) * size * LINE_HEIGHT <= box.height * LINE_HEIGHT:
                break
            size *= STEP_DOWN
            rows = self._rows(box, size)
        return size, rows

    def _rows(self, box: _Box, size: float) -> list[str]:
        width = box.width / size if box.width > 0 and self.style.get("white-space") != "nowrap" else 0.0
        return [row for line in self.lines for row in wrapped(line, width)][:MAX_LINES]

    def _break(self) -> None:
        if self.lines[-1].strip() and len(self.lines) < MAX_LINES:
            self.lines.append("")

    def _look(self, size: float) -> str:
        look = {
            "font-size": f"{size:g}",
            "font-family": "sans-serif",
            "fill": self.style.get("color") or "currentColor",
        }
        for name in ("font-weight", "font-style"):
            if name in self.style:
                look[name] = self.style[name]
        if self.classes:
            look["class"] = " ".join(self.classes)
        return "".join(f' {name}="{escape(value)}"' for name, value in look.items())

    def _box(self) -> _Box:
        """The label's box. draw.io gives it the whole drawing and moves the label within it by margins."""
        x, y, width, height = (_px(self.attributes.get(name)) for name in ("x", "y", "width", "height"))
        left, top = _px(self.style.get("margin-left")) or 0.0, _px(self.style.get("padding-top")) or 0.0
        is_moved = bool(left or top) and "%" in self.attributes.get("width", "")
        if is_moved:
            return _Box(left, top, _px(self.style.get("width")) or 0.0, 0.0)
        return _Box(x or 0.0, y or 0.0, width or 0.0, height or 0.0)

    def _anchor(self, box: _Box) -> tuple[str, float]:
        said = f"{self.style.get('text-align', '')} {self.style.get('justify-content', '')}"
        if "center" in said:
            return "middle", box.left + box.width / 2
        if "right" in said or "end" in said:
            return "end", box.left + box.width
        return "start", box.left


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    width: float
    height: float


def wrapped(line: str, width: float) -> list[str]:
    """The words of a line in rows of at most `width` times the size of their letters; 0: in one row."""
    rows: list[str] = []
    row, taken = "", 0.0
    for word in line.split():
        needed = _width(word)
        if row and width > 0 and taken + WIDTH + needed > width:
            rows.append(row)
            row, taken = "", 0.0
        row, taken = f"{row} {word}".lstrip(), taken + needed + (WIDTH if row else 0.0)
    return [*rows, row] if row else rows


def _width(word: str) -> float:
    return sum(WIDTH_OF_WIDE if east_asian_width(letter) in "WF" else WIDTH for letter in word)


def _px(written: str | None) -> float | None:
    found = _LENGTH.fullmatch(written or "")
    try:
        return float(found[1]) * _PX[found[2]] if found else None
    except ValueError:
        return None
