"""Markup within bounds before it is parsed: a parser takes the square of what a page nests, and hours for some.

Browsers do so as well; theirs is the limit of 512 (kMaximumHTMLParserDOMTreeDepth of Chromium). No word and no
picture is lost, only the elements around them.
"""

from __future__ import annotations

import re
from collections import Counter

MAX_DEPTH = 512
# A parser opens what was left open of these again in every paragraph that follows: a page of pages.
MAX_LEFT_OPEN = 32
MAX_ATTRIBUTES = 256

_ATTRIBUTE = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+"""  # as HTML5 reads it
_ATTRIBUTES = re.compile(_ATTRIBUTE)
# Every branch matches once it has begun, so that the whole is read once from left to right.
_TAG = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<(?P<raw>script|style)\b.*?(?=</(?P=raw)|\Z)"
    rf"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>(?:{_ATTRIBUTE})*+)[\s/]*+(?:>|\Z)",
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
    ("a", "area", "base", "br", "col", "dd", "dt", "embed", "head", "hr", "img", "input", "li", "link", "meta", "option",
     "p", "param", "rb", "rp", "rt", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr")
)  # fmt: skip


def bounded(html: str) -> str:
    """The markup without tags that nest deeper than MAX_DEPTH, and attributes beyond MAX_ATTRIBUTES of an element."""
    if html.count("<") < MAX_LEFT_OPEN and html.count("=") < MAX_ATTRIBUTES:
        return html
    return _TAG.sub(_Bounds().kept, html)


class _Bounds:
    """The elements that are open at a place of a document."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._depth = self._reopened = 0
        self._has_drawings = False

    def kept(self, tag: re.Match[str]) -> str:
        """What is left of a tag."""
        if tag["raw"]:
            # In a drawing it is no script but markup, and it may be in one.
            return f"<{tag[0][1:].replace('<', ' ')}" if self._has_drawings else tag[0]
        if not tag["name"]:
            return tag[0]
        name = tag["name"].lower()
        self._has_drawings |= name in {"svg", "math"}
        if name not in _NOT_NESTED and not (self._ended(name) if tag["end"] else self._begun(name)):
            return ""
        return tag[0] if len(tag["attributes"]) < 2 * MAX_ATTRIBUTES else _with_fewer_attributes(tag)

    def _begun(self, name: str) -> bool:
        if self._depth == MAX_DEPTH or (name in _REOPENED and self._reopened == MAX_LEFT_OPEN):
            self._dropped[name] += 1
            return False
        self._count(name, 1)
        return True

    def _ended(self, name: str) -> bool:
        if self._dropped[name]:
            self._dropped[name] -= 1
            return False
        if self._open[name]:
            self._count(name, -1)
        return True

    def _count(self, name: str, more: int) -> None:
        self._open[name] += more
        self._depth += more
        self._reopened += more if name in _REOPENED else 0


def _with_fewer_attributes(tag: re.Match[str]) -> str:
    kept = [
        found[0]
        for found, _ in zip(_ATTRIBUTES.finditer(tag["attributes"]), range(MAX_ATTRIBUTES), strict=False)
    ]
    return f"<{tag['end']}{tag['name']}{''.join(kept)}>"
