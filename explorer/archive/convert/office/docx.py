"""Convert Word documents (.docx) with mammoth: headings, captions and pictures to HTML, properties to front matter."""

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
from explorer.archive.convert.office.docx_captions import CAPTION_STYLE, caption_styles, mark_captions
from explorer.archive.convert.xml_trees import parse_xml, text_of_child
from explorer.archive.convert.zipped import SafeZip
from explorer.archive.model import Read
from explorer.errors import ArchiveError

# mammoth's tree needs fifty times as much memory. A book of a thousand pages has about 10 MB.
MAX_XML_BYTES = 12 * 1024 * 1024
# mammoth takes a minute for a document of this many tags.
MAX_TAGS = 1_000_000
_RELATIONSHIP = re.compile(r"<(?:\w{1,20}:)?Relationship\s[^<>]*+>")
_CORE_PROPERTIES = "docProps/core.xml"
_DOCUMENT_XML = re.compile(r"(?:.*/)?document\d*\.xml$", re.IGNORECASE)
_STYLE_MAP = f"""
p.{CAPTION_STYLE} => p.caption:fresh
p[style-name='Title'] => h1.title:fresh
p[style-name='Subtitle'] => p.subtitle:fresh
"""


def _convert(data: bytes, document: str) -> ConvertedDocument:
    import mammoth

    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ArchiveError("is encrypted, or an old .doc. Save it as .docx without a password.")
    zipped = SafeZip(io.BytesIO(data), document)
    for path, reason in zipped.refused.items():
        raise ArchiveError(f"contains {path}, which {reason}. Save it again in Word.")
    parts: dict[str, Read] = {}
    converted = mammoth.convert_to_html(
        _strip_pictures(zipped, parts),
        style_map=_STYLE_MAP,
        include_embedded_style_map=False,
        convert_image=mammoth.images.img_element(_picture_source),
    )
    html = f"<article>{converted.value}</article>"
    return ConvertedDocument(html, _front_matter(zipped), parts, (html, *_external_links(zipped)))


def _strip_pictures(zipped: SafeZip, parts: dict[str, Read]) -> io.BytesIO:
    """Return the document with each picture replaced by the name of its part. The pictures are added to `parts`.

    mammoth opens the zip itself and trusts its content, so it gets nothing but checked XML.
    """
    stripped = io.BytesIO()
    caption_style_ids = _caption_styles(zipped)
    bytes_left, tags_left = MAX_XML_BYTES, MAX_TAGS
    with zipfile.ZipFile(stripped, "w") as target:
        for path in zipped.paths():
            if path.endswith((".xml", ".rels")):
                xml = zipped.read(path)
                bytes_left -= len(xml)
                tags_left -= xml.count(b"<")
                if min(bytes_left, tags_left) < 0:
                    raise ArchiveError(
                        f"has more than {MAX_XML_BYTES:,} bytes or {MAX_TAGS:,} tags. Split it."
                    )
                _refuse_declarations(xml)
                target.writestr(
                    path, mark_captions(xml, caption_style_ids) if _DOCUMENT_XML.match(path) else xml
                )
            elif "/media/" in path:
                name = _picture_name(zipped, path)
                parts[name] = partial(zipped.read, path)
                target.writestr(path, name)
    return stripped


def _external_links(zipped: SafeZip) -> Iterator[str]:
    """Yield the external relationships of the document. Only they name pictures that are linked, not embedded."""
    for path in zipped.paths():
        if path.startswith("word/") and path.endswith(".rels"):
            xml = zipped.read(path).decode("utf-8", errors="replace")
            yield "\n".join(
                relationship for relationship in _RELATIONSHIP.findall(xml) if "External" in relationship
            )


def _caption_styles(zipped: SafeZip) -> frozenset[str]:
    styles_path = next((path for path in zipped.paths() if path.lower().endswith("word/styles.xml")), None)
    xml = zipped.read(styles_path) if styles_path else b""
    if len(xml) > MAX_XML_BYTES:
        return frozenset()
    _refuse_declarations(xml)
    return caption_styles(xml)


def _refuse_declarations(xml: bytes) -> None:
    markup = xml.replace(b"\x00", b"")  # drops the zero bytes of UTF-16
    if b"<!DOCTYPE" in markup or b"<!ENTITY" in markup:
        raise ArchiveError("declares XML entities, which are not read for safety. Save it again in Word.")


def _picture_name(zipped: SafeZip, path: str) -> str:
    """Return a part name by content: Word renumbers its pictures each time it saves."""
    try:
        key = sha256(zipped.read(path)).hexdigest()[:16]
    except ArchiveError:  # raised again when the picture is read
        key = posixpath.splitext(posixpath.basename(path))[0]
    return f"media/{key}{posixpath.splitext(path)[1].lower()}"


def _picture_source(picture: Any) -> dict[str, str]:  # noqa: ANN401  mammoth has no types
    try:
        with picture.open() as stream:
            return {"src": stream.read().decode()}
    except Exception:  # noqa: BLE001  a linked or missing picture does not spoil the text
        return {"src": "media/missing"}


def _front_matter(zipped: SafeZip) -> dict[str, Any]:
    if _CORE_PROPERTIES not in zipped.paths():
        return {}
    properties = parse_xml(zipped.read(_CORE_PROPERTIES))
    metadata = {
        "title": text_of_child(properties, "title"),
        "author": text_of_child(properties, "creator"),
        "date": text_of_child(properties, "created") or text_of_child(properties, "modified"),
        "language": text_of_child(properties, "language"),
    }
    return {name: value for name, value in metadata.items() if value}


DOCX = Format("Word", "headings, pictures with alt texts, captions in Word's style", (".docx",), _convert)
