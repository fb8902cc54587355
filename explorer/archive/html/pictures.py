"""The picture that an element shows: its address in src, srcset, lazy attributes and links, and its size."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from explorer.archive.html.caption_marks import tidy
from explorer.archive.html.drawings import PageDrawings, sole_picture
from explorer.archive.html.picture_styles import PictureStyles
from explorer.archive.html.runs import ancestors
from explorer.archive.links.addresses import AddressResolver, is_foreign_scheme, is_picture_address, is_remote
from explorer.archive.links.image_proxies import data_in, is_data, is_data_picture
from explorer.archive.mentioned import addresses_in
from explorer.archive.model import Read
from images import embed_pictures

LAZY_SOURCES = (
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-actualsrc",
    "data-echo",
    "data-url",
    "data-image",
    "data-lazy",
)
LAZY_SETS = ("data-srcset", "data-lazy-srcset")
LARGER_ATTRIBUTES = (
    "data-full-url",
    "data-large-file",
    "data-orig-file",
    "data-zoom-src",
    "data-large_image",
    "data-highres",
)
_PLACEHOLDER = re.compile(
    # Matches once from the beginning of each name, because a hostile name may contain these words a thousand times.
    r"(?<![\w-])(?=[\w-]*+\.(?:gif|png|svg|jpg))(?:^|(?<=/)|[\w-]*[_-])"
    r"(?:placeholder|blank|spacer|lazy|loading|transparent|1x1)",
    re.I,
)
# A lazy picture and its `<noscript>` are in a wrapper of a few elements.
MAX_WRAPPER_NODES = 100
MAX_SOURCES = 16  # of a `<picture>`
MAX_STYLE_CHARS = 10_000
# CSS pixels per unit; units relative to the text assume the default font.
_PIXELS_PER_UNIT = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 9.6 / 2.54,
       "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "lh": 19.0}  # fmt: skip
_LENGTH = re.compile(
    rf"\s*+(?P<number>\d[\d.]{{0,12}}|\.\d{{1,12}})\s{{0,9}}(?P<unit>{'|'.join(_PIXELS_PER_UNIT)})?\s*+",
    re.IGNORECASE,
)
_SIDE = re.compile(
    r"(?<![\w-])(?P<side>(?:max-)?(?:width|height))\s{0,9}:\s{0,9}(?P<length>[^;!]{1,30})", re.IGNORECASE
)
MAX_SMALL_SIDE_PX = 64
MAX_ATTRIBUTE_CHARS = 20_000
_OTHER_PURPOSE_ATTRIBUTES = frozenset(
    (
        "src",
        "href",
        "srcset",
        "alt",
        "title",
        "class",
        "id",
        "style",
        "sizes",
        "longdesc",
        "usemap",
        "name",
        "itemprop",
    )
)


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """The picture of an element. `candidates` are the files of the archive that may contain it, largest first."""

    image: str
    candidates: tuple[str, ...]
    data: Read | None
    alt: str | None
    title: str | None
    width: float | None
    height: float | None


def shown_picture(
    node: LexborNode, document: str, resolver: AddressResolver, number: int, drawings: PageDrawings
) -> ShownPicture | None:
    """Return the picture that an element shows; None if it shows none.

    `number` tells pictures without a file apart in their names.
    """
    sole_address = sole_picture(node) if node.tag == "svg" else None
    if node.tag == "svg" and sole_address is None:
        return _inline_svg(node, document, number, drawings, resolver)
    sources = [sole_address] if sole_address else addresses_of(node)
    if not sources:
        return None
    width, height = _sides(node, drawings.styles)
    alt, title = tidy(node.attributes.get("alt")), tidy(node.attributes.get("title"))
    if is_data(sources[0]):
        resolver.accounted.add(sources[0])
        data = partial(data_in, sources[0])
        return ShownPicture(f"{document}#data-{number}", (), data, alt, title, width, height)
    carried = next((source for source in sources if resolver.carried(source)), None)
    if carried:
        name = f"{document}#{carried}"
        read_carried = resolver.carried(carried)
        read_picture = (
            partial(_with_carried, read_carried, posixpath.dirname(carried), resolver)
            if read_carried
            else None
        )
        return ShownPicture(name, (), read_picture, alt, title, width, height)
    larger = [source for source in _larger_versions(node) if source not in sources]
    resolved = [resolver.resolve(source, document) for source in dict.fromkeys(sources)]
    full = [path for path, is_there in (resolver.resolve(source, document) for source in larger) if is_there]
    # The shown address names the figure; the address of an existing file is preferred.
    image = next((path for path, is_there in resolved if is_there), resolved[0][0])
    candidates = dict.fromkeys([*full, *(path for path, is_there in resolved if is_there)])
    return ShownPicture(image, tuple(candidates), None, alt, title, width, height)


def addresses_shown(page: LexborHTMLParser) -> list[str]:
    """Return the addresses of the pictures of a page as written: the shown one, and a larger version of each."""
    addresses = (
        address
        for node in page.css("img, amp-img, amp-anim, image, object, embed")
        for address in (*addresses_of(node)[:1], *_larger_versions(node)[:1])
    )
    return [
        address for address in dict.fromkeys(addresses) if not address.lower().startswith(("data:", "cid:"))
    ]


def sources_beside(node: LexborNode) -> list[LexborNode]:
    """Return the element, and those with its picture in other sizes and formats."""
    parent = node.parent
    if parent is None or parent.tag != "picture":
        return [node]
    return [node, *(child for child in islice(parent.iter(), MAX_SOURCES) if child.tag == "source")]


def drop_noscript_duplicates(tree: LexborHTMLParser) -> None:
    """Remove the fallbacks of pictures from a document, which show them a second time.

    These are the `<noscript>` beside a lazy picture, which gets its address if it has none, and pictures inside an
    `<object>` that is a picture itself.
    """
    for fallback in tree.css("amp-img > noscript, amp-anim > noscript"):
        fallback.decompose()
    for fallback in tree.css(
        "amp-img [fallback], amp-img [placeholder], amp-anim [fallback], amp-anim [placeholder]"
    ):
        fallback.decompose()
    for noscript in tree.css("noscript"):
        duplicate, lazy = noscript.css_first("img"), _lazy_picture_beside(noscript)
        if duplicate is not None and lazy is not None:
            if not [source for source in addresses_of(lazy) if not is_data(source)]:
                lazy.attrs["data-src"] = (duplicate.attributes.get("src") or "").strip()
            noscript.decompose()
    for element in tree.css("object"):
        if addresses_of(element):
            for fallback in element.css("img, embed, svg"):
                fallback.decompose()


def _lazy_picture_beside(noscript: LexborNode) -> LexborNode | None:
    for step in ("prev", "next"):
        sibling: LexborNode | None = getattr(noscript, step)
        while sibling is not None and sibling.is_text_node and not (sibling.text_content or "").strip():
            sibling = getattr(sibling, step)
        if sibling is None or sibling.is_text_node:
            continue
        pictures = (
            [sibling] if sibling.tag in {"img", "amp-img", "amp-anim"} else _pictures_of_wrapper(sibling)
        )
        if len(pictures) == 1 and _is_lazy(pictures[0]):
            return pictures[0]
    return None


def _pictures_of_wrapper(element: LexborNode) -> list[LexborNode]:
    """Return the pictures in a small element; none for a large one."""
    nodes = list(islice(element.traverse(include_text=True), MAX_WRAPPER_NODES + 1))
    return [node for node in nodes if node.tag == "img"] if len(nodes) <= MAX_WRAPPER_NODES else []


def _is_lazy(picture: LexborNode) -> bool:
    attributes = picture.attributes
    source = attributes.get("src") or ""
    return (
        not source
        or is_data(source)
        or bool(_PLACEHOLDER.search(source))
        or "lazy" in f"{attributes.get('class')} {attributes.get('loading')}".lower()
        or any(attributes.get(name) for name in (*LAZY_SOURCES, *LAZY_SETS))
    )


def addresses_of(node: LexborNode) -> list[str]:
    """Return all addresses of the picture of an element, the shown one first."""
    attributes = node.attributes
    if node.tag in {"object", "embed"}:
        address = (attributes.get("data") or attributes.get("src") or "").strip()
        is_image = (attributes.get("type") or "").lower().startswith("image/")
        is_shown = is_image or is_data_picture(address) or is_picture_address(address)
        return [address] if address and is_shown else []
    shown = (attributes.get("src") or attributes.get("href") or "").strip()
    in_lazy_attributes = [value.strip() for name in LAZY_SOURCES if (value := attributes.get(name))]
    in_lazy_attributes += [
        address for name in LAZY_SETS for address in _addresses_in_srcset(attributes.get(name))
    ]
    in_sets = _addresses_in_srcset(attributes.get("srcset")) + _addresses_in_picture(node)
    in_other_attributes = [] if in_lazy_attributes else _addresses_in_other_attributes(attributes)
    may_be_placeholder = not shown or is_data(shown) or bool(_PLACEHOLDER.search(shown))
    is_placeholder = may_be_placeholder and bool(
        not shown or in_lazy_attributes or in_other_attributes or in_sets
    )
    addresses = (
        [*in_lazy_attributes, *in_other_attributes, *in_sets]
        if is_placeholder
        else [shown, *in_lazy_attributes, *in_sets]
    )
    if is_placeholder and not addresses and shown:
        addresses = [shown]
    return [
        address
        for address in addresses
        # `#label` refers to another element.
        if address
        and not address.startswith("#")
        and (
            is_data_picture(address)
            or address[:4].lower() == "cid:"
            or (not is_data(address) and not is_foreign_scheme(address))
        )
    ]


def _addresses_in_other_attributes(attributes: Mapping[str, str | None]) -> list[str]:
    """Return the addresses of pictures in attributes of any name, because every lazy loader has its own."""
    addresses = (
        address
        for name, value in attributes.items()
        if name not in _OTHER_PURPOSE_ATTRIBUTES and name not in LARGER_ATTRIBUTES
        for address in addresses_in_attribute(name, value or "")
    )
    return list(dict.fromkeys(addresses))


def addresses_in_attribute(name: str, value: str) -> list[str]:
    """Return the addresses of pictures in the value of an attribute; for a set of sizes, the largest first.

    An attribute whose name ends with `src` contains an address with any suffix.
    """
    if len(value) > MAX_ATTRIBUTE_CHARS:
        return []
    if name.endswith(("srcset", "bgset")):
        return _addresses_in_srcset(value)
    if name.endswith("src") and not re.search(r"[\s{}]", value.strip()):
        return [value.strip()]
    return [address for address, _ in addresses_in(value)]


def _addresses_in_picture(node: LexborNode) -> list[str]:
    parent = node.parent
    if parent is None or parent.tag != "picture":
        return []
    children = islice(parent.iter(), MAX_SOURCES)
    sources = [source.attributes for source in children if source.tag == "source"]
    return [
        address
        for attributes in sources
        for name in ("srcset", *LAZY_SETS)
        for address in _addresses_in_srcset(attributes.get(name))
    ]


def _addresses_in_srcset(value: str | None) -> list[str]:
    """Return the addresses in a srcset, largest first.

    https://html.spec.whatwg.org/multipage/images.html#srcset-attributes
    """
    entries = re.findall(r"(?<![^\s,])([^\s,]\S*[^\s,])(?:\s+([\d.]+)[wx])?\s*(?:,|$)", value or "")
    return [address for address, _ in sorted(entries, key=lambda entry: -_descriptor_value(entry[1]))]


def _descriptor_value(text: str) -> float:
    """Return the width or density of an entry; 1 if it is missing or no number (`1.2.3`)."""
    try:
        return float(text.strip("."))
    except ValueError:
        return 1.0


def _larger_versions(node: LexborNode) -> list[str]:
    """Return the addresses of larger versions: the target of a thumbnail's link, and attributes of gallery scripts."""
    link = next((element for element in ancestors(node) if element.tag == "a"), None)
    href = (link.attributes.get("href") or "").strip() if link is not None else ""
    in_attributes = [value for name in LARGER_ATTRIBUTES if (value := node.attributes.get(name))]
    return [
        address
        for address in [*in_attributes, href]
        if address and is_picture_address(address) and not is_remote(address)
    ]


def _inline_svg(
    node: LexborNode, document: str, number: int, drawings: PageDrawings, resolver: AddressResolver
) -> ShownPicture | None:
    """Return an inline drawing; None if it is invisible, a part of a button or only definitions."""
    attributes = {name.lower(): value or "" for name, value in node.attributes.items()}
    hidden = attributes.get("aria-hidden") == "true" and attributes.get("role") != "img"
    if (
        hidden
        or node.parent is None
        or node.parent.tag in {"button", "symbol"}
        or _has_only_definitions(node)
    ):
        return None
    title = node.css_first("title")
    alt = tidy(
        attributes.get("aria-label")
        or (title.text_content if title is not None else None)
        or (title.text() if title is not None else None)
    )
    width, height = _sides(node, drawings.styles)
    data = partial(_with_carried, partial(_drawing_bytes, node, drawings), "", resolver)
    return ShownPicture(f"{document}#svg-{number}", (), data, alt, None, width, height)


def _drawing_bytes(drawing: LexborNode, drawings: PageDrawings) -> bytes:
    return drawings.xml_of(drawing).encode()


def _with_carried(read: Read, folder: str, resolver: AddressResolver) -> bytes:
    """Return the bytes of a carried picture; a drawing includes its own pictures that the document carries."""

    def find(reference: str) -> bytes | None:
        read_carried = resolver.carried(reference) or resolver.carried(
            posixpath.normpath(posixpath.join(folder, reference))
        )
        return read_carried() if read_carried else None

    return embed_pictures(read(), find)


def _has_only_definitions(drawing: LexborNode) -> bool:
    """Return whether a drawing only has definitions for other drawings of the page."""
    return all(
        child.tag in {"defs", "symbol", "style", "title", "desc", "metadata", "script"}
        for child in drawing.iter()
    )


def _sides(node: LexborNode, styles: PictureStyles) -> tuple[float | None, float | None]:
    """Return the declared width and height: from its style, else the style sheets, else its attributes."""
    sheet_style = styles.of(node) if styles.sheets else {}
    width, height = (_declared_side(node, side, sheet_style) for side in ("width", "height"))
    return width, height


def _declared_side(node: LexborNode, name: str, sheet_style: Mapping[str, str]) -> float | None:
    """Return a declared side in CSS pixels; None if it is relative to the page or not declared."""
    style = (node.attributes.get("style") or "")[:MAX_STYLE_CHARS]
    own_style = {match["side"].lower(): match["length"] for match in _SIDE.finditer(style)}
    declared = (own_style.get(name), sheet_style.get(name), node.attributes.get(name))
    limit = _pixels(own_style.get(f"max-{name}")) or _pixels(sheet_style.get(f"max-{name}"))
    # A greater limit does not determine the size.
    if limit is not None and limit <= MAX_SMALL_SIDE_PX:
        return limit
    return next((length for value in declared if (length := _pixels(value)) is not None), None)


def _pixels(length: str | None) -> float | None:
    match = _LENGTH.fullmatch(length or "")
    try:
        return float(match["number"]) * _PIXELS_PER_UNIT[(match["unit"] or "px").lower()] if match else None
    except ValueError:
        return None
