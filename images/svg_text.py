"""The words that stand in a drawing as text: they need not be read from its pixels."""

from __future__ import annotations

from xml.parsers import expat

from images.errors import PictureError
from images.sniff import sniff_format
from images.svg_clean import clean_svg

MAX_WORDS_CHARS = 20_000
MAX_LINES = 2000


def words_in_drawing(data: bytes) -> tuple[str, ...]:
    """The lines of text of an SVG, labels in HTML too, in the order of the file; () for any other picture."""
    if sniff_format(data) != "svg":
        return ()
    words = _Words()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = words.start
    parser.EndElementHandler = words.end
    parser.CharacterDataHandler = words.text
    try:
        parser.Parse(clean_svg(data), True)
    except (PictureError, expat.ExpatError):
        return ()
    return tuple(words.lines[:MAX_LINES])


class _Words:
    """The handlers of one run of the parser."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._text: list[str] | None = None  # of the <text> being read
        self._depth = self._hidden_at = 0
        self._room = MAX_WORDS_CHARS

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        local = name.rpartition(":")[2]
        if local in {"title", "desc", "metadata", "style"} and not self._hidden_at:
            self._hidden_at = self._depth
        elif local == "text":
            self._text = []
        elif self._text and (
            "y" in attributes or "dy" in attributes
        ):  # a line of its own, in which words go on
            self._text.append(" ")

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
        if self._text is not None and not self._hidden_at and self._room > 0:
            self._room -= len(text)
            self._text.append(text)
