"""Reading untrusted XML, without entities or network. Malformed documents are repaired."""

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
MAX_RESULTS = 100_000
# Elements in memory at once. A post has a hundred; they are freed once it is read.
MAX_ELEMENTS = 500_000

_BEFORE_ROOT = r"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+"
_ROOT = re.compile(_BEFORE_ROOT + r"<(?P<name>[\w:.-]+)(?P<attributes>[^>]*)", re.DOTALL)
_PROLOGUE = re.compile(_BEFORE_ROOT, re.DOTALL)
# A section without an end reaches to the end of the document: searching from each opening would take hours.
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)(\w{2,12};)?")
_INVALID_XML_CHARACTER = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Result = TypeVar("Result")


def root_of(head: bytes) -> tuple[str, str]:
    """Return the name of the root element, without prefix, and its attributes as written; ("", "") if there is none."""
    is_utf_16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = head.decode("utf-16" if is_utf_16 else "utf-8", errors="ignore").removeprefix("\ufeff")
    match = _ROOT.match(text)
    return (match["name"].rpartition(":")[2], match["attributes"]) if match else ("", "")


def parse_xml(data: bytes) -> Element:
    """Return the root element of a small document.

    Raises:
        ArchiveError: It is not XML, too large, or declares entities.
    """
    root, _ = read_elements(data, frozenset(), lambda _: None)
    return root


def read_elements(
    data: bytes, names: frozenset[str], read: Callable[[Element], Result | None]
) -> tuple[Element, list[Result]]:
    """Return the root and the results of `read` for the elements with these local names, except None.

    These elements are emptied once they are read. A truncated document is read up to its end.

    Raises:
        ArchiveError: Nothing can be read, the document is too large, or it declares entities.
    """
    if len(data) > MAX_XML_BYTES:
        raise ArchiveError(f"has {len(data):,} bytes of XML, more than {MAX_XML_BYTES:,}. Split it.")
    root, results, is_complete = _parse(data, names, read)
    if not is_complete:
        root, results, is_complete = _parse(_repair(data), names, read)
    if root is None or not (is_complete or results):
        raise ArchiveError("is not readable XML. Export it again.")
    return root, results


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element, name: str, namespace: str = "") -> Iterator[Element]:
    """Yield the children with this local name and a namespace that contains `namespace`."""
    for child in element:
        if local_name(child) == name and namespace in str(child.tag).rpartition("}")[0]:
            yield child


def text_of_child(element: Element, name: str, namespace: str = "") -> str:
    """Return the first text that is not empty among the children with this name, else ""."""
    texts = ("".join(child.itertext()).strip() for child in children(element, name, namespace))
    return next(filter(None, texts), "")


def markup_in(element: Element) -> str:
    """Return the content of an element as HTML, without namespaces."""
    from xml.etree.ElementTree import tostring

    for descendant in element.iter():
        descendant.tag = local_name(descendant)
        descendant.attrib = {name.rpartition("}")[2]: value for name, value in descendant.attrib.items()}
    try:
        content = "".join(tostring(child, "unicode", "html") for child in element)
    except RecursionError:  # nested deeper than any page
        return html.escape("".join(element.itertext()))
    return html.escape(element.text or "", quote=False) + content


def _parse(
    data: bytes, names: frozenset[str], read: Callable[[Element], Result | None]
) -> tuple[Element | None, list[Result], bool]:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    root: Element | None = None
    results: list[Result] = []
    element_count = count_before = 0
    try:
        for event, element in iterparse(io.BytesIO(data), ("start", "end")):
            if root is None:
                root = element
            is_named = local_name(element) in names
            if event == "start":
                count_before = element_count if is_named else count_before
                element_count += 1
            elif is_named:
                result = read(element)
                if result is not None:
                    results.append(result)
                element.clear()
                element_count = count_before
            if element_count > MAX_ELEMENTS or len(results) > MAX_RESULTS:
                raise ArchiveError(
                    f"contains more than {MAX_RESULTS:,} entries, or too many XML elements at once. Split it."
                )
    except DefusedXmlException as error:
        raise ArchiveError(
            "declares XML entities, which are not read for safety. Export it again without them."
        ) from error
    except (ParseError, ValueError, LookupError):  # the last two: encodings that expat does not support
        return root, results, False
    return root, results, True


def _repair(data: bytes) -> bytes:
    """Return the document in UTF-8 with stray ampersands, HTML entities and control characters repaired."""
    text = decode(data).removeprefix("\ufeff")
    text = text[_PROLOGUE.match(text).end() :]  # type: ignore[union-attr]
    parts = _CDATA.split(_INVALID_XML_CHARACTER.sub("", text))
    parts[::2] = [_AMPERSAND.sub(_repair_ampersand, part) for part in parts[::2]]
    return "".join(parts).encode(errors="replace")


def _repair_ampersand(match: re.Match[str]) -> str:
    character = html.unescape(match[0])
    return (
        character
        if character != match[0] and "&" not in character and "<" not in character
        else "&amp;" + match[0][1:]
    )
