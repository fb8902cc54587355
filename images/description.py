"""Embedded descriptions of pictures: XMP, IPTC, EXIF and the text chunks of PNG.

XMP part 1 and 2 (ISO 16684), the IPTC Photo Metadata Standard, Exif 2.32. No pixel is decoded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from io import BytesIO
from typing import Any, BinaryIO, cast
from xml.etree.ElementTree import Element

from PIL import Image, IptcImagePlugin
from PIL.TiffImagePlugin import TiffImageFile

from images.errors import PictureError, translate_decoder_errors
from images.limits import DEFAULT_LIMITS, Limits, check_bytes
from images.raster import DECODERS
from images.sniff import HEAD, sniff_format

MAX_XMP_BYTES = 4 * 1024 * 1024
MAX_CHARS = 4000
_TIFF_XMP_TAG = 700
_IMAGE_DESCRIPTION, _DATE, _ARTIST, _EXIF = 0x010E, 0x0132, 0x013B, 0x8769
_DATE_TAKEN = 0x9003
_XP_TITLE, _XP_COMMENT = 0x9C9B, 0x9C9C
# Descriptions that cameras and programs fill in by themselves.
_PLACEHOLDER = re.compile(
    r"\s*(?:OLYMPUS DIGITAL CAMERA|(?:KONICA )?MINOLTA DIGITAL CAMERA|SONY DSC|DCIM\W.*|DSC\w*\d|SAMSUNG.{0,20}|"
    r"DIGITAL CAMERA|default|untitled|screenshot|dav|hdr\w*|mde|sdr|rhdr|cof|\W*)\s*",
    re.IGNORECASE,
)
_DAY = re.compile(r"\s*((?:1[89]|20)\d\d)[-:/.]?(0[1-9]|1[0-2])[-:/.]?(0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True, slots=True)
class Description:
    """What the author of a picture wrote into it; None for a missing value. `taken` is a day in ISO 8601."""

    caption: str | None = None
    alt: str | None = None
    title: str | None = None
    author: str | None = None
    credit: str | None = None
    taken: str | None = None

    def or_else(self, other: Description) -> Description:
        """Return this description, with missing values taken from another one."""
        return Description(
            *(getattr(self, field.name) or getattr(other, field.name) for field in fields(self))
        )


def read_description(stream: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> Description:
    """Read the description of the picture in a seekable file. It is empty for unreadable files; nothing is raised."""
    try:
        with translate_decoder_errors():
            check_bytes(stream.seek(0, 2), limits)
            stream.seek(0)
            format = sniff_format(stream.read(HEAD))
            stream.seek(0)
            if format not in DECODERS:
                return Description()
            # Opening reads only the headers; pixels are decoded when the picture is loaded.
            image = DECODERS[format](cast(BytesIO, stream))
    except PictureError:
        return Description()
    description = Description()
    for read in (_read_xmp, _read_iptc, _read_exif, _read_png_texts):
        try:
            with translate_decoder_errors():
                description = description.or_else(read(image))
        except PictureError:
            continue
    return description


def parse_xmp(data: bytes) -> Description:
    """Parse an XMP packet, embedded in a picture or in a sidecar file. Raises nothing."""
    from defusedxml.ElementTree import fromstring

    packet = data[:MAX_XMP_BYTES].strip(b"\x00 \r\n\t")
    try:
        with translate_decoder_errors():
            root = fromstring(packet)
            return Description(
                caption=_clean_text(_xmp_value(root, "description")),
                alt=_clean_text(_xmp_value(root, "AltTextAccessibility")),
                title=_clean_text(_xmp_value(root, "title") or _xmp_value(root, "Headline")),
                author=_clean_text(_xmp_value(root, "creator")),
                credit=_clean_text(_xmp_value(root, "Credit")),
                taken=_parse_day(_xmp_value(root, "DateCreated") or _xmp_value(root, "DateTimeOriginal")),
            )
    except PictureError:
        return Description()


def _xmp_value(root: Element, name: str) -> str:
    """Return a property of the packet: an element, an attribute, the first language, or all names of creators."""
    for element in root.iter():
        if str(element.tag).endswith("}" + name):
            entries = [entry for entry in element.iter() if str(entry.tag).endswith("}li")]
            texts = ["".join(entry.itertext()).strip() for entry in entries or [element]]
            if name != "creator":
                return next(filter(None, texts), "")
            return ", ".join(filter(None, texts))
        value = next((text for key, text in element.attrib.items() if key.endswith("}" + name)), "")
        if value:
            return value
    return ""


def _read_xmp(image: Image.Image) -> Description:
    packet: Any = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    if packet is None and isinstance(image, TiffImageFile):
        packet = image.tag_v2.get(_TIFF_XMP_TAG)
    if isinstance(packet, str):
        packet = packet.encode()
    return parse_xmp(packet) if isinstance(packet, bytes) else Description()


def _read_iptc(image: Image.Image) -> Description:
    data: Mapping[tuple[int, int], Any] = cast(Any, IptcImagePlugin).getiptcinfo(image) or {}
    is_utf_8 = data.get((1, 90)) == b"\x1b%G"

    def text(number: int) -> str | None:
        value = data.get((2, number))
        values = value if isinstance(value, list) else [value]
        return _clean_text(
            ", ".join(_decode_text(entry, is_utf_8=is_utf_8) for entry in values if isinstance(entry, bytes))
        )

    return Description(
        caption=text(120),
        title=text(105) or text(5),
        author=text(80),
        credit=text(110),
        taken=_parse_day(text(55) or ""),
    )


def _read_exif(image: Image.Image) -> Description:
    data = image.info.get("exif")
    tags: Mapping[int, Any] = image.tag_v2 if isinstance(image, TiffImageFile) else {}
    taken = None
    if isinstance(data, bytes):
        exif = Image.Exif()
        exif.load(data)
        tags = exif
        taken = _parse_day(str(exif.get_ifd(_EXIF).get(_DATE_TAKEN, "")))
    return Description(
        caption=_clean_text(tags.get(_IMAGE_DESCRIPTION)) or _clean_windows_text(tags.get(_XP_COMMENT)),
        title=_clean_windows_text(tags.get(_XP_TITLE)),
        author=_clean_text(tags.get(_ARTIST)),
        taken=taken or _parse_day(str(tags.get(_DATE, ""))),
    )


def _read_png_texts(image: Image.Image) -> Description:
    """Read the text chunks with the keywords of the PNG specification."""
    texts = {
        name: _clean_text(image.info.get(name)) for name in ("Description", "Title", "Author", "Copyright")
    }
    return Description(
        caption=texts["Description"], title=texts["Title"], author=texts["Author"], credit=texts["Copyright"]
    )


def _clean_text(value: object) -> str | None:
    """Return the text as one line, or None for no text or a placeholder of a camera."""
    if isinstance(value, bytes):
        value = _decode_text(value, is_utf_8=False)
    if not isinstance(value, str):
        return None
    # Pillow decodes EXIF texts as Latin-1, but most programs write UTF-8.
    with suppress(UnicodeError):
        value = value.encode("latin-1").decode("utf-8")
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in value[:MAX_CHARS]).split())
    return None if _PLACEHOLDER.fullmatch(line) else line


def _clean_windows_text(value: object) -> str | None:
    """Return the text of a Windows tag: UTF-16, as bytes or as a tuple of their values."""
    data = bytes(value) if isinstance(value, bytes | tuple) else b""
    return _clean_text(data.decode("utf-16-le", errors="ignore"))


def _decode_text(data: bytes, *, is_utf_8: bool) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("utf-8" if is_utf_8 else "cp1252", errors="replace")


def _parse_day(text: str) -> str | None:
    match = _DAY.match(text)
    return f"{match[1]}-{match[2]}-{match[3]}" if match else None
