"""Pictures that a page shows without `<img>`: backgrounds, VML, frames, buttons and data. Each becomes an `<img>`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import chain, islice
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from explorer.archive.html.picture_styles import PictureStyles, declarations_in
from explorer.archive.html.pictures import addresses_in_attribute
from explorer.archive.html.runs import PICTURES, ancestors
from explorer.archive.links.addresses import is_picture_address
from explorer.archive.links.image_proxies import is_data
from explorer.archive.mentioned import AccountedAddresses

PICTURE_MARKS: Final = re.compile(
    rb"<(?:i?frame|video|input|button|v:)|background|style|data-|-bg", re.IGNORECASE
)
"""Without any of these in its source, and without a style sheet, a page has no picture that only this module finds."""


@dataclass(frozen=True, slots=True)
class AttributeSearch:
    """A search for attributes in the source of a page, with limits: hostile pages have any number of names."""

    pattern: re.Pattern[bytes]
    """The pattern of an attribute; its first group is the name."""
    skip: re.Pattern[str] | None
    """The pattern of names to skip."""
    max_names: int
    max_elements: int
    """The maximum for each name."""

    def elements_of(self, page: LexborHTMLParser) -> Iterator[tuple[str, LexborNode]]:
        """Yield each matching attribute name with each element that has it."""
        names = dict.fromkeys(match[1].decode().lower() for match in self.pattern.finditer(page.raw_html))
        wanted = (name for name in names if self.skip is None or not self.skip.search(name))
        for name in islice(wanted, self.max_names):
            for node in page.css(f"[{name}]")[: self.max_elements]:
                yield name, node


MAX_JSON_CHARS: Final = 1_000_000
MAX_PICTURES: Final = 500
MAX_DEPTH: Final = 8
_GALLERY: Final = re.compile(r"galler|image|slide|carousel|lightbox|photo|picture|album|attrs", re.IGNORECASE)
# Lists of one picture in several sizes and formats, or of placeholders.
_NOT_GALLERY: Final = re.compile(
    r"srcset|sizes|sources|formats|variation|variant|thumb|icon|logo|avatar", re.IGNORECASE
)
_DATA_ATTRIBUTES: Final = AttributeSearch(
    re.compile(rb"\s(data-[\w-]{1,80})\s{0,9}=\s{0,9}[\"']?\s{0,9}(?:[\[{]|&#123;|&#91;)"),
    skip=_NOT_GALLERY,
    max_names=50,
    max_elements=500,
)
_ADDRESSES: Final = ("src", "url", "full", "original", "large", "image", "href")
_CAPTIONS: Final = ("caption", "description", "title")
_ALTS: Final = ("alt", "altText", "alt_text", "alternativeText")

CaptionAndAlt = tuple[str, str]


def galleries_in(page: LexborHTMLParser) -> Iterator[tuple[LexborNode, dict[str, str]]]:
    """Yield the pictures of galleries in data attributes that no `<img>` shows: the element and `<img>` attributes.

    `title` is the caption of the picture, or that of its gallery.
    """
    pictures = (
        (node, attributes)
        for name, node in _DATA_ATTRIBUTES.elements_of(page)
        if node.tag not in {"img", "source", "html", "script"}
        for attributes in _pictures_in_data(name, node.attributes.get(name) or "")
    )
    shown: AccountedAddresses | None = None
    for node, attributes in islice(pictures, MAX_PICTURES):
        shown = shown or _addresses_shown(page)
        if not shown.has(attributes["src"]):
            shown.add(attributes["src"])
            yield node, attributes


def _addresses_shown(page: LexborHTMLParser) -> AccountedAddresses:
    shown = AccountedAddresses()
    for node in page.css("img, source, amp-img, a[href]"):
        if node.tag != "a" or is_picture_address(node.attributes.get("href") or ""):
            shown.add_attributes(node)
    return shown


def _pictures_in_data(name: str, value: str) -> Iterator[dict[str, str]]:
    if len(value) > MAX_JSON_CHARS or value.lstrip()[:1] not in {"{", "["}:
        return
    try:
        data = json.loads(value)
    except (ValueError, RecursionError):
        return
    yield from _gallery_pictures(data, name, ("", ""), 0)


def _gallery_pictures(data: Any, name: str, texts: CaptionAndAlt, depth: int) -> Iterator[dict[str, str]]:  # noqa: ANN401
    """Yield the pictures in lists below `data` with names of galleries; `texts` are those of the outer object."""
    if depth > MAX_DEPTH:
        return
    if isinstance(data, dict):
        own_texts = _first_text(data, ("caption",)) or texts[0], _first_text(data, _ALTS) or texts[1]
        for key, value in data.items():
            if isinstance(value, dict | list) and not _NOT_GALLERY.search(str(key)):
                yield from _gallery_pictures(value, f"{name} {key}", own_texts, depth + 1)
    elif isinstance(data, list) and _GALLERY.search(name):
        for entry in data:
            picture = _gallery_picture(entry, texts)
            if picture:
                yield picture


def _gallery_picture(entry: Any, texts: CaptionAndAlt) -> dict[str, str] | None:  # noqa: ANN401
    if isinstance(entry, str):
        entry = {"src": entry}
    if not isinstance(entry, dict):
        return None
    nested = next(
        (value for value in entry.values() if isinstance(value, dict) and _picture_address(value)), {}
    )
    address = _picture_address(entry) or _picture_address(nested)
    if not address:
        return None
    caption = _first_text(entry, _CAPTIONS) or _first_text(nested, _CAPTIONS) or texts[0]
    alt = _first_text(entry, _ALTS) or _first_text(nested, _ALTS) or texts[1]
    return {"src": address, **({"title": caption} if caption else {}), **({"alt": alt} if alt else {})}


def _picture_address(entry: Mapping[str, Any]) -> str:
    """Return the address of a picture: under a known key, else any value with the suffix of a picture."""
    is_picture = str(entry.get("type") or entry.get("mime") or "").lower().startswith("image/")
    with_known_keys = [value.strip() for key in _ADDRESSES if isinstance(value := entry.get(key), str)]
    others = [
        value.strip()
        for key, value in entry.items()
        if isinstance(value, str) and not _NOT_GALLERY.search(key)
    ]
    address = next(
        (
            candidate
            for candidate in (*with_known_keys, *others)
            if is_picture_address(candidate) and " " not in candidate
        ),
        "",
    )
    return address or (next(iter(with_known_keys), "") if is_picture else "")


def _first_text(entry: Mapping[str, Any], names: tuple[str, ...]) -> str:
    texts = (value.strip() for name in names if isinstance(value := entry.get(name), str))
    return next(filter(None, texts), "")


BACKGROUND: Final = "data-explorer-background"
"""Marks an `<img>` made of a background; its value is `words`, `empty` or `no`, see `Candidate.background`."""
MAX_INSERTED: Final = 2000
MAX_DESCENDANTS: Final = 200
MAX_STYLED: Final = 20_000
_URL: Final = re.compile(
    r"""url\(\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"')]*))\s*\)""", re.IGNORECASE
)
_VARIABLE: Final = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,[^()]*)?\)")
# `data-bg`, `data-lazy-background-image`: a script sets the background once the element is visible.
_LAZY_BACKGROUNDS: Final = AttributeSearch(
    re.compile(
        rb"\s((?:[a-z]{1,20}-){1,4}(?:bg|bgset|background)(?:-?(?:src|set|image|img|url))?)\s*=",
        re.IGNORECASE,
    ),
    skip=None,
    max_names=20,
    max_elements=MAX_INSERTED,
)
_BACKGROUNDS: Final = ("background-image", "background")
_SIDES: Final = ("width", "height", "min-height", "max-width")
VML_MARK: Final = "<v:"
_END_OF_CONDITION: Final = "<![endif]-->"
_WORD: Final = re.compile(r"[^\s\"'<>()=]+")
_VML: Final = re.compile(
    r"<v:(?:fill|imagedata)\s[^<>]*?\bsrc\s*=\s*[\"']?(?P<src>[^\"'\s<>]+)", re.IGNORECASE
)


def conditional_pictures(html: str) -> str:
    """Add an `<img>` for each VML picture that is only in a conditional comment for office programs.

    If the same address also occurs outside such comments, all browsers show the picture anyway.
    """
    pieces: list[str] = []  # alternately the text outside of such comments, and a comment
    position = 0
    while (start := html.find("<!--[if", position)) >= 0 and (
        end := html.find(_END_OF_CONDITION, start)
    ) >= 0:
        pieces += [html[position:start], html[start : end + len(_END_OF_CONDITION)]]
        position = end + len(_END_OF_CONDITION)
    outside, comments = [*pieces[::2], html[position:]], pieces[1::2]
    shown = {word for piece in outside for word in _WORD.findall(piece)}
    pieces[1::2] = [comment + _images_outside(comment, shown) for comment in comments]
    return "".join([*pieces, html[position:]])


def _images_outside(comment: str, shown: set[str]) -> str:
    sources = dict.fromkeys(match["src"] for match in _VML.finditer(comment))
    return "".join(
        f'<img src="{escape(source)}" {BACKGROUND}="words">' for source in sources if source not in shown
    )


def show_as_images(page: LexborHTMLParser, styles: PictureStyles) -> None:
    """Insert an `<img>` into the page for every picture that it shows in another way."""
    last: dict[int, LexborNode] = {}
    for count, (node, attributes) in enumerate(_pictures_in_page(page, styles)):
        if count >= MAX_INSERTED:
            return
        image = page.create_node("img")
        for name, value in attributes.items():
            image.attrs[name] = value
        if node.tag in {"body", "td", "th", "li", "figure"} or BACKGROUND in attributes:
            previous = last.get(node.mem_id)
            if previous is None:
                _insert_first(node, image)
            else:
                previous.insert_after(image)
            inserted = node.first_child if previous is None else previous.next
            if inserted is not None:  # the page contains a copy of `image`
                last[node.mem_id] = inserted
        else:
            node.insert_before(image)


def _insert_first(node: LexborNode, image: LexborNode) -> None:
    first = node.first_child
    if first is None:
        node.insert_child(image)
    else:
        first.insert_before(image)


PictureElement = tuple[LexborNode, dict[str, str]]
"""An element, and the attributes of the `<img>` for its picture."""


def _pictures_in_page(page: LexborHTMLParser, styles: PictureStyles) -> list[PictureElement]:
    """Return all pictures, before any is inserted into the page."""
    pictures = chain(
        _in_frames(page),
        _in_buttons(page),
        _in_vml(page),
        _in_attributes(page),
        galleries_in(page),
        _in_styles(page, styles),
    )
    return [(node, attributes) for node, attributes in pictures if attributes.get("src")]


def _in_frames(page: LexborHTMLParser) -> Iterator[PictureElement]:
    for node in page.css("iframe[src], frame[src], video[poster], input[type=image i][src]"):
        source = node.attributes.get("poster" if node.tag == "video" else "src") or ""
        if is_picture_address(source) or node.tag in {"video", "input"}:
            yield node, _image_attributes(node, source)


def _in_buttons(page: LexborHTMLParser) -> Iterator[PictureElement]:
    for picture in page.css("button img")[:MAX_INSERTED]:
        button = next((element for element in ancestors(picture) if element.tag == "button"), picture)
        yield button, {name: value or "" for name, value in picture.attributes.items()}


def _in_vml(page: LexborHTMLParser) -> Iterator[PictureElement]:
    for node in _elements_named(page, ("v:imagedata", "v:fill")):
        attributes = node.attributes
        alt = attributes.get("o:title") or attributes.get("title") or ""
        yield node, {"src": attributes.get("src") or "", "alt": alt}


def _in_attributes(page: LexborHTMLParser) -> Iterator[PictureElement]:
    for node in page.css("[background]")[:MAX_INSERTED]:
        yield node, _background_attributes(node, node.attributes.get("background") or "")
    for name, node in _LAZY_BACKGROUNDS.elements_of(page):
        addresses = addresses_in_attribute(name, node.attributes.get(name) or "")
        if addresses and node.tag not in PICTURES:
            yield node, _background_attributes(node, addresses[0])


def _elements_named(page: LexborHTMLParser, names: tuple[str, ...]) -> list[LexborNode]:
    """Return elements whose names contain a colon, which selectors do not support."""
    if page.raw_html.find(VML_MARK.encode()) < 0 or page.root is None:
        return []
    return [node for node in page.root.traverse() if node.tag in names]


def _in_styles(page: LexborHTMLParser, styles: PictureStyles) -> Iterator[PictureElement]:
    """Yield elements with a background picture; in an `<img>`, it replaces an empty placeholder."""
    elements = {node.mem_id: (node, dict[str, str]()) for node in page.css("[style*=url], [style*=var]")}
    for node_id, (node, declared) in styles.where(_has_picture).items():
        elements[node_id] = node, declared
    for node, sheet_style in islice(elements.values(), MAX_STYLED):
        declared = {**sheet_style, **declarations_in(node.attributes.get("style") or "")}
        source = next(
            (
                address
                for name in _BACKGROUNDS
                if (address := _address_in_url(declared.get(name, ""), styles))
            ),
            "",
        )
        if not source:
            continue
        if node.tag == "img":
            source_attribute = node.attributes.get("src")
            if not source_attribute or is_data(source_attribute):
                node.attrs["src"] = source
        else:
            yield node, _background_attributes(node, source, declared)


def _has_picture(declared: Mapping[str, str]) -> bool:
    return any("url(" in value or "var(" in value for name in _BACKGROUNDS if (value := declared.get(name)))


def _address_in_url(value: str, styles: PictureStyles) -> str:
    """Return the address of the first picture of a background; "" for a colour, gradient or part of a drawing."""
    if "var(" in value:
        value = _VARIABLE.sub(lambda name: styles.variables.get(name[1], ""), value)
    match = _URL.search(value)
    address = (match["double"] or match["single"] or match["bare"] or "") if match else ""
    return "" if address.startswith("#") else address.strip()


def _background_attributes(
    node: LexborNode, source: str, declared: Mapping[str, str] | None = None
) -> dict[str, str]:
    attributes = node.attributes
    label = attributes.get("aria-label") or attributes.get("title") or ""
    is_picture = attributes.get("role") == "img" or bool(attributes.get("aria-label"))
    words = "no" if is_picture else "words" if _has_text(node) else "empty"
    sides = {**(declared or {}), **declarations_in(attributes.get("style") or "")}
    style = ";".join(f"{name.removeprefix('min-')}:{sides[name]}" for name in _SIDES if name in sides)
    declared_sides = {name: attributes.get(name) or "" for name in ("width", "height")}
    image_attributes = {"src": source, "alt": label, BACKGROUND: words, "style": style, **declared_sides}
    return {name: value for name, value in image_attributes.items() if value or name == "src"}


def _has_text(node: LexborNode) -> bool:
    """Return whether an element has text, among its first descendants: there may be any number."""
    descendants = islice(node.traverse(include_text=True), MAX_DESCENDANTS)
    return any(
        descendant.is_text_node and (descendant.text_content or "").strip() for descendant in descendants
    )


def _image_attributes(node: LexborNode, source: str) -> dict[str, str]:
    attributes = node.attributes
    alt = attributes.get("alt") or attributes.get("title") or attributes.get("aria-label") or ""
    sides = {name: value for name in ("width", "height", "style") if (value := attributes.get(name))}
    return {"src": source, "alt": alt, **sides}
