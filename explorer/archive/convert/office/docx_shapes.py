"""Simplify the shapes of Word documents: groups, text boxes, alternative content, ruby text.

Of two alternatives mammoth reads the older one, which has no alt texts, and it skips text boxes without an older
alternative. Here each picture becomes a drawing of its own, and each text box gets the form that mammoth reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, SubElement

from explorer.archive.convert.xml_trees import local_name

_VML = "{urn:schemas-microsoft-com:vml}"
# levels of shapes in shapes
MAX_NESTED_SHAPES = 20


def simplify_shapes(root: Element) -> None:
    """Replace all alternatives, groups, text boxes and ruby texts below `root` by simple elements."""
    for _ in range(MAX_NESTED_SHAPES):
        changed = [parent for parent in root.iter() if any(map(_is_shape, parent))]
        if not changed:
            return
        for parent in changed:
            parent[:] = [simple for child in parent for simple in _simplify(child)]


def is_text_box(element: Element) -> bool:
    """Return whether an element of a run is a text box."""
    return local_name(element) == "pict" and any(
        local_name(inner) == "txbxContent" for inner in element.iter()
    )


def is_picture(element: Element) -> bool:
    """Return whether an element of a run is a picture."""
    return local_name(element) in {"drawing", "pict"} and not is_text_box(element) and _shows_picture(element)


def _shows_picture(element: Element) -> bool:
    return any(local_name(inner) in {"pic", "imagedata"} for inner in element.iter())


def _is_shape(element: Element) -> bool:
    name = local_name(element)
    return name in {"AlternateContent", "ruby"} or (name == "drawing" and not _is_simple(element))


def _is_simple(drawing: Element) -> bool:
    """Return whether a drawing contains a picture directly, or no picture or text box at all."""
    return all(_has_picture(data) or not any(_shape_parts(data)) for data in _graphic_data(drawing))


def _has_picture(data: Element) -> bool:
    return any(local_name(child) == "pic" for child in data)


def _graphic_data(drawing: Element) -> Iterator[Element]:
    for container in drawing:
        for graphic in container:
            if local_name(graphic) == "graphic":
                yield from graphic


def _simplify(element: Element) -> Iterable[Element]:
    if not _is_shape(element):
        return [element]
    name = local_name(element)
    if name == "AlternateContent":
        return _choose_alternative(element)
    return _ruby_base(element) if name == "ruby" else _flatten_group(element)


def _choose_alternative(element: Element) -> list[Element]:
    """Return the content of the first choice with pictures or text boxes, else of the fallback for older programs."""
    choices = [child for child in element if local_name(child) == "Choice" and any(_shape_parts(child))]
    fallback = [child for child in element if local_name(child) == "Fallback"]
    return [child for choice in [*choices, *fallback][:1] for child in choice]


def _ruby_base(ruby: Element) -> list[Element]:
    """Return the base text of a ruby element, without the annotation above it."""
    return [
        child
        for base in ruby
        if local_name(base) == "rubyBase"
        for run in base
        for child in run
        if local_name(child) != "rPr"
    ]


def _flatten_group(drawing: Element) -> Iterator[Element]:
    """Yield a drawing for each picture of a group, and a VML shape for each text box."""
    namespace = drawing.tag.removesuffix("drawing")
    for part in _shape_parts(drawing):
        if local_name(part) == "pic":
            yield _build_drawing(part, drawing)
        else:
            box = Element(f"{namespace}pict")
            SubElement(SubElement(box, f"{_VML}shape"), f"{_VML}textbox").append(part)
            yield box


def _shape_parts(element: Element) -> Iterator[Element]:
    """Yield the pictures and text boxes below an element, without those inside a text box."""
    stack = [*reversed(element)]
    while stack:
        inner = stack.pop()
        if local_name(inner) in {"pic", "txbxContent", "imagedata"}:
            yield inner
        else:
            stack.extend(reversed(inner))


def _build_drawing(picture: Element, group: Element) -> Element:
    """Return a drawing with one picture of a group. Its alt text is its own, else that of the group."""
    drawing = Element(group.tag)
    [container, *_] = group
    new_container = SubElement(drawing, container.tag)
    group_properties = next((child for child in container if local_name(child) == "docPr"), None)
    picture_properties = next((inner for inner in picture.iter() if local_name(inner) == "cNvPr"), None)
    alt = next(
        (
            properties.get("descr")
            for properties in (picture_properties, group_properties)
            if properties is not None and properties.get("descr")
        ),
        "",
    )
    if group_properties is not None:
        SubElement(new_container, group_properties.tag, {"descr": alt or ""})
    graphic = next(child for child in container if local_name(child) == "graphic")
    data = next(iter(graphic))
    SubElement(SubElement(new_container, graphic.tag), data.tag).append(picture)
    return drawing
