"""Word documents (.docx), by mammoth: headings, captions and pictures as HTML, properties as front matter."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from typing import Any

from explorer.archive.convert.format_kinds import ConvertedDocument, Format
from explorer.archive.convert.office.docx_captions import STYLE, caption_styles, mark_captions
from explorer.archive.convert.xml_trees import parse_xml, text_of_child
from explorer.archive.convert.zipped import SafeZip
from explorer.archive.model import Read
from explorer.errors import ArchiveError

# mammoth builds a tree of fifty times that; a book of a thousand pages has about 10 MB.
MAX_XML_BYTES = 12 * 1024 * 1024
# It takes a minute for so many tags.
MAX_TAGS = 1_000_000
_RELATIONSHIP = re.compile(r"<(?:\w{1,20}:)?Relationship\s[^<>]*+>")
_PROPERTIES = "docProps/core.xml"
_TEXT = re.compile(r"(?:.*/)?document\d*\.xml$", re.IGNORECASE)
_STYLES = f"""
p.{STYLE} => p.caption:fresh
p[style-name='Title'] => h1.title:fresh
p[style-name='Subtitle'] => p.subtitle:fresh
"""


def _convert(data: bytes, document: str) -> ConvertedDocument:
    import mammoth

    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ArchiveError("is encrypted, or an old .doc. Save it as .docx without a password.")
    zipped = SafeZip(io.BytesIO(data), document)
    for path, reason in zipped.refused.items():
        raise ArchiveError(f"holds {path}, which {reason}. Save it anew in Word.")
    parts: dict[str, Read] = {}
    converted = mammoth.convert_to_html(
        _without_pictures(zipped, parts),
        style_map=_STYLES,
        include_embedded_style_map=False,
        convert_image=mammoth.images.img_element(_shown),
    )
    html = f"<article>{converted.value}</article>"
    return ConvertedDocument(html, _front_matter(zipped), parts, (html, *_links(zipped)))


def _without_pictures(zipped: SafeZip, parts: dict[str, Read]) -> io.BytesIO:
    """The document with the name of a part in place of every picture; the pictures are added to `parts`.

    mammoth opens the zip by itself and trusts what is in it, so it is given XML that may be read, and no more.
    """
    lean = io.BytesIO()
    styles = _caption_styles(zipped)
    room, tags = MAX_XML_BYTES, MAX_TAGS
    with zipfile.ZipFile(lean, "w") as written:
        for path in zipped.paths():
            if path.endswith((".xml", ".rels")):
                xml = zipped.read(path)
                room -= len(xml)
                tags -= xml.count(b"<")
                if min(room, tags) < 0:
                    raise ArchiveError(
                        f"has more than {MAX_XML_BYTES:,} bytes or {MAX_TAGS:,} tags. Split it."
                    )
                _refuse_declarations(xml)
                written.writestr(path, mark_captions(xml, styles) if _TEXT.match(path) else xml)
            elif "/media/" in path:
                name = _name_of_picture(zipped, path)
                parts[name] = partial(zipped.read, path)
                written.writestr(path, name)
    return lean


def _links(zipped: SafeZip) -> Iterator[str]:
    """What the document refers to outside of itself: pictures that are linked rather than carried are named here alone."""
    for path in zipped.paths():
        if path.startswith("word/") and path.endswith(".rels"):
            xml = zipped.read(path).decode("utf-8", errors="replace")
            yield "\n".join(it for it in _RELATIONSHIP.findall(xml) if "External" in it)


def _caption_styles(zipped: SafeZip) -> frozenset[str]:
    styles = next((path for path in zipped.paths() if path.lower().endswith("word/styles.xml")), None)
    xml = zipped.read(styles) if styles else b""
    if len(xml) > MAX_XML_BYTES:
        return frozenset()
    _refuse_declarations(xml)
    return caption_styles(xml)


def _refuse_declarations(xml: bytes) -> None:
    head = xml.replace(b"\x00", b"")  # UTF-16
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise ArchiveError("declares entities, as attacks do. Save it anew in Word.")


def _name_of_picture(zipped: SafeZip, path: str) -> str:
    """Word numbers its pictures anew with every saving, so they are named by what they hold."""
    try:
        key = sha256(zipped.read(path)).hexdigest()[:16]
    except ArchiveError:  # told when the picture is wanted
        key = posixpath.splitext(posixpath.basename(path))[0]
    return f"media/{key}{posixpath.splitext(path)[1].lower()}"


def _shown(picture: Any) -> dict[str, str]:  # noqa: ANN401  mammoth has no types
    try:
        with picture.open() as stream:
            return {"src": stream.read().decode()}
    except Exception:  # noqa: BLE001  a picture that is linked or gone does not spoil the text
        return {"src": "media/missing"}


def _front_matter(zipped: SafeZip) -> dict[str, Any]:
    if _PROPERTIES not in zipped.paths():
        return {}
    properties = parse_xml(zipped.read(_PROPERTIES))
    said = {
        "title": text_of_child(properties, "title"),
        "author": text_of_child(properties, "creator"),
        "date": text_of_child(properties, "created") or text_of_child(properties, "modified"),
        "language": text_of_child(properties, "language"),
    }
    return {name: value for name, value in said.items() if value}


DOCX = Format("Word", "headings, pictures with alt texts, captions in Word's style", (".docx",), _convert)
