"""Mark the captions of a Word document: by style in any language, by number field, in text boxes beside pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, SubElement, XMLParser, tostring

from explorer.archive.convert.office.docx_shapes import is_picture, is_text_box, simplify_shapes
from explorer.archive.convert.xml_trees import local_name
from explorer.archive.html.caption_marks import MAX_CAPTION_CHARS, is_caption_style
from explorer.archive.html.labels import Kind, caption_label, fold, kinds, label_of

# The id of the style that marks captions. No document has a style with this id.
CAPTION_STYLE = "ExplorerCaption"
MAX_BASE_STYLES = 30  # in a chain of styles
MAX_DEPTH = 150
MAX_BOXES = 1000
_SEQUENCE = re.compile(r'\bSEQ\s+"?([^\s"\\]{1,60})')


def caption_styles(styles: bytes) -> frozenset[str]:
    """Return the ids of the paragraph styles for captions, and of the styles based on them."""
    root = _parse_root(styles)
    if root is None:
        return frozenset()
    names, bases = {}, {}
    for style in root:
        id = _attribute(style, "styleId")
        values = {local_name(child): _attribute(child, "val") for child in style}
        names[id], bases[id] = values.get("name", id), values.get("basedOn", "")
    return frozenset(
        id for id in names if any(is_caption_style(names[base]) for base in _base_chain(id, bases))
    )


def mark_captions(document: bytes, styles: frozenset[str]) -> bytes:
    """Return the document with captions in the style CAPTION_STYLE, and those in text boxes right below their pictures.

    Shapes are simplified first. A document that is no XML is returned unchanged: mammoth raises the error.
    """
    root = _parse_root(document)
    if root is None or _is_deep(root):
        return document
    simplify_shapes(root)
    _CaptionMarker(styles).mark(root)
    return bytes(tostring(root, "utf-8", xml_declaration=True))


def _parse_root(xml: bytes) -> Element | None:
    """Return the root element, or None if it is no XML. The caller has refused XML with declarations."""
    parser = XMLParser()  # noqa: S314
    try:
        parser.feed(xml)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError):
        return None
    return root


def _is_deep(root: Element) -> bool:
    """Return whether elements are nested deeper than in any document written by a person."""
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return False
    return True


def _base_chain(id: str, bases: dict[str, str]) -> Iterator[str]:
    for _ in range(MAX_BASE_STYLES):
        if id not in bases:
            return
        yield id
        id = bases[id]


def _attribute(element: Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


class _CaptionMarker:
    """Marks the captions of one document."""

    def __init__(self, styles: frozenset[str]) -> None:
        self._styles = styles
        self._boxes_left = MAX_BOXES

    def mark(self, root: Element) -> None:
        for parent in [
            element for element in root.iter() if any(local_name(child) == "p" for child in element)
        ]:
            self._move_boxed_captions(parent)
            self._mark_paragraphs(parent)

    def _mark_paragraphs(self, parent: Element) -> None:
        """Mark the captions in a body, cell or box. A picture in a caption gets a paragraph of its own."""
        blocks: list[Element] = []
        for index, block in enumerate(parent):
            if local_name(block) == "p" and self._is_caption(block) and not _is_table_caption(parent, index):
                pictures = _own_pictures(block)
                if pictures and _text_of(block):
                    blocks.append(_paragraph_of(block, _detach(block, pictures)))
                if not pictures or _text_of(block):
                    _set_style(block)
            blocks.append(block)
        parent[:] = blocks

    def _is_caption(self, paragraph: Element) -> bool:
        return _style_of(paragraph) in self._styles or _has_figure_number_field(paragraph)

    # --- in boxes -------------------------------------------------------------------------------------

    def _move_boxed_captions(self, parent: Element) -> None:
        """Move each caption from its text box to below the floating picture beside it."""
        blocks = list(parent)
        for index, block in enumerate(blocks):
            boxes = [box for box in _shapes_in(block) if is_text_box(box) and self._is_caption_box(box)]
            if not boxes:
                continue
            beside = blocks[max(0, index - 1) : index] + blocks[index + 1 : index + 2]
            host = next((neighbour for neighbour in (block, *beside) if _own_pictures(neighbour)), None)
            if host is not None and self._boxes_left > 0:
                self._boxes_left -= len(boxes)
                self._place_below_pictures(parent, block, boxes, host)

    def _place_below_pictures(
        self, parent: Element, block: Element, boxes: list[Element], host: Element
    ) -> None:
        pictures = _own_pictures(host)
        floating = [picture for picture in pictures if _floats(picture)] or pictures
        captions = [_captions_in(box) for box in boxes]
        _detach(block, boxes)
        position = next(index for index, child in enumerate(parent) if child is host)
        if len(floating) == len(captions):
            pairs = [([picture], caption) for picture, caption in zip(floating, captions, strict=True)]
        else:
            pairs = [(floating, [paragraph for caption in captions for paragraph in caption])]
        for figure_pictures, caption in pairs:
            figure = [_paragraph_of(host, _detach(host, figure_pictures)), *caption]
            for paragraph in caption:
                _set_style(paragraph)
            parent[position:position] = figure
            position += len(figure)
        for changed in {id(element): element for element in (host, block)}.values():
            if not _text_of(changed) and not any(_shapes_in(changed)):
                parent.remove(changed)

    def _is_caption_box(self, box: Element) -> bool:
        if any(local_name(element) in {"tbl", "pic", "imagedata"} for element in box.iter()):
            return False
        paragraphs = _captions_in(box)
        text = " ".join(map(_text_of, paragraphs))
        return (
            bool(paragraphs)
            and len(text) <= MAX_CAPTION_CHARS
            and (self._is_caption(paragraphs[0]) or caption_label(text) is not None)
        )


def _captions_in(box: Element) -> list[Element]:
    return [element for element in box.iter() if local_name(element) == "p" and _text_of(element)]


def _style_of(paragraph: Element) -> str:
    styles = (
        child
        for properties in paragraph
        if local_name(properties) == "pPr"
        for child in properties
        if local_name(child) == "pStyle"
    )
    return next((_attribute(style, "val") for style in styles), "")


def _set_style(paragraph: Element) -> None:
    namespace = paragraph.tag.removesuffix("p")
    properties = next((child for child in paragraph if local_name(child) == "pPr"), None)
    if properties is None:
        properties = Element(f"{namespace}pPr")
        paragraph.insert(0, properties)
    # Clears the numbering of a list and the level of a heading as well.
    properties[:] = []
    SubElement(properties, f"{namespace}pStyle", {f"{namespace}val": CAPTION_STYLE})


def _has_figure_number_field(paragraph: Element) -> bool:
    """Return whether a field numbers the paragraph as a figure: `SEQ Figure` or `SEQ Abbildung`, not `SEQ Equation`."""
    fields = (
        element for element in _own_elements(paragraph) if local_name(element) in {"instrText", "fldSimple"}
    )
    instructions = " ".join(f"{field.text or ''} {_attribute(field, 'instr')}" for field in fields)
    match = _SEQUENCE.search(instructions)
    if not match:
        return False
    text = _text_of(paragraph)
    return (
        fold(match[1]).rstrip(".") in kinds()
        and label_of(text) is not None
        and len(text) <= MAX_CAPTION_CHARS
    )


def _is_table_caption(parent: Element, index: int) -> bool:
    """Return whether a table without pictures follows, and the text has the label of a table or follows no picture."""
    following = parent[index + 1] if index + 1 < len(parent) else None
    if (
        following is None
        or local_name(following) != "tbl"
        or any(local_name(element) in {"pic", "imagedata"} for element in following.iter())
    ):
        return False
    label = label_of(_text_of(parent[index]))
    return label.kind is Kind.TABLE if label else index == 0 or not _own_pictures(parent[index - 1])


def _own_elements(block: Element) -> Iterator[Element]:
    """Yield the elements of a paragraph in order, without those in text boxes. A table yields none."""
    stack = [block] if local_name(block) == "p" else []
    while stack:
        element = stack.pop()
        yield element
        if local_name(element) != "txbxContent":
            stack.extend(reversed(element))


def _text_of(paragraph: Element) -> str:
    return " ".join("".join(_text_content(element) for element in _own_elements(paragraph)).split())


def _text_content(element: Element) -> str:
    name = local_name(element)
    return (element.text or "") if name == "t" else " " if name in {"tab", "br", "noBreakHyphen"} else ""


def _shapes_in(block: Element) -> list[Element]:
    return [element for element in _own_elements(block) if is_text_box(element) or is_picture(element)]


def _own_pictures(block: Element) -> list[Element]:
    return [shape for shape in _shapes_in(block) if is_picture(shape)]


def _floats(picture: Element) -> bool:
    return local_name(picture) == "pict" or any(local_name(child) == "anchor" for child in picture)


def _detach(block: Element, shapes: list[Element]) -> list[Element]:
    """Remove the shapes from the block, and return them."""
    shape_ids = {id(shape) for shape in shapes}
    for parent in list(_own_elements(block)):
        if any(id(child) in shape_ids for child in parent):
            parent[:] = [child for child in parent if id(child) not in shape_ids]
    return shapes


def _paragraph_of(block: Element, pictures: list[Element]) -> Element:
    """Return a new paragraph with nothing but the pictures."""
    namespace = block.tag.removesuffix("p")
    paragraph = Element(block.tag)
    for picture in pictures:
        SubElement(paragraph, f"{namespace}r").append(picture)
    return paragraph
