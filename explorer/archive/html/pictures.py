"""What picture an element shows: its address among src, srcset, lazy attributes and links, and its size."""

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
from explorer.archive.links.addresses import Addresses, is_foreign_scheme, is_picture_address, is_remote
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
LARGER = (
    "data-full-url",
    "data-large-file",
    "data-orig-file",
    "data-zoom-src",
    "data-large_image",
    "data-highres",
)
_PLACEHOLDER = re.compile(
    # Looked at once from the beginning of each name: a name may say so a thousand times over.
    r"(?<![\w-])(?=[\w-]*+\.(?:gif|png|svg|jpg))(?:^|(?<=/)|[\w-]*[_-])"
    r"(?:placeholder|blank|spacer|lazy|loading|transparent|1x1)",
    re.I,
)
# A lazy picture and its `<noscript>` stand in a wrapper of a few elements.
MAX_NODES_OF_A_WRAPPER = 100
MAX_SOURCES = 16  # of a `<picture>`
MAX_STYLE_CHARS = 10_000
# Of the units that are relative to the text, as it is where nobody sets it otherwise.
_PX = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 9.6 / 2.54,
       "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "lh": 19.0}  # fmt: skip
_LENGTH = re.compile(
    rf"\s*+(?P<number>\d[\d.]{{0,12}}|\.\d{{1,12}})\s{{0,9}}(?P<unit>{'|'.join(_PX)})?\s*+", re.IGNORECASE
)
_SIDE = re.compile(
    r"(?<![\w-])(?P<side>(?:max-)?(?:width|height))\s{0,9}:\s{0,9}(?P<length>[^;!]{1,30})", re.IGNORECASE
)
MAX_SMALL_SIDE_PX = 64
MAX_ATTRIBUTE_CHARS = 20_000
_NO_SOURCES = frozenset(
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
class Shown:
    """What one element shows. `candidates` are the files of the archive that may hold it, largest first."""

    image: str
    candidates: tuple[str, ...]
    data: Read | None
    alt: str | None
    title: str | None
    width: float | None
    height: float | None


def shown_picture(
    node: LexborNode, document: str, addresses: Addresses, number: int, drawings: PageDrawings
) -> Shown | None:
    """The picture that `node` shows in `document`; None when it shows none."""
    sole = sole_picture(node) if node.tag == "svg" else None
    if node.tag == "svg" and sole is None:
        return _inline_svg(node, document, number, drawings, addresses)
    sources = [sole] if sole else addresses_of(node)
    if not sources:
        return None
    width, height = _sides(node, drawings.styles)
    alt, title = tidy(node.attributes.get("alt")), tidy(node.attributes.get("title"))
    if is_data(sources[0]):
        addresses.accounted.add(sources[0])
        data = partial(data_in, sources[0])
        return Shown(f"{document}#data-{number}", (), data, alt, title, width, height)
    carried = next((source for source in sources if addresses.carried(source)), None)
    if carried:
        name = f"{document}#{carried}"
        own = addresses.carried(carried)
        whole = partial(_with_carried, own, posixpath.dirname(carried), addresses) if own else None
        return Shown(name, (), whole, alt, title, width, height)
    larger = [source for source in _larger(node) if source not in sources]
    resolved = [addresses.resolve(source, document) for source in dict.fromkeys(sources)]
    full = [path for path, found in (addresses.resolve(source, document) for source in larger) if found]
    # The shown address names the figure; an address that is there wins over one that is not.
    image = next((path for path, found in resolved if found), resolved[0][0])
    candidates = dict.fromkeys([*full, *(path for path, found in resolved if found)])
    return Shown(image, tuple(candidates), None, alt, title, width, height)


def addresses_shown(page: LexborHTMLParser) -> list[str]:
    """The addresses of a page's pictures as written: the one that each shows, and a larger one that it names."""
    found = (
        address
        for node in page.css("img, amp-img, amp-anim, image, object, embed")
        for address in (*addresses_of(node)[:1], *_larger(node)[:1])
    )
    return [address for address in dict.fromkeys(found) if not address.lower().startswith(("data:", "cid:"))]


def sources_beside(node: LexborNode) -> list[LexborNode]:
    """The element, and those that give its picture in other sizes and formats."""
    parent = node.parent
    if parent is None or parent.tag != "picture":
        return [node]
    return [node, *(child for child in islice(parent.iter(), MAX_SOURCES) if child.tag == "source")]


def drop_noscript_duplicates(tree: LexborHTMLParser) -> None:
    """Takes out of a document what shows a picture a second time to browsers that cannot show the first.

    Those are the `<noscript>` beside a lazy picture, whose address it gives to one that has none, and the
    pictures inside an `<object>` that is one itself.
    """
    for fallback in tree.css("amp-img > noscript, amp-anim > noscript"):
        fallback.decompose()
    for fallback in tree.css(
        "amp-img [fallback], amp-img [placeholder], amp-anim [fallback], amp-anim [placeholder]"
    ):
        fallback.decompose()
    for noscript in tree.css("noscript"):
        twin, lazy = noscript.css_first("img"), _lazy_picture_beside(noscript)
        if twin is not None and lazy is not None:
            if not [source for source in addresses_of(lazy) if not is_data(source)]:
                lazy.attrs["data-src"] = (twin.attributes.get("src") or "").strip()
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
        found = [sibling] if sibling.tag in {"img", "amp-img", "amp-anim"} else _pictures_of_wrapper(sibling)
        if len(found) == 1 and _is_lazy(found[0]):
            return found[0]
    return None


def _pictures_of_wrapper(element: LexborNode) -> list[LexborNode]:
    """The pictures in a small element; none of one that holds half the page."""
    nodes = list(islice(element.traverse(include_text=True), MAX_NODES_OF_A_WRAPPER + 1))
    return [node for node in nodes if node.tag == "img"] if len(nodes) <= MAX_NODES_OF_A_WRAPPER else []


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
    """Every address of the picture, the one shown first."""
    attributes = node.attributes
    if node.tag in {"object", "embed"}:
        address = (attributes.get("data") or attributes.get("src") or "").strip()
        is_image = (attributes.get("type") or "").lower().startswith("image/")
        is_shown = is_image or is_data_picture(address) or is_picture_address(address)
        return [address] if address and is_shown else []
    plain = (attributes.get("src") or attributes.get("href") or "").strip()
    lazy = [value.strip() for name in LAZY_SOURCES if (value := attributes.get(name))]
    lazy += [address for name in LAZY_SETS for address in _srcset(attributes.get(name))]
    sets = _srcset(attributes.get("srcset")) + _picture_sources(node)
    others = [] if lazy else _in_other_attributes(attributes)
    may_stand_in = not plain or is_data(plain) or bool(_PLACEHOLDER.search(plain))
    is_stand_in = may_stand_in and bool(not plain or lazy or others or sets)
    found = [*lazy, *others, *sets] if is_stand_in else [plain, *lazy, *sets]
    if is_stand_in and not found and plain:
        found = [plain]
    return [
        address
        for address in found
        # `#label` refers to what is shown elsewhere.
        if address
        and not address.startswith("#")
        and (
            is_data_picture(address)
            or address[:4].lower() == "cid:"
            or (not is_data(address) and not is_foreign_scheme(address))
        )
    ]


def _in_other_attributes(attributes: Mapping[str, str | None]) -> list[str]:
    """The addresses of pictures in attributes that scripts read: whatever their names, for there is no end of loaders."""
    found = (
        address
        for name, value in attributes.items()
        if name not in _NO_SOURCES and name not in LARGER
        for address in addresses_in_attribute(name, value or "")
    )
    return list(dict.fromkeys(found))


def addresses_in_attribute(name: str, value: str) -> list[str]:
    """The addresses of pictures in the value of an attribute; of a set of sizes, the largest first.

    An attribute whose name ends in `src` holds an address, whether or not that ends as pictures do.
    """
    if len(value) > MAX_ATTRIBUTE_CHARS:
        return []
    if name.endswith(("srcset", "bgset")):
        return _srcset(value)
    if name.endswith("src") and not re.search(r"[\s{}]", value.strip()):
        return [value.strip()]
    return [address for address, _ in addresses_in(value)]


def _picture_sources(node: LexborNode) -> list[str]:
    parent = node.parent
    if parent is None or parent.tag != "picture":
        return []
    children = islice(parent.iter(), MAX_SOURCES)
    found = [source.attributes for source in children if source.tag == "source"]
    return [
        address
        for attributes in found
        for name in ("srcset", *LAZY_SETS)
        for address in _srcset(attributes.get(name))
    ]


def _srcset(written: str | None) -> list[str]:
    """The addresses of a srcset, largest first (https://html.spec.whatwg.org/multipage/images.html#srcset-attributes)."""
    found = re.findall(r"(?<![^\s,])([^\s,]\S*[^\s,])(?:\s+([\d.]+)[wx])?\s*(?:,|$)", written or "")
    return [address for address, _ in sorted(found, key=lambda one: -_number(one[1]))]


def _number(written: str) -> float:
    """The width or density of an entry; 1 where none is written, or none that is a number (`1.2.3`)."""
    try:
        return float(written.strip("."))
    except ValueError:
        return 1.0


def _larger(node: LexborNode) -> list[str]:
    """Where the same picture is larger: what a thumbnail links to, and the attributes of gallery scripts."""
    link = next((element for element in ancestors(node) if element.tag == "a"), None)
    href = (link.attributes.get("href") or "").strip() if link is not None else ""
    named = [value for name in LARGER if (value := node.attributes.get(name))]
    return [
        address
        for address in [*named, href]
        if address and is_picture_address(address) and not is_remote(address)
    ]


def _inline_svg(
    node: LexborNode, document: str, number: int, drawings: PageDrawings, addresses: Addresses
) -> Shown | None:
    """A drawing; None for one that shows nothing where it stands, or nothing to readers."""
    attributes = {name.lower(): value or "" for name, value in node.attributes.items()}
    hidden = attributes.get("aria-hidden") == "true" and attributes.get("role") != "img"
    if hidden or node.parent is None or node.parent.tag in {"button", "symbol"} or _only_defines(node):
        return None
    title = node.css_first("title")
    alt = tidy(
        attributes.get("aria-label")
        or (title.text_content if title is not None else None)
        or (title.text() if title is not None else None)
    )
    width, height = _sides(node, drawings.styles)
    data = partial(_with_carried, partial(_markup, node, drawings), "", addresses)
    return Shown(f"{document}#svg-{number}", (), data, alt, None, width, height)


def _markup(drawing: LexborNode, drawings: PageDrawings) -> bytes:
    return drawings.xml_of(drawing).encode()


def _with_carried(read: Read, folder: str, addresses: Addresses) -> bytes:
    """What the document carries itself; a drawing with those of its pictures that the document carries as well."""

    def find(written: str) -> bytes | None:
        own = addresses.carried(written) or addresses.carried(
            posixpath.normpath(posixpath.join(folder, written))
        )
        return own() if own else None

    return embed_pictures(read(), find)


def _only_defines(drawing: LexborNode) -> bool:
    """Whether it holds nothing but what other drawings of the page use."""
    return all(
        child.tag in {"defs", "symbol", "style", "title", "desc", "metadata", "script"}
        for child in drawing.iter()
    )


def _sides(node: LexborNode, styles: PictureStyles) -> tuple[float | None, float | None]:
    """Width and height as declared: by its own style, else by an attribute, else by the sheets of the page."""
    said = styles.of(node)
    width, height = (_length(node, side, said) for side in ("width", "height"))
    return width, height


def _length(node: LexborNode, name: str, said: Mapping[str, str]) -> float | None:
    """A declared side in CSS pixels; None when it is relative to the page or not declared."""
    style = (node.attributes.get("style") or "")[:MAX_STYLE_CHARS]
    own = {one["side"].lower(): one["length"] for one in _SIDE.finditer(style)}
    written = (own.get(name), said.get(name), node.attributes.get(name))
    most = _px(own.get(f"max-{name}")) or _px(said.get(f"max-{name}"))
    if most is not None and most <= MAX_SMALL_SIDE_PX:  # a greater one says nothing of what is smaller
        return most
    return next((length for one in written if (length := _px(one)) is not None), None)


def _px(written: str | None) -> float | None:
    found = _LENGTH.fullmatch(written or "")
    try:
        return float(found["number"]) * _PX[(found["unit"] or "px").lower()] if found else None
    except ValueError:
        return None
