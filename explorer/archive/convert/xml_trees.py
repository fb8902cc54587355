"""XML of strangers: told by its root, read without entities or network, mended where programs wrote it badly."""

from __future__ import annotations

import codecs
import html
import io
import re
from collections.abc import Callable, Iterator
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError

from explorer.archive.convert.decoding import decode
from explorer.errors import ArchiveError

MAX_XML_BYTES = 128 * 1024 * 1024
MAX_FOUND = 100_000
# Elements that stand in memory at once; a post has a hundred, and costs nothing once it is read.
MAX_ELEMENTS = 500_000

_BEFORE_ROOT = r"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+"
_ROOT = re.compile(_BEFORE_ROOT + r"<(?P<name>[\w:.-]+)(?P<attributes>[^>]*)", re.DOTALL)
_PROLOGUE = re.compile(_BEFORE_ROOT, re.DOTALL)
# One that never ends is taken to the end of the document: looking again from each would cost hours.
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)(\w{2,12};)?")
_NO_XML_CHAR = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Found = TypeVar("Found")


def root_of(head: bytes) -> tuple[str, str]:
    """The name of the root element, without prefix, and its attributes as written; empty where there is none."""
    is_utf_16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = head.decode("utf-16" if is_utf_16 else "utf-8", errors="ignore").removeprefix("\ufeff")
    found = _ROOT.match(text)
    return (found["name"].rpartition(":")[2], found["attributes"]) if found else ("", "")


def tree_of(data: bytes) -> Element:
    """A small document as a tree; ArchiveError when it is no XML, or wants more than its own text."""
    root, _ = read_elements(data, frozenset(), lambda _: None)
    return root


def read_elements(
    data: bytes, names: frozenset[str], read: Callable[[Element], Found | None]
) -> tuple[Element, list[Found]]:
    """What `read` makes of each element of these local names, and the root, from which those are gone.

    A document that breaks off is read up to there. ArchiveError when nothing can be read.
    """
    if len(data) > MAX_XML_BYTES:
        raise ArchiveError(f"has {len(data):,} bytes of XML, more than {MAX_XML_BYTES:,}. Split it.")
    root, found, is_whole = _parsed(data, names, read)
    if not is_whole:
        root, found, is_whole = _parsed(_mended(data), names, read)
    if root is None or not (is_whole or found):
        raise ArchiveError("is no XML that can be read. Export it again.")
    return root, found


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element, name: str, namespace: str = "") -> Iterator[Element]:
    """The children of that local name, of a namespace that contains `namespace`."""
    for child in element:
        if local(child) == name and namespace in str(child.tag).rpartition("}")[0]:
            yield child


def text_of_child(element: Element, name: str, namespace: str = "") -> str:
    """The text of the first such child that says something."""
    texts = ("".join(child.itertext()).strip() for child in children(element, name, namespace))
    return next(filter(None, texts), "")


def markup_in(element: Element) -> str:
    """What stands in an element as HTML, whatever its namespaces."""
    from xml.etree.ElementTree import tostring

    for inner in element.iter():
        inner.tag = local(inner)
        inner.attrib = {name.rpartition("}")[2]: value for name, value in inner.attrib.items()}
    try:
        inside = "".join(tostring(child, "unicode", "html") for child in element)
    except RecursionError:  # nested deeper than any page
        return html.escape("".join(element.itertext()))
    return html.escape(element.text or "", quote=False) + inside


def _parsed(
    data: bytes, names: frozenset[str], read: Callable[[Element], Found | None]
) -> tuple[Element | None, list[Found], bool]:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    root: Element | None = None
    found: list[Found] = []
    standing = before = 0
    try:
        for event, element in iterparse(io.BytesIO(data), ("start", "end")):
            if root is None:
                root = element
            is_named = local(element) in names
            if event == "start":
                before = standing if is_named else before
                standing += 1
            elif is_named:
                one = read(element)
                if one is not None:
                    found.append(one)
                element.clear()
                standing = before
            if standing > MAX_ELEMENTS or len(found) > MAX_FOUND:
                raise ArchiveError(
                    f"holds more than {MAX_FOUND:,} entries, or other XML without end. Split it."
                )
    except DefusedXmlException as error:
        raise ArchiveError("declares entities, as attacks do. Export it again without them.") from error
    except (ParseError, ValueError, LookupError):  # the latter two for encodings that expat does not know
        return root, found, False
    return root, found, True


def _mended(data: bytes) -> bytes:
    """The document in UTF-8 with stray ampersands, HTML entities and control characters made XML."""
    text = decode(data).removeprefix("\ufeff")
    text = text[_PROLOGUE.match(text).end() :]  # type: ignore[union-attr]
    parts = _CDATA.split(_NO_XML_CHAR.sub("", text))
    parts[::2] = [_AMPERSAND.sub(_mended_ampersand, part) for part in parts[::2]]
    return "".join(parts).encode(errors="replace")


def _mended_ampersand(found: re.Match[str]) -> str:
    letter = html.unescape(found[0])
    return (
        letter if letter != found[0] and "&" not in letter and "<" not in letter else "&amp;" + found[0][1:]
    )
