"""What page builders of WordPress keep beside posts: trees of elements, in JSON or as PHP writes its values."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from explorer.archive.convert.figure_html import figure_html
from explorer.archive.links.picture_suffixes import PICTURE_PATH

MAX_DEPTH = 60
MAX_ELEMENTS = 20_000
# Data that is no content: other versions of the post, what search engines and social networks are told, sizes of files.
_NO_CONTENT = re.compile(
    r"attachment|seo|opengraph|(?:^|_)og(?:_|$)|twitter|facebook|oembed|draft|backup|history|revision|css|settings|cache",
    re.IGNORECASE,
)
# A string of PHP's serialize(); its length in bytes is not what other programs left it at.
_PHP_STRING = re.compile(r's:\d{1,9}:"')
_MARKUP = re.compile(r"</?[a-z][a-z0-9]*\b[^<>]*>", re.IGNORECASE)
_TEXTS = re.compile(r"editor|html|content|text|description|caption|answer|body", re.IGNORECASE)
_TITLES = re.compile(r"(?:.*_)?(?:title|heading|sub_?title|sub_?heading|quote)", re.IGNORECASE)
_BEHIND = re.compile(r"background|(?:^|_)bg(?:_|$)|overlay|mask", re.IGNORECASE)
_ALTS, _CAPTIONS = ("alt", "alt_text"), ("caption", "image_caption")


@dataclass(frozen=True, slots=True)
class Piece:
    """A picture, by its address, or words, whose address is empty."""

    address: str
    markup: str


def pieces_of(key: str, value: str) -> list[Piece]:
    """Return the pictures and words in a field of a post, in their order; none where it is no data of a builder."""
    start = value.lstrip()[:1]
    if _NO_CONTENT.search(key) or start not in {"[", "{", "a", "O"}:
        return []
    if start in "[{":
        try:
            tree = json.loads(value)
        except (ValueError, RecursionError):
            return []
        found = _in_tree(tree, MAX_DEPTH)
    elif re.match(r"\s*[aO]:\d+:", value):
        found = _in_php(value)
    else:
        return []
    return list(islice(found, MAX_ELEMENTS))


def _in_tree(value: Any, depth: int, key: str = "") -> Iterator[Piece]:  # noqa: ANN401
    if depth == 0:
        return
    if isinstance(value, list):
        for one in value:
            yield from _in_tree(one, depth - 1, key)
    elif isinstance(value, str):
        yield from _in_text(value, key)
    elif isinstance(value, Mapping):
        address = value.get("url") or value.get("src")
        if isinstance(address, str) and PICTURE_PATH.search(address):
            yield _picture(address, value, key)
            return
        for name, one in value.items():
            yield from _in_tree(one, depth - 1, str(name))


def _in_text(text: str, key: str) -> Iterator[Piece]:
    if PICTURE_PATH.search(text) and not re.search(r"[\s<>]", text.strip()):
        yield _picture(text.strip(), {}, key)
    elif _MARKUP.search(text) and _TEXTS.search(key):
        yield Piece("", f"<div>{text}</div>")
    elif _TITLES.fullmatch(key) and re.search(r"[^\W\d_]{2}", text) and "://" not in text:
        yield Piece("", f"<p>{text if _MARKUP.search(text) else html.escape(text)}</p>")


def _picture(address: str, said: Mapping[str, Any], key: str) -> Piece:
    if _BEHIND.search(key):
        return Piece(address, f"<div style=\"background-image: url('{html.escape(address)}')\"></div>")
    alt, caption = (
        next((it for it in map(said.get, keys) if isinstance(it, str) and it), "")
        for keys in (_ALTS, _CAPTIONS)
    )
    return Piece(address, figure_html(address, alt, caption, html.escape))


def _in_php(value: str) -> Iterator[Piece]:
    key = ""
    for text in _php_strings(value):
        pieces = list(_in_text(text, key))
        yield from pieces
        key = "" if pieces else text[:60]


def _php_strings(value: str) -> Iterator[str]:
    position = 0
    while opening := _PHP_STRING.search(value, position):
        end = value.find('";', opening.end())
        if end < 0:
            return
        yield value[opening.end() : end]
        position = end + 2
