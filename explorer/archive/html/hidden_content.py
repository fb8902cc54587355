"""Take out of a page what its readers do not see: words and pictures that are hidden by an attribute or by a style."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from explorer.archive.html.picture_styles import PictureStyles, declared_in
from explorer.archive.html.pictures import addresses_of
from explorer.archive.html.runs import PICTURES, ancestors
from explorer.archive.links.addresses import AddressResolver
from explorer.archive.links.image_proxies import is_data
from explorer.archive.model import ExcludedPicture

REASON: Final = "hidden on the page"
NOT_SHOWN: Final = "aria-hidden"
MAX_HIDDEN: Final = 5000
MAX_IDS_CHARS: Final = 500
MAX_SIBLINGS: Final = 50
# What holds more than half of a page is shown by a script once it is loaded.
MAX_SHARE: Final = 0.5
# Classes by which scripts mark the tab or the slide in view.
_IN_VIEW: Final = frozenset(
    ("active", "is-active", "current", "selected", "is-selected", "show", "in", "visible", "open")
)
_WHOLE_PAGE: Final = frozenset(("html", "body", "main", "article"))
_STYLES: Final = frozenset(("display", "visibility", "max-height", "opacity", "font-size"))
_NOTHING: Final = re.compile(r"\s*0*(?:\.0+)?(?:[01](?:\.0*)?)?\s*(?:px|pt|em|rem|%)?\s*", re.IGNORECASE)


def drop_hidden(
    page: LexborHTMLParser, styles: PictureStyles, document: str, addresses: AddressResolver
) -> list[ExcludedPicture]:
    """Take hidden elements out of the page; what pictures they held, for the ledger.

    What only a class hides is read in pages with scripts: tabs and folded sections are opened by them.
    """
    body = page.body
    if body is None:
        return []
    by_sheet = {} if page.css_first("script") is not None else styles.where(_is_about_showing)
    found = {node.mem_id: node for node in page.css("[hidden], [style]")}
    found |= {node_id: node for node_id, (node, _) in by_sheet.items()}
    opened = _names_opened(page)
    hidden = [
        node
        for node_id, node in islice(found.items(), MAX_HIDDEN)
        if node.tag not in _WHOLE_PAGE
        and not _is_opened(node, opened)
        and _is_hidden(node, by_sheet.get(node_id, (node, {}))[1])
    ]
    inner = {node.mem_id for node in hidden}
    outermost = [node for node in hidden if inner.isdisjoint(around.mem_id for around in ancestors(node))]
    longest = MAX_SHARE * len(body.text()) if outermost else 0
    seen: list[ExcludedPicture] = []
    for node in outermost:
        if len(node.text()) <= max(longest, 500) or node.tag in PICTURES:
            seen += _pictures(node, document, addresses)
            if node.tag == "svg":
                node.attrs[NOT_SHOWN], node.attrs["role"] = "true", "none"
            else:
                _keep_definitions(node)
                node.decompose()
    return seen


def _names_opened(page: LexborHTMLParser) -> set[str]:
    """The ids of what buttons and links of the page open: folded sections and tabs are meant for readers."""
    names = ("aria-controls", "data-target", "data-bs-target", "href")
    openers = page.css('[aria-controls], [data-target], [data-bs-target], a[href^="#"]')
    said = (node.attributes.get(name) or "" for node in openers[:MAX_HIDDEN] for name in names)
    return {one.lstrip("#") for text in said for one in text[:MAX_IDS_CHARS].split() if one.strip("#")}


def _is_opened(node: LexborNode, opened: set[str]) -> bool:
    attributes = node.attributes
    is_named = attributes.get("role") == "tabpanel" or (attributes.get("id") or "") in opened
    return is_named or _is_turned_to(node)


def _is_turned_to(node: LexborNode) -> bool:
    """Whether a sibling with the same classes is marked as the tab or slide in view: readers turn to the others."""
    own = _classes(node)
    if not own or node.parent is None:
        return False
    beside = (_classes(sibling) for sibling in islice(node.parent.iter(), MAX_SIBLINGS))
    return any(own < classes and classes - own <= _IN_VIEW for classes in beside)


def _classes(node: LexborNode) -> set[str]:
    return set((node.attributes.get("class") or "")[:MAX_IDS_CHARS].lower().split())


def _keep_definitions(hidden: LexborNode) -> None:
    """Drawings of the page may use what a hidden one defines."""
    for drawing in hidden.css("svg"):
        drawing.attrs[NOT_SHOWN], drawing.attrs["role"] = "true", "none"
        hidden.insert_before(drawing)


def _is_about_showing(declared: Mapping[str, str]) -> bool:
    return not _STYLES.isdisjoint(declared)


def _is_hidden(node: LexborNode, said: Mapping[str, str]) -> bool:
    attributes = node.attributes
    if "hidden" in attributes and (attributes["hidden"] or "").lower() != "until-found":
        return True
    style = {**said, **declared_in(attributes.get("style") or "")}
    display, visibility = (style.get(name, "").strip().lower() for name in ("display", "visibility"))
    if display == "none" or visibility in {"hidden", "collapse"}:
        return True
    no_height, see_through, no_letters = (
        name in style and bool(_NOTHING.fullmatch(style[name]))
        for name in ("max-height", "opacity", "font-size")
    )
    if not (no_height or see_through):
        return False
    if node.css_first("img") is not None:  # cells of letters take away the room between their pictures
        return no_height and see_through
    is_cut = (
        "hidden" in style.get("overflow", "").lower() or style.get("mso-hide", "").strip().lower() == "all"
    )
    return (no_height and (is_cut or see_through or no_letters)) or (see_through and no_letters)


def _pictures(node: LexborNode, document: str, addresses: AddressResolver) -> Iterator[ExcludedPicture]:
    for picture in node.css(", ".join(sorted(PICTURES))):
        addresses.accounted.add_attributes(picture)
        if picture.tag == "svg":
            continue
        for source in addresses_of(picture)[:1]:
            yield ExcludedPicture(
                f"{document}#data" if is_data(source) else addresses.resolve(source, document)[0], REASON
            )
