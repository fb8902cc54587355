"""Removal of hidden content: text and pictures that an attribute or a style hides from the readers of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from explorer.archive.html.picture_styles import PictureStyles, declarations_in
from explorer.archive.html.pictures import addresses_of
from explorer.archive.html.runs import PICTURES, ancestors
from explorer.archive.links.addresses import AddressResolver
from explorer.archive.links.image_proxies import is_data
from explorer.archive.model import ExcludedPicture

REASON: Final = "hidden on the page"
MAY_HIDE: Final = "[hidden], [style]"
"""The selector of elements that may be hidden without a style sheet."""
NOT_SHOWN: Final = "aria-hidden"
MAX_HIDDEN: Final = 5000
MAX_IDS_CHARS: Final = 500
MAX_SIBLINGS: Final = 50
# An element with more than half of a page is shown by a script once the page is loaded.
MAX_SHARE: Final = 0.5
# Classes with which scripts mark the visible tab or slide.
_VISIBLE_CLASSES: Final = frozenset(
    ("active", "is-active", "current", "selected", "is-selected", "show", "in", "visible", "open")
)
_WHOLE_PAGE: Final = frozenset(("html", "body", "main", "article"))
_VISIBILITY_STYLES: Final = frozenset(("display", "visibility", "max-height", "opacity", "font-size"))
_NEARLY_ZERO: Final = re.compile(r"\s*0*(?:\.0+)?(?:[01](?:\.0*)?)?\s*(?:px|pt|em|rem|%)?\s*", re.IGNORECASE)


def drop_hidden(
    page: LexborHTMLParser, styles: PictureStyles, document: str, resolver: AddressResolver
) -> list[ExcludedPicture]:
    """Remove hidden elements from the page; return their pictures for the ledger.

    In pages with scripts, elements that only a class hides are kept: scripts open tabs and folded sections.
    """
    body = page.body
    if body is None:
        return []
    by_sheet = {} if page.css_first("script") is not None else styles.where(_affects_visibility)
    candidates = {node.mem_id: node for node in page.css(MAY_HIDE)}
    candidates |= {node_id: node for node_id, (node, _) in by_sheet.items()}
    openable = _ids_of_openable(page)
    hidden = [
        node
        for node_id, node in islice(candidates.items(), MAX_HIDDEN)
        if node.tag not in _WHOLE_PAGE
        and not _is_openable(node, openable)
        and _is_hidden(node, by_sheet.get(node_id, (node, {}))[1])
    ]
    hidden_ids = {node.mem_id for node in hidden}
    outermost = [
        node for node in hidden if hidden_ids.isdisjoint(ancestor.mem_id for ancestor in ancestors(node))
    ]
    longest = MAX_SHARE * len(body.text()) if outermost else 0
    excluded: list[ExcludedPicture] = []
    for node in outermost:
        if len(node.text()) <= max(longest, 500) or node.tag in PICTURES:
            excluded += _excluded_pictures(node, document, resolver)
            if node.tag == "svg":
                node.attrs[NOT_SHOWN], node.attrs["role"] = "true", "none"
            else:
                _keep_drawings(node)
                node.decompose()
    return excluded


def _ids_of_openable(page: LexborHTMLParser) -> set[str]:
    """Return the ids of the elements that buttons and links open: readers see folded sections and tabs."""
    names = ("aria-controls", "data-target", "data-bs-target", "href")
    openers = page.css('[aria-controls], [data-target], [data-bs-target], a[href^="#"]')
    references = (node.attributes.get(name) or "" for node in openers[:MAX_HIDDEN] for name in names)
    return {
        identifier.lstrip("#")
        for text in references
        for identifier in text[:MAX_IDS_CHARS].split()
        if identifier.strip("#")
    }


def _is_openable(node: LexborNode, openable: set[str]) -> bool:
    attributes = node.attributes
    is_named = attributes.get("role") == "tabpanel" or (attributes.get("id") or "") in openable
    return is_named or _is_tab_or_slide(node)


def _is_tab_or_slide(node: LexborNode) -> bool:
    """Return whether a sibling with the same classes is marked as the visible tab or slide: readers open the others."""
    own = _classes(node)
    if not own or node.parent is None:
        return False
    sibling_classes = (_classes(sibling) for sibling in islice(node.parent.iter(), MAX_SIBLINGS))
    return any(own < classes and classes - own <= _VISIBLE_CLASSES for classes in sibling_classes)


def _classes(node: LexborNode) -> set[str]:
    return set((node.attributes.get("class") or "")[:MAX_IDS_CHARS].lower().split())


def _keep_drawings(hidden: LexborNode) -> None:
    """Keep hidden drawings in the page, not shown: other drawings may use their definitions."""
    for drawing in hidden.css("svg"):
        drawing.attrs[NOT_SHOWN], drawing.attrs["role"] = "true", "none"
        hidden.insert_before(drawing)


def _affects_visibility(declared: Mapping[str, str]) -> bool:
    return not _VISIBILITY_STYLES.isdisjoint(declared)


def _is_hidden(node: LexborNode, sheet_style: Mapping[str, str]) -> bool:
    attributes = node.attributes
    if "hidden" in attributes and (attributes["hidden"] or "").lower() != "until-found":
        return True
    style = {**sheet_style, **declarations_in(attributes.get("style") or "")}
    display, visibility = (style.get(name, "").strip().lower() for name in ("display", "visibility"))
    if display == "none" or visibility in {"hidden", "collapse"}:
        return True
    no_height, see_through, no_letters = (
        name in style and bool(_NEARLY_ZERO.fullmatch(style[name]))
        for name in ("max-height", "opacity", "font-size")
    )
    if not (no_height or see_through):
        return False
    if node.css_first("img") is not None:  # table cells of emails remove the gaps between pictures so
        return no_height and see_through
    is_cut = (
        "hidden" in style.get("overflow", "").lower() or style.get("mso-hide", "").strip().lower() == "all"
    )
    return (no_height and (is_cut or see_through or no_letters)) or (see_through and no_letters)


def _excluded_pictures(
    node: LexborNode, document: str, resolver: AddressResolver
) -> Iterator[ExcludedPicture]:
    for picture in node.css(", ".join(sorted(PICTURES))):
        resolver.accounted.add_attributes(picture)
        if picture.tag == "svg":
            continue
        for source in addresses_of(picture)[:1]:
            yield ExcludedPicture(
                f"{document}#data" if is_data(source) else resolver.resolve(source, document)[0], REASON
            )
