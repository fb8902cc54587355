"""Pictures that a page shows without `<img>`: as backgrounds, in VML, frames, buttons and data. Each becomes an `<img>`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from itertools import chain, islice
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from explorer.archive.html.attribute_search import AttributeSearch
from explorer.archive.html.data_galleries import galleries_in
from explorer.archive.html.picture_styles import PictureStyles, declared_in
from explorer.archive.html.pictures import addresses_in_attribute
from explorer.archive.html.runs import PICTURES, ancestors
from explorer.archive.links.addresses import is_picture_address
from explorer.archive.links.data_urls import is_data

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
