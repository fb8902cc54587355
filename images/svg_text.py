"""Text of SVG drawings, which needs no OCR."""

from __future__ import annotations

from xml.parsers import expat

from images.errors import PictureError
from images.sniff import sniff_format
from images.svg_clean import clean_svg

MAX_CHARS = 20_000
MAX_LINES = 2000


def svg_text_lines(data: bytes) -> tuple[str, ...]:
    """Return the lines of text of an SVG, including HTML labels, in the order of the file; () for other formats."""
    if sniff_format(data) != "svg":
        return ()
    collector = _TextCollector()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.text
    try:
        parser.Parse(clean_svg(data), True)
    except (PictureError, expat.ExpatError):
        return ()
    return tuple(collector.lines[:MAX_LINES])


class _TextCollector:
    """The parser's event handlers, which collect the lines of text."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._text: list[str] | None = None  # of the current <text>
        self._depth = self._hidden_at = 0
        self._remaining_chars = MAX_CHARS

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        local = name.rpartition(":")[2]
        if local in {"title", "desc", "metadata", "style"} and not self._hidden_at:
            self._hidden_at = self._depth
        elif local == "text":
            self._text = []
        elif self._text and ("y" in attributes or "dy" in attributes):
            self._text.append(" ")  # a <tspan> on a new line continues the text

    def end(self, name: str) -> None:
        if self._hidden_at == self._depth:
            self._hidden_at = 0
        self._depth -= 1
        if name.rpartition(":")[2] == "text" and self._text is not None:
            line = " ".join("".join(self._text).split())
            self._text = None
            if line:
                self.lines.append(line)

    def text(self, text: str) -> None:
        if self._text is not None and not self._hidden_at and self._remaining_chars > 0:
            self._remaining_chars -= len(text)
            self._text.append(text)
