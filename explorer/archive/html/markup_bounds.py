"""Markup within bounds before it is parsed: a parser takes the square of what a page nests, and hours for some.

Browsers do so as well; theirs is the limit of 512 (kMaximumHTMLParserDOMTreeDepth of Chromium). No word and no
picture is lost, only the elements around them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

MAX_DEPTH = 512
# A parser opens what was left open of these again in every paragraph that follows: a page of pages.
MAX_LEFT_OPEN = 32
MAX_ATTRIBUTES = 256

_ATTRIBUTE = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+"""  # as HTML5 reads it
_ATTRIBUTES = re.compile(_ATTRIBUTE)
# Every branch matches once it has begun, so that the whole is read once from left to right.
_TAG = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|(?P<cdata><!\[CDATA\[)"
    r"|<(?:[!?]|/(?![a-zA-Z]))[^>]*+(?:>|\Z)"  # a bogus comment: what looks like a tag in it is none
    r"|<(?P<raw>script|style)\b.*?(?=</(?P=raw)|\Z)"
    rf"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>(?:{_ATTRIBUTE})*+)(?P<rest>[\s/]*+)(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_REOPENED = frozenset(
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
# These hold nothing, or end of themselves where the next of them begins.
_NOT_NESTED = frozenset(
    ("a", "area", "base", "br", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "img", "input", "li", "link", "meta",
     "option", "p", "param", "rb", "rp", "rt", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr")
)  # fmt: skip
# In a drawing every element nests that does not end in "/>", whatever it is in HTML, and an end ends all that was left
# open inside. These begin HTML again, within the drawing or behind it (HTML Standard, 13.2.6.5 and 13.2.4.2).
_HTML_WITHIN = {
    "svg": frozenset(("foreignobject", "desc", "title")),
    "math": frozenset(("mi", "mo", "mn", "ms", "mtext")),
}
_HTML_BEHIND = frozenset(
    ("b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "h1", "h2", "h3",
     "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta", "nobr", "ol", "p", "pre", "ruby", "s",
     "small", "span", "strong", "strike", "sub", "sup", "table", "tt", "u", "ul", "var")
)  # fmt: skip

_OF_FONTS = ("color", "face", "size")  # with one of these a `<font>` is HTML
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_END_OF_CDATA = "]]>"


def bounded(html: str) -> str:
    """The markup without tags that nest deeper than MAX_DEPTH, and attributes beyond MAX_ATTRIBUTES of an element."""
    if html.count("<") < MAX_LEFT_OPEN and html.count("=") < MAX_ATTRIBUTES:
        return html
    return "".join(_Bounds().read(html))


@dataclass(frozen=True, slots=True)
class _Element:
    """An open element of a drawing or in one: whether it is drawn itself, and of which kind what stands in it is drawn."""

    name: str
    drawn: bool
    draws: str  # svg or math; empty for HTML


class _Bounds:
    """The elements that are open at a place of a document."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._depth = self._reopened = 0
        self._drawing: list[_Element] = []  # its root first; empty outside
        self._strayed = (
            False  # an end in a drawing was none of it, and may have ended it: all may be HTML again
        )
        self._has_more_cdata = True
        self._has_drawings = False  # or frames: where scripts and styles may be markup

    def read(self, html: str) -> Iterator[str]:
        """The pieces of the markup that are left."""
        place = 0
        while (tag := _TAG.search(html, place)) is not None:
            yield html[place : tag.start()]
            place = tag.end()
            if not tag["cdata"]:
                yield self._kept(tag)
            elif self._draws:
                end = html.find(_END_OF_CDATA, place) if self._has_more_cdata else -1
                self._has_more_cdata = end >= 0
                if end >= 0:  # one without an end would take the rest of the page
                    yield escape(html[place:end], quote=False)
                    place = end + len(_END_OF_CDATA)
            else:  # a bogus comment in HTML; taken out, it is none wherever it stands
                place = html.find(">", place) + 1 or len(html)
        yield html[place:]

    def _kept(self, tag: re.Match[str]) -> str:
        """What is left of a tag."""
        if tag["raw"]:
            return self._kept_raw(tag[0])
        if not tag["name"]:
            return tag[0]
        name = tag["name"].lower()
        is_counted = name not in _NOT_NESTED or self._drawing
        if is_counted and not (self._ended(name) if tag["end"] else self._begun(name, tag)):
            return ""
        return tag[0] if len(tag["attributes"]) < 2 * MAX_ATTRIBUTES else _with_fewer_attributes(tag)

    def _kept_raw(self, written: str) -> str:
        """A script or style. In a drawing it is markup, and it may be in one where any was seen: then no tag is left."""
        if not self._has_drawings:
            return written
        inside = written[1:]
        if self._drawing:  # a style sheet in CDATA is the same one as text
            inside = _CDATA.sub(lambda section: escape(section[1], quote=False), inside)
        return f"<{inside.replace('<', ' ')}"

    def _begun(self, name: str, tag: re.Match[str]) -> bool:
        if name in _REOPENED and self._reopened == MAX_LEFT_OPEN:
            self._dropped[name] += 1
            return False
        if name in _HTML_BEHIND or (name == "font" and not _attributes(tag).keys().isdisjoint(_OF_FONTS)):
            self._leave_drawing()
        is_drawn = bool(self._draws) or name in _HTML_WITHIN
        is_closed = "/" in tag["rest"] and not (self._drawing and self._strayed)
        if is_closed if is_drawn else name in _NOT_NESTED:
            return True
        if self._depth == MAX_DEPTH:
            self._dropped[name] += 1
            return False
        if is_drawn or self._drawing:
            self._strayed = self._strayed and bool(self._drawing)
            self._drawing.append(_Element(name, is_drawn, self._drawn_within(name, tag) if is_drawn else ""))
        self._has_drawings |= is_drawn or name == "frameset"
        self._count(name, 1)
        return True

    @property
    def _draws(self) -> str:
        return self._drawing[-1].draws if self._drawing else ""

    def _leave_drawing(self) -> None:
        while self._draws:
            self._count(self._drawing.pop().name, -1)

    def _drawn_within(self, name: str, tag: re.Match[str]) -> str:
        if self._draws == "math" and name == "annotation-xml":
            encoding = _attributes(tag).get("encoding", "").lower()
            return "" if encoding in {"text/html", "application/xhtml+xml"} else "math"
        kind = name if name in _HTML_WITHIN else self._draws
        return "" if name in _HTML_WITHIN[kind] else kind

    def _ended(self, name: str) -> bool:
        if self._dropped[name]:
            self._dropped[name] -= 1
            return False
        if name in {"p", "br"}:  # which begin what they end, where there is none
            self._leave_drawing()
        for ended in self._ends(name):
            self._count(ended, -1)
        return True

    def _ends(self, name: str) -> list[str]:
        """The elements that an end tag ends: what is drawn with all that is open in it, HTML by itself, or nothing."""
        for place in reversed(range(len(self._drawing) if self._open[name] else 0)):
            element = self._drawing[place]
            if element.name == name:
                ended = [one.name for one in self._drawing[place:]]
                del self._drawing[place:]
                return ended
            if not element.drawn:
                break
        self._strayed |= bool(self._draws)
        if not self._open[name] or any(element.name == name for element in self._drawing):
            return []
        return [name]

    def _count(self, name: str, more: int) -> None:
        self._open[name] += more
        self._depth += more
        self._reopened += more if name in _REOPENED else 0


def _attributes(tag: re.Match[str]) -> dict[str, str]:
    """By name, the first of each: what tells whether an element is drawn or HTML."""
    found: dict[str, str] = {}
    for attribute in _ATTRIBUTES.finditer(tag["attributes"]):
        name, _, value = attribute[0].strip(" \t\n\f\r/").partition("=")
        found.setdefault(name.strip().lower(), value.strip().strip("\"'"))
    return found


def _with_fewer_attributes(tag: re.Match[str]) -> str:
    kept = [
        found[0]
        for found, _ in zip(_ATTRIBUTES.finditer(tag["attributes"]), range(MAX_ATTRIBUTES), strict=False)
    ]
    return f"<{tag['end']}{tag['name']}{''.join(kept)}>"
