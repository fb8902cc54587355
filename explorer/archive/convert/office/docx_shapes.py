"""Shapes of Word, as paragraphs and pictures: groups, text boxes, alternatives, words with readings above them.

mammoth takes of two alternatives the older one, which has no alt texts, and nothing of a text box that has no older
one. Here each picture becomes a drawing of its own, and each text box stands in the form that mammoth reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, SubElement

from explorer.archive.convert.xml_trees import local

_VML = "{urn:schemas-microsoft-com:vml}"
# A shape in a shape in a shape: nobody nests deeper.
MAX_NESTED = 20


def simplify_shapes(root: Element) -> None:
    """Puts simple elements in the places of all alternatives, groups, text boxes and readings below `root`."""
    for _ in range(MAX_NESTED):
        changed = [parent for parent in root.iter() if any(map(_is_shape, parent))]
        if not changed:
            return
        for parent in changed:
            parent[:] = [simple for child in parent for simple in _simplified(child)]


def is_text_box(element: Element) -> bool:
    """Whether an element of a run is a text box."""
    return local(element) == "pict" and any(local(one) == "txbxContent" for one in element.iter())


def is_picture(element: Element) -> bool:
    """Whether an element of a run is a picture."""
    return local(element) in {"drawing", "pict"} and not is_text_box(element) and _shows_picture(element)


def _shows_picture(element: Element) -> bool:
    return any(local(one) in {"pic", "imagedata"} for one in element.iter())


def _is_shape(element: Element) -> bool:
    name = local(element)
    return name in {"AlternateContent", "ruby"} or (name == "drawing" and not _is_simple(element))


def _is_simple(drawing: Element) -> bool:
    """Whether a drawing shows a picture directly, or nothing that is read."""
    return all(_holds_picture(data) or not any(_parts(data)) for data in _graphic_data(drawing))


def _holds_picture(data: Element) -> bool:
    return any(local(child) == "pic" for child in data)


def _graphic_data(drawing: Element) -> Iterator[Element]:
    for place in drawing:
        for graphic in place:
            if local(graphic) == "graphic":
                yield from graphic


def _simplified(element: Element) -> Iterable[Element]:
    if not _is_shape(element):
        return [element]
    name = local(element)
    if name == "AlternateContent":
        return _alternative(element)
    return _base_of(element) if name == "ruby" else _shapes_of(element)


def _alternative(element: Element) -> list[Element]:
    """The newest alternative that has pictures or words, else the one for older programs."""
    choices = [child for child in element if local(child) == "Choice" and any(_parts(child))]
    fallback = [child for child in element if local(child) == "Fallback"]
    return [one for choice in [*choices, *fallback][:1] for one in choice]


def _base_of(ruby: Element) -> list[Element]:
    """The words of a ruby without the reading above them."""
    return [
        one
        for base in ruby
        if local(base) == "rubyBase"
        for run in base
        for one in run
        if local(one) != "rPr"
    ]


def _shapes_of(drawing: Element) -> Iterator[Element]:
    """Every picture of a group as a drawing, and every text box of it."""
    words = drawing.tag.removesuffix("drawing")
    for part in _parts(drawing):
        if local(part) == "pic":
            yield _drawing_of(part, drawing)
        else:
            box = Element(f"{words}pict")
            SubElement(SubElement(box, f"{_VML}shape"), f"{_VML}textbox").append(part)
            yield box


def _parts(element: Element) -> Iterator[Element]:
    """The pictures and text boxes below an element, not those within a text box."""
    waiting = [*reversed(element)]
    while waiting:
        one = waiting.pop()
        if local(one) in {"pic", "txbxContent", "imagedata"}:
            yield one
        else:
            waiting.extend(reversed(one))


def _drawing_of(picture: Element, group: Element) -> Element:
    """A drawing with one picture of a group; its alt text is its own, else the group's."""
    drawing = Element(group.tag)
    [place, *_] = group
    alone = SubElement(drawing, place.tag)
    said = next((one for one in place if local(one) == "docPr"), None)
    own = next((one for one in picture.iter() if local(one) == "cNvPr"), None)
    alt = next((one.get("descr") for one in (own, said) if one is not None and one.get("descr")), "")
    if said is not None:
        SubElement(alone, said.tag, {"descr": alt or ""})
    graphic = next(one for one in place if local(one) == "graphic")
    data = next(iter(graphic))
    SubElement(SubElement(alone, graphic.tag), data.tag).append(picture)
    return drawing
