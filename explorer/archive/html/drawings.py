"""Drawings that stand in a page, as XML documents of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape, unescape
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from explorer.archive.convert.decoding import decode
from explorer.archive.html.picture_styles import PictureStyles
from explorer.archive.html.runs import parse

SVG = "http://www.w3.org/2000/svg"
XHTML = "http://www.w3.org/1999/xhtml"
_XML_NAME = re.compile(r"[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?", re.ASCII)
_NO_XML_CHAR = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# In XML as it is written here.
_IDS = re.compile(r' id="([^"]*)"')
_REFERENCES = re.compile(r"""(?:href="|url\(\s{0,9}(?:&quot;|&#x27;)?)#([^")&]{1,200})""")
_OF_A_FILE = re.compile(
    r'(?<=[ :])href="(?P<file>[^"#]{1,1000}\.svgz?(?:\?[^"#]{0,100})?)#(?P<name>[^"]{1,200})"', re.IGNORECASE
)
MAX_FILES_OF_SYMBOLS = 16
MAX_BORROWED = 300
MAX_BORROWED_CHARS = 4_000_000
_SHAPES = frozenset(("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "use"))
_AROUND_A_PICTURE = frozenset(("svg", "g", "image", "title", "desc", "metadata", "a"))
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


def is_drawing(node: LexborNode) -> bool:
    """Whether an element is a drawing, and no frame around one picture."""
    return node.tag == "svg" and sole_picture(node) is None


def sole_picture(drawing: LexborNode) -> str | None:
    """The address of the one picture that a drawing shows and does nothing else with; None for any other drawing."""
    nodes = list(islice(drawing.traverse(), _MAX_SHAPES_COUNTED))
    pictures = [node for node in nodes if node.tag == "image"]
    if len(pictures) != 1 or not all(node.tag in _AROUND_A_PICTURE for node in nodes):
        return None
    attributes = pictures[0].attributes
    return (attributes.get("href") or attributes.get("xlink:href") or "").strip() or None


def _box(view_box: str) -> tuple[float, float] | None:
    """Width and height of a viewBox; None where they are no numbers."""
    try:
        _, _, width, height = (float(side) for side in re.split(r"[\s,]+", view_box[:200].strip()))
    except ValueError:
        return None
    return width, height


class PageDrawings:
    """The drawings of a page, each with what it takes from the rest of it: styles, symbols, gradients, markers."""

    def __init__(
        self,
        page: LexborHTMLParser,
        styles: PictureStyles,
        file: Callable[[str], bytes | None] = lambda _: None,
    ) -> None:
        self._page = page
        self._file = file
        self._pieces: dict[str, str] = {}  # what was borrowed, as XML, by its id
        self._others: dict[str, PageDrawings | None] = {}  # files of symbols, by address
        self.styles = styles

    def xml_of(self, drawing: LexborNode) -> str:
        """A drawing as an XML document of its own."""
        own = _OF_A_FILE.sub(self._taken_from_a_file, self._written(drawing))
        borrowed = "".join(self._borrowed(own))
        if borrowed:
            own = f"{own.removesuffix('</svg>')}<defs>{borrowed}</defs></svg>"
        return self._with_variables(own)

    def _taken_from_a_file(self, reference: re.Match[str]) -> str:
        """`href="marks.svg#mole"` as one to a symbol of the page, which it is from now on; others as they are."""
        other, name = self._other(unescape(reference["file"])), unescape(reference["name"])
        if other is None or name not in other._by_id:
            return reference[0]
        for known, node in other._by_id.items():
            self._by_id.setdefault(known, node)
        return f'href="#{escape(name)}"'

    def _other(self, address: str) -> PageDrawings | None:
        if address not in self._others and len(self._others) < MAX_FILES_OF_SYMBOLS:
            data = self._file(address)
            page = parse(decode(data[:MAX_BORROWED_CHARS])) if data else None
            self._others[address] = PageDrawings(page, PictureStyles(page)) if page else None
        return self._others.get(address)

    @cached_property
    def _by_id(self) -> dict[str, LexborNode]:
        found: dict[str, LexborNode] = {}
        for node in self._page.css("svg [id]"):
            found.setdefault(node.attributes.get("id") or "", node)
        return found

    def _borrowed(self, written: str) -> Iterator[str]:
        """What a drawing refers to and does not hold, and what that refers to."""
        have = set(_IDS.findall(written))
        wanted = list(dict.fromkeys(_REFERENCES.findall(written)))
        room = MAX_BORROWED_CHARS
        for _ in range(MAX_BORROWED):
            if not wanted or room < 0:
                return
            name = unescape(wanted.pop())
            if name in have or name not in self._by_id:
                continue
            if name not in self._pieces:
                self._pieces[name] = self._written(self._by_id[name])
            more = self._pieces[name]
            have.update(_IDS.findall(more))
            wanted += _REFERENCES.findall(more)
            room -= len(more)
            yield more

    def _with_variables(self, written: str) -> str:
        if "var(--" not in written or not self.styles.variables:
            return written
        said = ";".join(f"{name}:{value}" for name, value in islice(self.styles.variables.items(), 500))
        return written.replace("</svg>", f"<style>svg{{{_text(said)}}}</style></svg>") if said else written

    def _written(self, root: LexborNode) -> str:
        return _written(root, self.styles)


def _written(drawing: LexborNode, styles: PictureStyles) -> str:
    """An element and all in it as well-formed XML: HTML leaves `<` in styles as it is, and names what XML may not."""
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
            parts.append(_start(node, "" if space == outer else space, styles.of(node)))
            pending.append(f"</{node.tag}>")
            pending += reversed(list(node.iter(include_text=True)))
    return "".join(parts)


def _namespace(node: LexborNode, outer: str) -> str:
    if node.tag == "svg" or not outer:
        return SVG
    return XHTML if node.parent is not None and node.parent.tag == "foreignObject" else outer


def _start(element: LexborNode, namespace: str, styles: dict[str, str]) -> str:
    written = [f"<{element.tag}"]
    if namespace:
        written.append(f' xmlns="{namespace}"')
    attributes = {name: value or "" for name, value in element.attributes.items()}
    given = ";".join(f"{name}:{value}" for name, value in styles.items() if not name.startswith("--"))
    if given:
        attributes["style"] = f"{given};{attributes.get('style', '')}"
    for name, value in attributes.items():
        if name != "xmlns" and _XML_NAME.fullmatch(name):
            written.append(f' {name}="{escape(_NO_XML_CHAR.sub("", value))}"')
    return "".join(written) + ">"


def _text(written: str) -> str:
    return escape(_NO_XML_CHAR.sub("", written), quote=False)
