"""The captions of a Word document, marked: by their style in any language, by their field, in boxes beside pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, SubElement, XMLParser, tostring

from explorer.archive.convert.office.docx_shapes import is_picture, is_text_box, simplify_shapes
from explorer.archive.convert.xml_trees import local
from explorer.archive.html.caption_marks import MAX_CAPTION_CHARS, is_caption_style
from explorer.archive.html.labels import Kind, caption_label, fold, kinds, label_of

# The style that marks every caption; no document has one of this id.
STYLE = "ExplorerCaption"
MAX_BASES = 30  # styles based on styles
MAX_DEPTH = 150
MAX_BOXES = 1000
_SEQUENCE = re.compile(r'\bSEQ\s+"?([^\s"\\]{1,60})')


def caption_styles(styles: bytes) -> frozenset[str]:
    """The ids of the paragraph styles that are for captions, or are based on one that is."""
    root = _root_of(styles)
    if root is None:
        return frozenset()
    named, bases = {}, {}
    for style in root:
        id = _value(style, "styleId")
        said = {local(child): _value(child, "val") for child in style}
        named[id], bases[id] = said.get("name", id), said.get("basedOn", "")
    return frozenset(id for id in named if any(is_caption_style(named[one]) for one in _chain(id, bases)))


def mark_captions(document: bytes, styles: frozenset[str]) -> bytes:
    """The document with each caption in the style `STYLE`, and captions in text boxes right below their pictures.

    Shapes are made simple first. A document that is no XML stays as it is, for mammoth to tell.
    """
    root = _root_of(document)
    if root is None or _is_deep(root):
        return document
    simplify_shapes(root)
    _Captions(styles).mark(root)
    return bytes(tostring(root, "utf-8", xml_declaration=True))


def _root_of(xml: bytes) -> Element | None:
    """The root of XML without declarations, which the caller refused."""
    parser = XMLParser()  # noqa: S314
    try:
        parser.feed(xml)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError):
        return None
    return root


def _is_deep(root: Element) -> bool:
    """Whether elements nest deeper than in any document that a person writes."""
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for one in level for child in one]
        if not level:
            return False
    return True


def _chain(id: str, bases: dict[str, str]) -> Iterator[str]:
    for _ in range(MAX_BASES):
        if id not in bases:
            return
        yield id
        id = bases[id]


def _value(element: Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


class _Captions:
    """Finds the captions of one document by its styles."""

    def __init__(self, styles: frozenset[str]) -> None:
        self._styles = styles
        self._boxes_left = MAX_BOXES

    def mark(self, root: Element) -> None:
        for parent in [one for one in root.iter() if any(local(child) == "p" for child in one)]:
            self._place_boxes(parent)
            self._mark_in(parent)

    def _mark_in(self, parent: Element) -> None:
        """Marks the paragraphs of a body, cell or box; a picture in one gets a paragraph of its own."""
        blocks: list[Element] = []
        for place, block in enumerate(parent):
            if local(block) == "p" and self._is_caption(block) and not _stands_over_table(parent, place):
                pictures = _own_pictures(block)
                if pictures and _text_of(block):
                    blocks.append(_paragraph_of(block, _taken(block, pictures)))
                if not pictures or _text_of(block):
                    _set_style(block)
            blocks.append(block)
        parent[:] = blocks

    def _is_caption(self, paragraph: Element) -> bool:
        return _style_of(paragraph) in self._styles or _counts_figures(paragraph)

    # --- in boxes -------------------------------------------------------------------------------------

    def _place_boxes(self, parent: Element) -> None:
        """Moves captions out of text boxes, each below the picture that floats beside it."""
        blocks = list(parent)
        for place, block in enumerate(blocks):
            boxes = [box for box in _shapes_in(block) if is_text_box(box) and self._is_caption_box(box)]
            if not boxes:
                continue
            beside = blocks[max(0, place - 1) : place] + blocks[place + 1 : place + 2]
            host = next((one for one in (block, *beside) if _own_pictures(one)), None)
            if host is not None and self._boxes_left > 0:
                self._boxes_left -= len(boxes)
                self._place(parent, block, boxes, host)

    def _place(self, parent: Element, block: Element, boxes: list[Element], host: Element) -> None:
        pictures = _own_pictures(host)
        floating = [one for one in pictures if _floats(one)] or pictures
        captions = [_captions_in(box) for box in boxes]
        _taken(block, boxes)
        at = next(place for place, one in enumerate(parent) if one is host)
        if len(floating) == len(captions):
            pairs = [([one], caption) for one, caption in zip(floating, captions, strict=True)]
        else:
            pairs = [(floating, [one for caption in captions for one in caption])]
        for shown, caption in pairs:
            figure = [_paragraph_of(host, _taken(host, shown)), *caption]
            for one in caption:
                _set_style(one)
            parent[at:at] = figure
            at += len(figure)
        for one in {id(one): one for one in (host, block)}.values():
            if not _text_of(one) and not any(_shapes_in(one)):
                parent.remove(one)

    def _is_caption_box(self, box: Element) -> bool:
        if any(local(one) in {"tbl", "pic", "imagedata"} for one in box.iter()):
            return False
        spoken = _captions_in(box)
        text = " ".join(map(_text_of, spoken))
        return (
            bool(spoken)
            and len(text) <= MAX_CAPTION_CHARS
            and (self._is_caption(spoken[0]) or caption_label(text) is not None)
        )


def _captions_in(box: Element) -> list[Element]:
    return [one for one in box.iter() if local(one) == "p" and _text_of(one)]


def _style_of(paragraph: Element) -> str:
    found = (one for part in paragraph if local(part) == "pPr" for one in part if local(one) == "pStyle")
    return next((_value(one, "val") for one in found), "")


def _set_style(paragraph: Element) -> None:
    words = paragraph.tag.removesuffix("p")
    properties = next((one for one in paragraph if local(one) == "pPr"), None)
    if properties is None:
        properties = Element(f"{words}pPr")
        paragraph.insert(0, properties)
    # Nor is it an item of a list or a heading.
    properties[:] = []
    SubElement(properties, f"{words}pStyle", {f"{words}val": STYLE})


def _counts_figures(paragraph: Element) -> bool:
    """Whether a field counts it: `SEQ Figure`, `SEQ Abbildung`; equations and headings are counted too."""
    said = (one for one in _own(paragraph) if local(one) in {"instrText", "fldSimple"})
    written = " ".join(f"{one.text or ''} {_value(one, 'instr')}" for one in said)
    found = _SEQUENCE.search(written)
    if not found:
        return False
    text = _text_of(paragraph)
    return (
        fold(found[1]).rstrip(".") in kinds()
        and label_of(text) is not None
        and len(text) <= MAX_CAPTION_CHARS
    )


def _stands_over_table(parent: Element, place: int) -> bool:
    """Whether a table without pictures follows, and the words are labelled as one or follow no picture."""
    following = parent[place + 1] if place + 1 < len(parent) else None
    if (
        following is None
        or local(following) != "tbl"
        or any(local(one) in {"pic", "imagedata"} for one in following.iter())
    ):
        return False
    label = label_of(_text_of(parent[place]))
    return label.kind is Kind.TABLE if label else place == 0 or not _own_pictures(parent[place - 1])


def _own(block: Element) -> Iterator[Element]:
    """The elements of a paragraph in their order, not those of the boxes in it; of a table none."""
    waiting = [block] if local(block) == "p" else []
    while waiting:
        one = waiting.pop()
        yield one
        if local(one) != "txbxContent":
            waiting.extend(reversed(one))


def _text_of(paragraph: Element) -> str:
    return " ".join("".join(_written(one) for one in _own(paragraph)).split())


def _written(element: Element) -> str:
    name = local(element)
    return (element.text or "") if name == "t" else " " if name in {"tab", "br", "noBreakHyphen"} else ""


def _shapes_in(block: Element) -> list[Element]:
    return [one for one in _own(block) if is_text_box(one) or is_picture(one)]


def _own_pictures(block: Element) -> list[Element]:
    return [one for one in _shapes_in(block) if is_picture(one)]


def _floats(picture: Element) -> bool:
    return local(picture) == "pict" or any(local(place) == "anchor" for place in picture)


def _taken(block: Element, shapes: list[Element]) -> list[Element]:
    """The shapes, which from now on do not stand in the block."""
    wanted = {id(one) for one in shapes}
    for parent in list(_own(block)):
        if any(id(child) in wanted for child in parent):
            parent[:] = [child for child in parent if id(child) not in wanted]
    return shapes


def _paragraph_of(block: Element, pictures: list[Element]) -> Element:
    """A paragraph of nothing but pictures."""
    words = block.tag.removesuffix("p")
    paragraph = Element(block.tag)
    for picture in pictures:
        SubElement(paragraph, f"{words}r").append(picture)
    return paragraph
