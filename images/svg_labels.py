"""HTML labels of drawings (`<foreignObject>` of mermaid, draw.io, plotly, D3) as SVG text.

There is no HTML layout: the words are wrapped to the width of the box and aligned as the label requires.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape
from unicodedata import east_asian_width

MAX_LABEL_CHARS = 10_000
MAX_LINES = 200
DEFAULT_SIZE = 16.0
SHRINK_FACTOR, MAX_SHRINKS = 0.9, 5
LINE_HEIGHT = 1.25
# Average width of a letter in web fonts, as a fraction of the font size; wide letters are East Asian.
LETTER_WIDTH, WIDE_LETTER_WIDTH = 0.52, 1.0

_BLOCK_ELEMENTS = frozenset(
    {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre", "section"}
)
_HIDDEN_ELEMENTS = frozenset({"style", "script", "title", "head", "annotation", "template"})
_TEXT_PROPERTIES = frozenset({"font-size", "color", "font-weight", "font-style", "white-space", "text-align"})
_DECLARATION = re.compile(r"(?:^|;)\s*([\w-]{1,40})\s*:\s*([^;]{1,200})")
_LENGTH = re.compile(r"\s*([-+]?[\d.]{1,12})\s*(px|pt|em|rem)?\s*")
_PX = {"px": 1.0, "pt": 4 / 3, "em": DEFAULT_SIZE, "rem": DEFAULT_SIZE, None: 1.0}


@dataclass(slots=True)
class Label:
    """One label while it is parsed: attributes of its box, collected style, and lines."""

    attributes: dict[str, str]
    lines: list[str] = field(default_factory=lambda: [""])
    style: dict[str, str] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)
    chars: int = 0
    hidden_depth: int = 0  # nesting inside a hidden element

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an HTML element."""
        if self.hidden_depth or name in _HIDDEN_ELEMENTS:
            self.hidden_depth += 1
            return
        if name in _BLOCK_ELEMENTS:
            self._break()
        for declaration in _DECLARATION.finditer(attributes.get("style", "")[:2000]):
            name = declaration[1].lower()
            if name in _TEXT_PROPERTIES and not self.chars:  # the innermost element around the text
                self.style[name] = declaration[2].strip()
            else:
                self.style.setdefault(name, declaration[2].strip())
        if "color" in attributes:
            self.style.setdefault("color", attributes["color"])
        if "class" in attributes:
            self.classes.append(attributes["class"][:200])

    def end(self, name: str) -> None:
        """Handle the end of an HTML element."""
        if self.hidden_depth:
            self.hidden_depth -= 1
        elif name in _BLOCK_ELEMENTS:
            self._break()

    def text(self, text: str) -> None:
        """Add text to the label, up to MAX_LABEL_CHARS."""
        if not self.hidden_depth and self.chars < MAX_LABEL_CHARS:
            self.chars += len(text.strip())
            self.lines[-1] += text

    def to_svg(self) -> str:
        """Return the label as an SVG text element, or "" if it is empty."""
        box = self._box()
        size, lines = self._fit(box)
        if not lines:
            return ""
        step = size * LINE_HEIGHT
        first = box.top + (box.height - step * len(lines)) / 2 + size
        anchor, x = self._anchor(box)
        rows = "".join(
            f'<tspan x="{x:g}" y="{first + index * step:g}">{escape(line, quote=False)}</tspan>'
            for index, line in enumerate(lines)
        )
        return f'<text{self._text_attributes(size)} text-anchor="{anchor}">{rows}</text>'

    def _fit(self, box: _Box) -> tuple[float, list[str]]:
        """Return font size and rows. The font shrinks until the rows fit into the box."""
        size = _px(self.style.get("font-size")) or DEFAULT_SIZE
        rows = self._rows(box, size)
        for _ in range(MAX_SHRINKS):
            if not box.height or len(rows) * size * LINE_HEIGHT <= box.height * LINE_HEIGHT:
                break
            size *= SHRINK_FACTOR
            rows = self._rows(box, size)
        return size, rows

    def _rows(self, box: _Box, size: float) -> list[str]:
        width = box.width / size if box.width > 0 and self.style.get("white-space") != "nowrap" else 0.0
        return [row for line in self.lines for row in wrap(line, width)][:MAX_LINES]

    def _break(self) -> None:
        if self.lines[-1].strip() and len(self.lines) < MAX_LINES:
            self.lines.append("")

    def _text_attributes(self, size: float) -> str:
        attributes = {
            "font-size": f"{size:g}",
            "font-family": "sans-serif",
            "fill": self.style.get("color") or "currentColor",
        }
        for name in ("font-weight", "font-style"):
            if name in self.style:
                attributes[name] = self.style[name]
        if self.classes:
            attributes["class"] = " ".join(self.classes)
        return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())

    def _box(self) -> _Box:
        """Return the box of the label. draw.io uses the whole drawing and positions the label by margins."""
        x, y, width, height = (_px(self.attributes.get(name)) for name in ("x", "y", "width", "height"))
        left, top = _px(self.style.get("margin-left")) or 0.0, _px(self.style.get("padding-top")) or 0.0
        is_moved = bool(left or top) and "%" in self.attributes.get("width", "")
        if is_moved:
            return _Box(left, top, _px(self.style.get("width")) or 0.0, 0.0)
        return _Box(x or 0.0, y or 0.0, width or 0.0, height or 0.0)

    def _anchor(self, box: _Box) -> tuple[str, float]:
        alignment = f"{self.style.get('text-align', '')} {self.style.get('justify-content', '')}"
        if "center" in alignment:
            return "middle", box.left + box.width / 2
        if "right" in alignment or "end" in alignment:
            return "end", box.left + box.width
        return "start", box.left


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    width: float
    height: float


def wrap(line: str, width: float) -> list[str]:
    """Wrap a line into rows that are at most `width` times the font size wide; 0: one row."""
    rows: list[str] = []
    row, used = "", 0.0
    for word in line.split():
        needed = _word_width(word)
        if row and width > 0 and used + LETTER_WIDTH + needed > width:
            rows.append(row)
            row, used = "", 0.0
        row, used = f"{row} {word}".lstrip(), used + needed + (LETTER_WIDTH if row else 0.0)
    return [*rows, row] if row else rows


def _word_width(word: str) -> float:
    return sum(WIDE_LETTER_WIDTH if east_asian_width(letter) in "WF" else LETTER_WIDTH for letter in word)


def _px(length: str | None) -> float | None:
    match = _LENGTH.fullmatch(length or "")
    try:
        return float(match[1]) * _PX[match[2]] if match else None
    except ValueError:
        return None
