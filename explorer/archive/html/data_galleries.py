"""Galleries that a page keeps as data in an attribute, for a script to draw: the pictures in them and their words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from explorer.archive.html.attribute_search import AttributeSearch
from explorer.archive.links.addresses import is_picture_address
from explorer.archive.mentioned import Accounted

MAX_JSON_CHARS: Final = 1_000_000
MAX_PICTURES: Final = 500
MAX_DEPTH: Final = 8
_GALLERY: Final = re.compile(r"galler|image|slide|carousel|lightbox|photo|picture|album|attrs", re.IGNORECASE)
# Lists of one picture in several sizes and formats, or of what stands in for pictures.
_NO_GALLERY: Final = re.compile(
    r"srcset|sizes|sources|formats|variation|variant|thumb|icon|logo|avatar", re.IGNORECASE
)
_HOLDING_DATA: Final = AttributeSearch(
    re.compile(rb"\s(data-[\w-]{1,80})\s{0,9}=\s{0,9}[\"']?\s{0,9}(?:[\[{]|&#123;|&#91;)"),
    unless=_NO_GALLERY,
    max_names=50,
    max_elements=500,
)
_ADDRESSES: Final = ("src", "url", "full", "original", "large", "image", "href")
_CAPTIONS: Final = ("caption", "description", "title")
_ALTS: Final = ("alt", "altText", "alt_text", "alternativeText")

Words = tuple[str, str]


def galleries_in(page: LexborHTMLParser) -> Iterator[tuple[LexborNode, dict[str, str]]]:
    """Yield the element of each picture in such galleries that no `<img>` shows, and what an `<img>` of it says.

    `title` is the caption of the picture, or that of its gallery.
    """
    found_in = (
        (node, attributes)
        for name, node in _HOLDING_DATA.elements_of(page)
        if node.tag not in {"img", "source", "html", "script"}
        for attributes in _pictures_in(name, node.attributes.get(name) or "")
    )
    shown: Accounted | None = None
    for node, attributes in islice(found_in, MAX_PICTURES):
        shown = shown or _shown(page)
        if not shown.has(attributes["src"]):
            shown.add(attributes["src"])
            yield node, attributes


def _shown(page: LexborHTMLParser) -> Accounted:
    shown = Accounted()
    for node in page.css("img, source, amp-img, a[href]"):
        if node.tag != "a" or is_picture_address(node.attributes.get("href") or ""):
            shown.add_attributes(node)
    return shown


def _pictures_in(name: str, written: str) -> Iterator[dict[str, str]]:
    if len(written) > MAX_JSON_CHARS or written.lstrip()[:1] not in {"{", "["}:
        return
    try:
        data = json.loads(written)
    except (ValueError, RecursionError):
        return
    yield from _walked(data, name, ("", ""), 0)


def _walked(data: Any, name: str, words: Words, depth: int) -> Iterator[dict[str, str]]:  # noqa: ANN401
    """The pictures of every list below `data` that is a gallery by its name; `words` are those of what holds it."""
    if depth > MAX_DEPTH:
        return
    if isinstance(data, dict):
        own = _said(data, ("caption",)) or words[0], _said(data, _ALTS) or words[1]
        for key, value in data.items():
            if isinstance(value, dict | list) and not _NO_GALLERY.search(str(key)):
                yield from _walked(value, f"{name} {key}", own, depth + 1)
    elif isinstance(data, list) and _GALLERY.search(name):
        for one in data:
            picture = _picture(one, words)
            if picture:
                yield picture


def _picture(one: Any, words: Words) -> dict[str, str] | None:  # noqa: ANN401
    if isinstance(one, str):
        one = {"src": one}
    if not isinstance(one, dict):
        return None
    inner = next((value for value in one.values() if isinstance(value, dict) and _address(value)), {})
    address = _address(one) or _address(inner)
    if not address:
        return None
    caption = _said(one, _CAPTIONS) or _said(inner, _CAPTIONS) or words[0]
    alt = _said(one, _ALTS) or _said(inner, _ALTS) or words[1]
    return {"src": address, **({"title": caption} if caption else {}), **({"alt": alt} if alt else {})}


def _address(one: Mapping[str, Any]) -> str:
    """The address of the picture itself: of a known name, else any that ends as pictures do."""
    is_picture = str(one.get("type") or one.get("mime") or "").lower().startswith("image/")
    named = [value.strip() for key in _ADDRESSES if isinstance(value := one.get(key), str)]
    others = [
        value.strip() for key, value in one.items() if isinstance(value, str) and not _NO_GALLERY.search(key)
    ]
    found = next((it for it in (*named, *others) if is_picture_address(it) and " " not in it), "")
    return found or (next(iter(named), "") if is_picture else "")


def _said(one: Mapping[str, Any], names: tuple[str, ...]) -> str:
    texts = (value.strip() for name in names if isinstance(value := one.get(name), str))
    return next(filter(None, texts), "")
