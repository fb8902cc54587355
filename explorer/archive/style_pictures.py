"""Pictures that a page shows without `<img>`: as backgrounds, in VML, frames, buttons and data. Each becomes an `<img>`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from explorer.archive.addresses import is_picture_address
from explorer.archive.data_galleries import galleries_in
from explorer.archive.picture_styles import PictureStyles, declared_in
from explorer.archive.runs import ancestors

BACKGROUND: Final = "data-explorer-background"
"""Marks an `<img>` made of a background; its value says whether words stand upon it."""
MAX_MADE: Final = 2000
MAX_LOOKED_AT: Final = 200
MAX_STYLED: Final = 20_000
_URL: Final = re.compile(
    r"""url\(\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"')]*))\s*\)""", re.IGNORECASE
)
_VARIABLE: Final = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,[^()]*)?\)")
_BACKGROUNDS: Final = ("background-image", "background")
_SIDES: Final = ("width", "height", "min-height", "max-width")
_VML: Final = re.compile(
    r"<v:(?:fill|imagedata)\s[^<>]*?\bsrc\s*=\s*[\"']?(?P<src>[^\"'\s<>]+)", re.IGNORECASE
)


def conditional_pictures(html: str) -> str:
    """The page with the pictures of VML that stand only in comments for office programs, shown by `<img>` there.

    Where the same address stands outside such comments as well, the page shows the picture to everybody.
    """
    if "<!--[if" not in html or "<v:" not in html:
        return html
    pieces: list[str] = []
    comments: list[int] = []
    position = 0
    while (start := html.find("<!--[if", position)) >= 0:
        end = html.find("<![endif]-->", start)
        if end < 0:
            break
        pieces += [html[position:start], html[start : end + 12]]
        comments.append(len(pieces) - 1)
        position = end + 12
    pieces.append(html[position:])
    outside = "".join(piece for place, piece in enumerate(pieces) if place not in set(comments))
    for place in comments:
        sources = dict.fromkeys(found["src"] for found in _VML.finditer(pieces[place]))
        made = "".join(
            f'<img src="{escape(source)}" {BACKGROUND}="words">'
            for source in sources
            if source not in outside
        )
        pieces[place] += made
    return "".join(pieces)


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


def _shown(page: LexborHTMLParser, styles: PictureStyles) -> Iterator[tuple[LexborNode, Mapping[str, str]]]:
    """Elements, and what the `<img>` of each says."""
    made: list[tuple[LexborNode, dict[str, str]]] = []
    for node in page.css("iframe[src], frame[src], video[poster], input[type=image i][src]"):
        source = node.attributes.get("poster" if node.tag == "video" else "src") or ""
        if is_picture_address(source) or node.tag in {"video", "input"}:
            made.append((node, _as_image(node, source)))
    for picture in page.css("button img")[:MAX_MADE]:
        button = next((element for element in ancestors(picture) if element.tag == "button"), picture)
        made.append((button, dict(_filled(picture.attributes))))
    for node in _named(page, ("v:imagedata", "v:fill")):
        source = node.attributes.get("src") or ""
        alt = node.attributes.get("o:title") or node.attributes.get("title") or ""
        made.append((node, {"src": source, "alt": alt}))
    for node in page.css("[background]")[:MAX_MADE]:
        made.append((node, _as_background(node, node.attributes.get("background") or "")))
    made += galleries_in(page)
    made += _by_style(page, styles)
    yield from ((node, attributes) for node, attributes in made if attributes.get("src"))


def _named(page: LexborHTMLParser, names: tuple[str, ...]) -> list[LexborNode]:
    """Elements whose names hold a colon, which selectors do not take."""
    if page.raw_html.find(b"<v:") < 0 or page.root is None:
        return []
    return [node for node in page.root.traverse() if node.tag in names]


def _by_style(page: LexborHTMLParser, styles: PictureStyles) -> Iterator[tuple[LexborNode, dict[str, str]]]:
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
            if (node.attributes.get("src") or "")[:5].lower() in {"data:", ""}:
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


def _filled(attributes: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    return ((name, value or "") for name, value in attributes.items())
