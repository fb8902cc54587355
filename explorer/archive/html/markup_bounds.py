"""Limits of the nesting of markup before parsing: the time of a parser grows with the square of the depth.

Browsers limit it as well: the limit of 512 is theirs (kMaximumHTMLParserDOMTreeDepth of Chromium). Texts and pictures
are kept, only elements around them are removed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

MAX_DEPTH = 512
# A parser reopens unclosed formatting elements in every following paragraph, which multiplies the page.
MAX_LEFT_OPEN = 32
MAX_ATTRIBUTES = 256

_ATTRIBUTE = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+"""  # as HTML5 reads it
_ATTRIBUTES = re.compile(_ATTRIBUTE)
# Every branch matches once it has begun, so the pattern reads the text once, from left to right.
_TAG = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|(?P<cdata><!\[CDATA\[)"
    r"|<(?:[!?]|/(?![a-zA-Z]))[^>]*+(?:>|\Z)"  # a bogus comment: it contains no tags
    r"|<(?P<raw>script|style)\b.*?(?=</(?P=raw)|\Z)"
    rf"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>(?:{_ATTRIBUTE})*+)(?P<end_of_tag>[\s/]*+)(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_FORMATTING = frozenset(
    (
        "b",
        "big",
        "code",
        "em",
        "font",
        "i",
        "nobr",
        "s",
        "small",
        "strike",
        "strong",
        "tt",
        "u",
        "html",
        "body",
    )
)
# Void elements, and elements that the next one of their kind closes.
_NOT_NESTED = frozenset(
    ("a", "area", "base", "br", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "img", "input", "li", "link", "meta",
     "option", "p", "param", "rb", "rp", "rt", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr")
)  # fmt: skip
# In SVG and MathML all elements nest that do not end with "/>", and an end tag closes all open elements inside.
# The following elements start HTML again, within the drawing or after it (HTML Standard, 13.2.6.5 and 13.2.4.2).
_HTML_INSIDE = {
    "svg": frozenset(("foreignobject", "desc", "title")),
    "math": frozenset(("mi", "mo", "mn", "ms", "mtext")),
}
_HTML_AFTER = frozenset(
    ("b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "h1", "h2", "h3",
     "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta", "nobr", "ol", "p", "pre", "ruby", "s",
     "small", "span", "strong", "strike", "sub", "sup", "table", "tt", "u", "ul", "var")
)  # fmt: skip

_FONT_ATTRIBUTES = ("color", "face", "size")  # with one of these a `<font>` is HTML
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_CDATA_END = "]]>"


def limit_markup(html: str) -> str:
    """Remove tags that are nested deeper than MAX_DEPTH, and attributes beyond MAX_ATTRIBUTES of an element."""
    if html.count("<") < MAX_LEFT_OPEN and html.count("=") < MAX_ATTRIBUTES:
        return html
    return "".join(_MarkupLimiter().read(html))


@dataclass(frozen=True, slots=True)
class _Element:
    """An open element of a drawing, or HTML inside one."""

    name: str
    is_drawn: bool  # whether the element itself is SVG or MathML
    content: str  # the language of its content: svg or math; empty for HTML


class _MarkupLimiter:
    """The open elements at a position of a document."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._depth = self._reopened = 0
        self._drawing: list[_Element] = []  # the open elements, its root first; empty outside of drawings
        # Whether a foreign end tag in a drawing may have closed it: what follows may be HTML again.
        self._may_be_html = False
        self._has_more_cdata = True
        self._has_drawings = False  # or frames, in which scripts and styles may be markup

    def read(self, html: str) -> Iterator[str]:
        """Yield the pieces of the limited markup."""
        position = 0
        while (tag := _TAG.search(html, position)) is not None:
            yield html[position : tag.start()]
            position = tag.end()
            if not tag["cdata"]:
                yield self._limited_tag(tag)
            elif self._language:
                end = html.find(_CDATA_END, position) if self._has_more_cdata else -1
                self._has_more_cdata = end >= 0
                if end >= 0:  # without an end it would contain the rest of the page
                    yield escape(html[position:end], quote=False)
                    position = end + len(_CDATA_END)
            else:  # a bogus comment in HTML: removing it is right in drawings too
                position = html.find(">", position) + 1 or len(html)
        yield html[position:]

    def _limited_tag(self, tag: re.Match[str]) -> str:
        """Return what is kept of a tag."""
        if tag["raw"]:
            return self._limited_script(tag[0])
        if not tag["name"]:
            return tag[0]
        name = tag["name"].lower()
        is_counted = name not in _NOT_NESTED or self._drawing
        if is_counted and not (self._close_element(name) if tag["end"] else self._open_element(name, tag)):
            return ""
        return tag[0] if len(tag["attributes"]) < 2 * MAX_ATTRIBUTES else _with_fewer_attributes(tag)

    def _limited_script(self, tag: str) -> str:
        """Return a script or style. In drawings, and perhaps after one, it is markup: then its tags are disabled."""
        if not self._has_drawings:
            return tag
        content = tag[1:]
        if self._drawing:  # a style sheet in CDATA is the same as its text
            content = _CDATA.sub(lambda section: escape(section[1], quote=False), content)
        return f"<{content.replace('<', ' ')}"

    def _open_element(self, name: str, tag: re.Match[str]) -> bool:
        if name in _FORMATTING and self._reopened == MAX_LEFT_OPEN:
            self._dropped[name] += 1
            return False
        if name in _HTML_AFTER or (
            name == "font" and not _attributes(tag).keys().isdisjoint(_FONT_ATTRIBUTES)
        ):
            self._leave_drawing()
        is_drawn = bool(self._language) or name in _HTML_INSIDE
        is_closed = "/" in tag["end_of_tag"] and not (self._drawing and self._may_be_html)
        if is_closed if is_drawn else name in _NOT_NESTED:
            return True
        if self._depth == MAX_DEPTH:
            self._dropped[name] += 1
            return False
        if is_drawn or self._drawing:
            self._may_be_html = self._may_be_html and bool(self._drawing)
            self._drawing.append(
                _Element(name, is_drawn, self._content_language(name, tag) if is_drawn else "")
            )
        self._has_drawings |= is_drawn or name == "frameset"
        self._count(name, 1)
        return True

    @property
    def _language(self) -> str:
        return self._drawing[-1].content if self._drawing else ""

    def _leave_drawing(self) -> None:
        while self._language:
            self._count(self._drawing.pop().name, -1)

    def _content_language(self, name: str, tag: re.Match[str]) -> str:
        if self._language == "math" and name == "annotation-xml":
            encoding = _attributes(tag).get("encoding", "").lower()
            return "" if encoding in {"text/html", "application/xhtml+xml"} else "math"
        kind = name if name in _HTML_INSIDE else self._language
        return "" if name in _HTML_INSIDE[kind] else kind

    def _close_element(self, name: str) -> bool:
        if self._dropped[name]:
            self._dropped[name] -= 1
            return False
        if name in {"p", "br"}:  # without an open element, these end tags create one
            self._leave_drawing()
        for open_name in self._elements_to_close(name):
            self._count(open_name, -1)
        return True

    def _elements_to_close(self, name: str) -> list[str]:
        """Return the elements that an end tag closes: a drawn one with all inside, one of HTML, or none."""
        for position in reversed(range(len(self._drawing) if self._open[name] else 0)):
            element = self._drawing[position]
            if element.name == name:
                closed = [inner.name for inner in self._drawing[position:]]
                del self._drawing[position:]
                return closed
            if not element.is_drawn:
                break
        self._may_be_html |= bool(self._language)
        if not self._open[name] or any(element.name == name for element in self._drawing):
            return []
        return [name]

    def _count(self, name: str, change: int) -> None:
        self._open[name] += change
        self._depth += change
        self._reopened += change if name in _FORMATTING else 0


def _attributes(tag: re.Match[str]) -> dict[str, str]:
    """Return the attributes of a tag by name, the first of each name."""
    attributes: dict[str, str] = {}
    for attribute in _ATTRIBUTES.finditer(tag["attributes"]):
        name, _, value = attribute[0].strip(" \t\n\f\r/").partition("=")
        attributes.setdefault(name.strip().lower(), value.strip().strip("\"'"))
    return attributes


def _with_fewer_attributes(tag: re.Match[str]) -> str:
    attributes = [
        match[0]
        for match, _ in zip(_ATTRIBUTES.finditer(tag["attributes"]), range(MAX_ATTRIBUTES), strict=False)
    ]
    return f"<{tag['end']}{tag['name']}{''.join(attributes)}>"
