"""Data that page builders of WordPress store with posts: trees of elements, in JSON or serialized PHP."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from explorer.archive.html.caption_marks import figure_html
from explorer.archive.links.picture_suffixes import PICTURE_PATH

MAX_DEPTH = 60
MAX_ELEMENTS = 20_000
# Fields without content: other versions of the post, data for search engines and social networks, file sizes.
_IGNORED_FIELD = re.compile(
    r"attachment|seo|opengraph|(?:^|_)og(?:_|$)|twitter|facebook|oembed|draft|backup|history|revision|css|settings|cache",
    re.IGNORECASE,
)
# A string of PHP's serialize(). The length in bytes may be wrong, since other programs edit the text.
_PHP_STRING = re.compile(r's:\d{1,9}:"')
_MARKUP = re.compile(r"</?[a-z][a-z0-9]*\b[^<>]*>", re.IGNORECASE)
_TEXT_KEY = re.compile(r"editor|html|content|text|description|caption|answer|body", re.IGNORECASE)
_TITLE_KEY = re.compile(r"(?:.*_)?(?:title|heading|sub_?title|sub_?heading|quote)", re.IGNORECASE)
_BACKGROUND_KEY = re.compile(r"background|(?:^|_)bg(?:_|$)|overlay|mask", re.IGNORECASE)
_ALT_KEYS, _CAPTION_KEYS = ("alt", "alt_text"), ("caption", "image_caption")


@dataclass(frozen=True, slots=True)
class Fragment:
    """The HTML of a picture or, if `address` is empty, of a text."""

    address: str
    markup: str


def fragments_of(key: str, value: str) -> list[Fragment]:
    """Return the pictures and texts in a field of a post, in order; [] if it is not the data of a page builder."""
    start = value.lstrip()[:1]
    if _IGNORED_FIELD.search(key) or start not in {"[", "{", "a", "O"}:
        return []
    if start in "[{":
        try:
            tree = json.loads(value)
        except (ValueError, RecursionError):
            return []
        fragments = _fragments_in_tree(tree, MAX_DEPTH)
    elif re.match(r"\s*[aO]:\d+:", value):
        fragments = _fragments_in_php(value)
    else:
        return []
    return list(islice(fragments, MAX_ELEMENTS))


def _fragments_in_tree(value: Any, depth: int, key: str = "") -> Iterator[Fragment]:  # noqa: ANN401
    if depth == 0:
        return
    if isinstance(value, list):
        for child in value:
            yield from _fragments_in_tree(child, depth - 1, key)
    elif isinstance(value, str):
        yield from _fragments_in_text(value, key)
    elif isinstance(value, Mapping):
        address = value.get("url") or value.get("src")
        if isinstance(address, str) and PICTURE_PATH.search(address):
            yield _picture_fragment(address, value, key)
            return
        for name, child in value.items():
            yield from _fragments_in_tree(child, depth - 1, str(name))


def _fragments_in_text(text: str, key: str) -> Iterator[Fragment]:
    if PICTURE_PATH.search(text) and not re.search(r"[\s<>]", text.strip()):
        yield _picture_fragment(text.strip(), {}, key)
    elif _MARKUP.search(text) and _TEXT_KEY.search(key):
        yield Fragment("", f"<div>{text}</div>")
    elif _TITLE_KEY.fullmatch(key) and re.search(r"[^\W\d_]{2}", text) and "://" not in text:
        yield Fragment("", f"<p>{text if _MARKUP.search(text) else html.escape(text)}</p>")


def _picture_fragment(address: str, fields: Mapping[str, Any], key: str) -> Fragment:
    if _BACKGROUND_KEY.search(key):
        return Fragment(address, f"<div style=\"background-image: url('{html.escape(address)}')\"></div>")
    alt, caption = (
        next((text for text in map(fields.get, keys) if isinstance(text, str) and text), "")
        for keys in (_ALT_KEYS, _CAPTION_KEYS)
    )
    return Fragment(address, figure_html(address, alt, caption, html.escape))


def _fragments_in_php(value: str) -> Iterator[Fragment]:
    key = ""
    for text in _php_strings(value):
        fragments = list(_fragments_in_text(text, key))
        yield from fragments
        key = "" if fragments else text[:60]


def _php_strings(value: str) -> Iterator[str]:
    position = 0
    while opening := _PHP_STRING.search(value, position):
        end = value.find('";', opening.end())
        if end < 0:
            return
        yield value[opening.end() : end]
        position = end + 2
