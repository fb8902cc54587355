"""Pictures that a page shows without `<img>`: as backgrounds, in VML, frames, buttons and data. Each becomes an `<img>`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import chain, islice
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from explorer.archive.html.picture_styles import PictureStyles, declared_in
from explorer.archive.html.pictures import addresses_in_attribute
from explorer.archive.html.runs import PICTURES, ancestors
from explorer.archive.links.addresses import is_picture_address
from explorer.archive.links.image_proxies import is_data
from explorer.archive.mentioned import AccountedAddresses


@dataclass(frozen=True, slots=True)
class AttributeSearch:
    """A search in the source of a page, within bounds: hostile pages have names without end."""

    written: re.Pattern[bytes]
    """Finds an attribute; its first group is the name."""
    unless: re.Pattern[str] | None
    """Names to leave out."""
    max_names: int
    max_elements: int
    """Elements for each name."""

    def elements_of(self, page: LexborHTMLParser) -> Iterator[tuple[str, LexborNode]]:
        """Yield each name that was found and an element with that attribute."""
        names = dict.fromkeys(found[1].decode().lower() for found in self.written.finditer(page.raw_html))
        wanted = (name for name in names if self.unless is None or not self.unless.search(name))
        for name in islice(wanted, self.max_names):
            for node in page.css(f"[{name}]")[: self.max_elements]:
                yield name, node


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
    shown: AccountedAddresses | None = None
    for node, attributes in islice(found_in, MAX_PICTURES):
        shown = shown or _listed(page)
        if not shown.has(attributes["src"]):
            shown.add(attributes["src"])
            yield node, attributes


def _listed(page: LexborHTMLParser) -> AccountedAddresses:
    shown = AccountedAddresses()
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


BACKGROUND: Final = "data-explorer-background"
"""Marks an `<img>` made of a background; its value says whether words stand upon it."""
MAX_MADE: Final = 2000
MAX_LOOKED_AT: Final = 200
MAX_STYLED: Final = 20_000
_URL: Final = re.compile(
    r"""url\(\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"')]*))\s*\)""", re.IGNORECASE
)
_VARIABLE: Final = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,[^()]*)?\)")
# `data-bg`, `data-lazy-background-image`: a script of the page makes the address the background once the element is seen.
_LATE_BACKGROUNDS: Final = AttributeSearch(
    re.compile(
        rb"\s((?:[a-z]{1,20}-){1,4}(?:bg|bgset|background)(?:-?(?:src|set|image|img|url))?)\s*=",
        re.IGNORECASE,
    ),
    unless=None,
    max_names=20,
    max_elements=MAX_MADE,
)
_BACKGROUNDS: Final = ("background-image", "background")
_SIDES: Final = ("width", "height", "min-height", "max-width")
_ENDS: Final = "<![endif]-->"
_WORD: Final = re.compile(r"[^\s\"'<>()=]+")
_VML: Final = re.compile(
    r"<v:(?:fill|imagedata)\s[^<>]*?\bsrc\s*=\s*[\"']?(?P<src>[^\"'\s<>]+)", re.IGNORECASE
)


def conditional_pictures(html: str) -> str:
    """The page with the pictures of VML that stand only in comments for office programs, shown by `<img>` there.

    Where the same address stands outside such comments as well, the page shows the picture to everybody.
    """
    if "<!--[if" not in html or "<v:" not in html:
        return html
    pieces: list[str] = []  # by turns what stands outside of such comments, and a comment
    position = 0
    while (start := html.find("<!--[if", position)) >= 0 and (end := html.find(_ENDS, start)) >= 0:
        pieces += [html[position:start], html[start : end + len(_ENDS)]]
        position = end + len(_ENDS)
    outside, comments = [*pieces[::2], html[position:]], pieces[1::2]
    shown = {word for piece in outside for word in _WORD.findall(piece)}
    pieces[1::2] = [comment + _shown_to_all(comment, shown) for comment in comments]
    return "".join([*pieces, html[position:]])


def _shown_to_all(comment: str, shown: set[str]) -> str:
    sources = dict.fromkeys(found["src"] for found in _VML.finditer(comment))
    return "".join(f'<img src="{escape(it)}" {BACKGROUND}="words">' for it in sources if it not in shown)


def show_as_images(page: LexborHTMLParser, styles: PictureStyles) -> None:
    """Put an `<img>` into the page for every picture that it shows in another way."""
    last: dict[int, LexborNode] = {}
    for made, (node, attributes) in enumerate(_shown(page, styles)):
        if made >= MAX_MADE:
            return
        image = page.create_node("img")
        for name, value in attributes.items():
            image.attrs[name] = value
        if node.tag in {"body", "td", "th", "li", "figure"} or BACKGROUND in attributes:
            before = last.get(node.mem_id)
            if before is None:
                _put_first(node, image)
            else:
                before.insert_after(image)
            put = node.first_child if before is None else before.next
            if put is not None:  # it is a copy that stands in the page
                last[node.mem_id] = put
        else:
            node.insert_before(image)


def _put_first(node: LexborNode, image: LexborNode) -> None:
    first = node.first_child
    if first is None:
        node.insert_child(image)
    else:
        first.insert_before(image)


Shown = tuple[LexborNode, dict[str, str]]
"""An element, and what the `<img>` of its picture says."""


def _shown(page: LexborHTMLParser, styles: PictureStyles) -> list[Shown]:
    """All of them, before any is put into the page."""
    found = chain(
        _in_frames(page),
        _in_buttons(page),
        _in_vml(page),
        _in_attributes(page),
        galleries_in(page),
        _by_style(page, styles),
    )
    return [(node, attributes) for node, attributes in found if attributes.get("src")]


def _in_frames(page: LexborHTMLParser) -> Iterator[Shown]:
    for node in page.css("iframe[src], frame[src], video[poster], input[type=image i][src]"):
        source = node.attributes.get("poster" if node.tag == "video" else "src") or ""
        if is_picture_address(source) or node.tag in {"video", "input"}:
            yield node, _as_image(node, source)


def _in_buttons(page: LexborHTMLParser) -> Iterator[Shown]:
    for picture in page.css("button img")[:MAX_MADE]:
        button = next((element for element in ancestors(picture) if element.tag == "button"), picture)
        yield button, {name: value or "" for name, value in picture.attributes.items()}


def _in_vml(page: LexborHTMLParser) -> Iterator[Shown]:
    for node in _named(page, ("v:imagedata", "v:fill")):
        attributes = node.attributes
        alt = attributes.get("o:title") or attributes.get("title") or ""
        yield node, {"src": attributes.get("src") or "", "alt": alt}


def _in_attributes(page: LexborHTMLParser) -> Iterator[Shown]:
    for node in page.css("[background]")[:MAX_MADE]:
        yield node, _as_background(node, node.attributes.get("background") or "")
    for name, node in _LATE_BACKGROUNDS.elements_of(page):
        addresses = addresses_in_attribute(name, node.attributes.get(name) or "")
        if addresses and node.tag not in PICTURES:
            yield node, _as_background(node, addresses[0])


def _named(page: LexborHTMLParser, names: tuple[str, ...]) -> list[LexborNode]:
    """Elements whose names hold a colon, which selectors do not take."""
    if page.raw_html.find(b"<v:") < 0 or page.root is None:
        return []
    return [node for node in page.root.traverse() if node.tag in names]


def _by_style(page: LexborHTMLParser, styles: PictureStyles) -> Iterator[Shown]:
    """Elements with a background picture; an `<img>` with one is given it in place of its empty stand-in."""
    found = {node.mem_id: (node, dict[str, str]()) for node in page.css("[style*=url], [style*=var]")}
    for node_id, (node, declared) in styles.where(_has_picture).items():
        found[node_id] = node, declared
    for node, said in islice(found.values(), MAX_STYLED):
        declared = {**said, **declared_in(node.attributes.get("style") or "")}
        source = next((it for name in _BACKGROUNDS if (it := _url(declared.get(name, ""), styles))), "")
        if not source:
            continue
        if node.tag == "img":
            own = node.attributes.get("src")
            if not own or is_data(own):
                node.attrs["src"] = source
        else:
            yield node, _as_background(node, source, declared)


def _has_picture(declared: Mapping[str, str]) -> bool:
    return any("url(" in value or "var(" in value for name in _BACKGROUNDS if (value := declared.get(name)))


def _url(value: str, styles: PictureStyles) -> str:
    """The address of the first picture of a background; "" for a colour, a gradient or a part of a drawing."""
    if "var(" in value:
        value = _VARIABLE.sub(lambda name: styles.variables.get(name[1], ""), value)
    found = _URL.search(value)
    address = (found["double"] or found["single"] or found["bare"] or "") if found else ""
    return "" if address.startswith("#") else address.strip()


def _as_background(
    node: LexborNode, source: str, declared: Mapping[str, str] | None = None
) -> dict[str, str]:
    attributes = node.attributes
    label = attributes.get("aria-label") or attributes.get("title") or ""
    is_picture = attributes.get("role") == "img" or bool(attributes.get("aria-label"))
    words = "no" if is_picture else "words" if _has_words(node) else "empty"
    sides = {**(declared or {}), **declared_in(attributes.get("style") or "")}
    style = ";".join(f"{name.removeprefix('min-')}:{sides[name]}" for name in _SIDES if name in sides)
    own = {name: attributes.get(name) or "" for name in ("width", "height")}
    made = {"src": source, "alt": label, BACKGROUND: words, "style": style, **own}
    return {name: value for name, value in made.items() if value or name == "src"}


def _has_words(node: LexborNode) -> bool:
    """Whether words stand in an element, as far as its first descendants tell: elements of a page may nest without end."""
    inner = islice(node.traverse(include_text=True), MAX_LOOKED_AT)
    return any(one.is_text_node and (one.text_content or "").strip() for one in inner)


def _as_image(node: LexborNode, source: str) -> dict[str, str]:
    attributes = node.attributes
    alt = attributes.get("alt") or attributes.get("title") or attributes.get("aria-label") or ""
    sides = {name: value for name in ("width", "height", "style") if (value := attributes.get(name))}
    return {"src": source, "alt": alt, **sides}
