"""Drawings that stand in a page, as XML documents of their own."""

from __future__ import annotations

import re
from html import escape

from selectolax.lexbor import LexborNode

SVG = "http://www.w3.org/2000/svg"
XHTML = "http://www.w3.org/1999/xhtml"
_XML_NAME = re.compile(r"[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?", re.ASCII)
_NO_XML_CHAR = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
