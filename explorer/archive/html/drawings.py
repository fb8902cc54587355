"""Inline SVG drawings of a page as separate XML documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import escape, unescape
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from explorer.archive.convert.decoding import decode
from explorer.archive.html.picture_styles import SHEETS, PictureStyles
from explorer.archive.html.runs import parse

SVG = "http://www.w3.org/2000/svg"
XHTML = "http://www.w3.org/1999/xhtml"
_XML_NAME = re.compile(r"[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?", re.ASCII)
_INVALID_XML_CHAR = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# In the XML that this module writes.
_IDS = re.compile(r' id="([^"]*)"')
_REFERENCES = re.compile(r"""(?:href="|url\(\s{0,9}(?:&quot;|&#x27;)?)#([^")&]{1,200})""")
_FILE_REFERENCE = re.compile(
    r'(?<=[ :])href="(?P<file>[^"#]{1,1000}\.svgz?(?:\?[^"#]{0,100})?)#(?P<name>[^"]{1,200})"', re.IGNORECASE
)
MAX_SYMBOL_FILES = 16
MAX_BORROWED = 300
MAX_BORROWED_CHARS = 4_000_000
_SHAPES = frozenset(("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "use"))
_PICTURE_WRAPPERS = frozenset(("svg", "g", "image", "title", "desc", "metadata", "a"))
_NOT_SHAPES = frozenset(("text", "image", "foreignObject"))
_MAX_SHAPES_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Outline:
    """The outline of a drawing: the sides of its viewBox, the number of shapes, and whether it has only shapes."""

    box: tuple[float, float] | None
    shapes: int
    only_shapes: bool


def outline_of(drawing: LexborNode) -> Outline:
    """Return the outline of a drawing, from its first hundred elements."""
    names = [node.tag for node in islice(drawing.traverse(), _MAX_SHAPES_COUNTED)]
    shapes = sum(name in _SHAPES for name in names)
    view_box = next((value for name, value in drawing.attributes.items() if name.lower() == "viewbox"), "")
    return Outline(_view_box_size(view_box or ""), shapes, _NOT_SHAPES.isdisjoint(names))


def sole_picture(drawing: LexborNode) -> str | None:
    """Return the address of the picture that is the only content of a drawing; None for any other drawing."""
    nodes = list(islice(drawing.traverse(), _MAX_SHAPES_COUNTED))
    pictures = [node for node in nodes if node.tag == "image"]
    if len(pictures) != 1 or not all(node.tag in _PICTURE_WRAPPERS for node in nodes):
        return None
    attributes = pictures[0].attributes
    return (attributes.get("href") or attributes.get("xlink:href") or "").strip() or None


def _view_box_size(view_box: str) -> tuple[float, float] | None:
    """Return width and height of a viewBox; None if they are no numbers."""
    try:
        _, _, width, height = (float(side) for side in re.split(r"[\s,]+", view_box[:200].strip()))
    except ValueError:
        return None
    return width, height


@dataclass(eq=False)
class PageDrawings:
    """The drawings of a page, with the styles, symbols, gradients and markers that they take from the page."""

    page: LexborHTMLParser
    styles: PictureStyles
    file: Callable[[str], bytes | None] = lambda _: None
    """Reads a file by its address."""
    _pieces: dict[str, str] = field(init=False, default_factory=dict)  # borrowed elements as XML, by id
    _files: dict[str, PageDrawings | None] = field(init=False, default_factory=dict)  # of symbols, by address

    def xml_of(self, drawing: LexborNode) -> str:
        """Return a drawing as an XML document."""
        markup = _FILE_REFERENCE.sub(self._symbol_from_file, self._xml_of_element(drawing))
        definitions = "".join(self._borrowed_elements(markup))
        if definitions:
            markup = f"{markup.removesuffix('</svg>')}<defs>{definitions}</defs></svg>"
        return self._with_variables(markup)

    def _symbol_from_file(self, reference: re.Match[str]) -> str:
        """Turn a reference to a file, `href="marks.svg#mole"`, into one to a symbol, which is added to the page."""
        other, name = self._drawings_in_file(unescape(reference["file"])), unescape(reference["name"])
        if other is None or name not in other._by_id:
            return reference[0]
        for identifier, node in other._by_id.items():
            self._by_id.setdefault(identifier, node)
        return f'href="#{escape(name)}"'

    def _drawings_in_file(self, address: str) -> PageDrawings | None:
        if address not in self._files and len(self._files) < MAX_SYMBOL_FILES:
            data = self.file(address)
            page = parse(decode(data[:MAX_BORROWED_CHARS])) if data else None
            self._files[address] = PageDrawings(page, PictureStyles(page, page.css(SHEETS))) if page else None
        return self._files.get(address)

    @cached_property
    def _by_id(self) -> dict[str, LexborNode]:
        elements: dict[str, LexborNode] = {}
        for node in self.page.css("svg [id]"):
            elements.setdefault(node.attributes.get("id") or "", node)
        return elements

    def _borrowed_elements(self, markup: str) -> Iterator[str]:
        """Yield the elements outside a drawing that it refers to, directly or indirectly."""
        present = set(_IDS.findall(markup))
        wanted = list(dict.fromkeys(_REFERENCES.findall(markup)))
        chars_left = MAX_BORROWED_CHARS
        for _ in range(MAX_BORROWED):
            if not wanted or chars_left < 0:
                return
            name = unescape(wanted.pop())
            if name in present or name not in self._by_id:
                continue
            if name not in self._pieces:
                self._pieces[name] = self._xml_of_element(self._by_id[name])
            piece = self._pieces[name]
            present.update(_IDS.findall(piece))
            wanted += _REFERENCES.findall(piece)
            chars_left -= len(piece)
            yield piece

    def _with_variables(self, markup: str) -> str:
        if "var(--" not in markup or not self.styles.variables:
            return markup
        declarations = ";".join(
            f"{name}:{value}" for name, value in islice(self.styles.variables.items(), 500)
        )
        return (
            markup.replace("</svg>", f"<style>svg{{{_escape_text(declarations)}}}</style></svg>")
            if declarations
            else markup
        )

    def _xml_of_element(self, root: LexborNode) -> str:
        return _element_xml(root, self.styles)


def _element_xml(drawing: LexborNode, styles: PictureStyles) -> str:
    """Return an element with its content as well-formed XML: HTML allows `<` in styles and names that XML does not."""
    parts: list[str] = []
    pending: list[LexborNode | str] = [drawing]
    spaces: dict[int, str] = {}  # the namespace of each element
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            parts.append(node)
        elif node.is_text_node:
            parts.append(_escape_text(node.text_content or ""))
        elif _XML_NAME.fullmatch(node.tag or ""):
            outer = spaces.get(node.parent.mem_id, "") if node.parent is not None else ""
            space = spaces[node.mem_id] = _namespace(node, outer)
            parts.append(_start_tag(node, "" if space == outer else space, styles.of(node)))
            pending.append(f"</{node.tag}>")
            pending += reversed(list(node.iter(include_text=True)))
    return "".join(parts)


def _namespace(node: LexborNode, outer: str) -> str:
    if node.tag == "svg" or not outer:
        return SVG
    return XHTML if node.parent is not None and node.parent.tag == "foreignObject" else outer


def _start_tag(element: LexborNode, namespace: str, styles: dict[str, str]) -> str:
    pieces = [f"<{element.tag}"]
    if namespace:
        pieces.append(f' xmlns="{namespace}"')
    attributes = {name: value or "" for name, value in element.attributes.items()}
    declarations = ";".join(f"{name}:{value}" for name, value in styles.items() if not name.startswith("--"))
    if declarations:
        attributes["style"] = f"{declarations};{attributes.get('style', '')}"
    for name, value in attributes.items():
        if name != "xmlns" and _XML_NAME.fullmatch(name):
            pieces.append(f' {name}="{escape(_INVALID_XML_CHAR.sub("", value))}"')
    return "".join(pieces) + ">"


def _escape_text(text: str) -> str:
    return escape(_INVALID_XML_CHAR.sub("", text), quote=False)
