"""Drawings that stand in a page, as XML documents of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from itertools import islice

from selectolax.lexbor import LexborNode

SVG = "http://www.w3.org/2000/svg"
XHTML = "http://www.w3.org/1999/xhtml"
_XML_NAME = re.compile(r"[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?", re.ASCII)
_NO_XML_CHAR = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SHAPES = frozenset(("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "use"))
_NO_SHAPES = frozenset(("text", "image", "foreignObject"))
_MAX_SHAPES_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Outline:
    """What a drawing looks like from afar: the sides of its viewBox, its shapes, and whether these are all it holds."""

    box: tuple[float, float] | None
    shapes: int
    only_shapes: bool


def outline_of(drawing: LexborNode) -> Outline:
    """The outline of a drawing; the first hundred elements tell."""
    names = [node.tag for node in islice(drawing.traverse(), _MAX_SHAPES_COUNTED)]
    shapes = sum(name in _SHAPES for name in names)
    written = next((value for name, value in drawing.attributes.items() if name.lower() == "viewbox"), "")
    return Outline(_box(written or ""), shapes, _NO_SHAPES.isdisjoint(names))


def _box(view_box: str) -> tuple[float, float] | None:
    """Width and height of a viewBox; None where they are no numbers."""
    try:
        _, _, width, height = (float(side) for side in re.split(r"[\s,]+", view_box[:200].strip()))
    except ValueError:
        return None
    return width, height


def xml_of(drawing: LexborNode) -> str:
    """A drawing as well-formed XML: HTML leaves `<` and `&` in styles as they are, and names what XML may not."""
    parts: list[str] = []
    pending: list[LexborNode | str] = [drawing]
    spaces: dict[int, str] = {}  # the namespace of each element
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            parts.append(node)
        elif node.is_text_node:
            parts.append(_text(node.text_content or ""))
        elif _XML_NAME.fullmatch(node.tag or ""):
            outer = spaces.get(node.parent.mem_id, "") if node.parent is not None else ""
            space = spaces[node.mem_id] = _namespace(node, outer)
            parts.append(_start(node, "" if space == outer else space))
            pending.append(f"</{node.tag}>")
            pending += reversed(list(node.iter(include_text=True)))
    return "".join(parts)


def _namespace(node: LexborNode, outer: str) -> str:
    if node.tag == "svg" or not outer:
        return SVG
    return XHTML if node.parent is not None and node.parent.tag == "foreignObject" else outer


def _start(element: LexborNode, namespace: str) -> str:
    written = [f"<{element.tag}"]
    if namespace:
        written.append(f' xmlns="{namespace}"')
    for name, value in element.attributes.items():
        if name != "xmlns" and _XML_NAME.fullmatch(name):
            written.append(f' {name}="{escape(_NO_XML_CHAR.sub("", value or ""))}"')
    return "".join(written) + ">"


def _text(written: str) -> str:
    return escape(_NO_XML_CHAR.sub("", written), quote=False)
