"""What a picture says of itself, where programs of photographers write it: XMP, IPTC, EXIF, the texts of a PNG.

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

from images.errors import PictureError, only_picture_errors
from images.limits import DEFAULT_LIMITS, Limits, check_bytes
from images.raster import DECODERS
from images.sniff import HEAD, sniff_format

MAX_XMP_BYTES = 4 * 1024 * 1024
MAX_CHARS = 4000
_XMP_OF_TIFF = 700
_IMAGE_DESCRIPTION, _DATE, _ARTIST, _EXIF = 0x010E, 0x0132, 0x013B, 0x8769
_DATE_TAKEN = 0x9003
_XP_TITLE, _XP_COMMENT = 0x9C9B, 0x9C9C
# What cameras write where nobody wrote anything.
_OF_CAMERAS = re.compile(
    r"\s*(?:OLYMPUS DIGITAL CAMERA|(?:KONICA )?MINOLTA DIGITAL CAMERA|SONY DSC|DCIM\W.*|DSC\w*\d|SAMSUNG.{0,20}|"
    r"DIGITAL CAMERA|default|untitled|screenshot|dav|hdr\w*|mde|sdr|rhdr|cof|\W*)\s*",
    re.IGNORECASE,
)
_DAY = re.compile(r"\s*((?:1[89]|20)\d\d)[-:/.]?(0[1-9]|1[0-2])[-:/.]?(0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True, slots=True)
class Description:
    """Words of whoever made a picture; None where they said nothing. `taken` is an ISO 8601 day."""

    caption: str | None = None
    alt: str | None = None
    title: str | None = None
    author: str | None = None
    credit: str | None = None
    taken: str | None = None

    def or_else(self, other: Description) -> Description:
        """This one, completed by another where it says nothing."""
        return Description(*(getattr(self, it.name) or getattr(other, it.name) for it in fields(self)))


def describe(stream: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> Description:
    """What the picture in an open, seekable file says; nothing where it cannot be read. Raises nothing."""
    try:
        with only_picture_errors():
            check_bytes(stream.seek(0, 2), limits)
            stream.seek(0)
            format = sniff_format(stream.read(HEAD))
            stream.seek(0)
            if format not in DECODERS:
                return Description()
            # Opening reads the headers; a picture is decoded when it is loaded, and it never is.
            image = DECODERS[format](cast(BytesIO, stream))
    except PictureError:
        return Description()
    told = Description()
    for source in (_xmp_of, _iptc_of, _exif_of, _texts_of):
        try:
            with only_picture_errors():
                told = told.or_else(source(image))
        except PictureError:
            continue
    return told


def describe_xmp(data: bytes) -> Description:
    """What an XMP packet says, embedded or in a file beside a picture. Raises nothing."""
    from defusedxml.ElementTree import fromstring

    packet = data[:MAX_XMP_BYTES].strip(b"\x00 \r\n\t")
    try:
        with only_picture_errors():
            root = fromstring(packet)
            return Description(
                caption=_words(_xmp_value(root, "description")),
                alt=_words(_xmp_value(root, "AltTextAccessibility")),
                title=_words(_xmp_value(root, "title") or _xmp_value(root, "Headline")),
                author=_words(_xmp_value(root, "creator")),
                credit=_words(_xmp_value(root, "Credit")),
                taken=_day(_xmp_value(root, "DateCreated") or _xmp_value(root, "DateTimeOriginal")),
            )
    except PictureError:
        return Description()


def _xmp_value(root: Element, name: str) -> str:
    """A property of the packet, written as an element, an attribute, or one of several languages or names."""
    for element in root.iter():
        if str(element.tag).endswith("}" + name):
            entries = [it for it in element.iter() if str(it.tag).endswith("}li")]
            texts = ["".join(it.itertext()).strip() for it in entries or [element]]
            if name != "creator":
                return next(filter(None, texts), "")
            return ", ".join(filter(None, texts))
        written = next((value for key, value in element.attrib.items() if key.endswith("}" + name)), "")
        if written:
            return written
    return ""


def _xmp_of(image: Image.Image) -> Description:
    packet: Any = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    if packet is None and isinstance(image, TiffImageFile):
        packet = image.tag_v2.get(_XMP_OF_TIFF)
    if isinstance(packet, str):
        packet = packet.encode()
    return describe_xmp(packet) if isinstance(packet, bytes) else Description()


def _iptc_of(image: Image.Image) -> Description:
    data: Mapping[tuple[int, int], Any] = cast(Any, IptcImagePlugin).getiptcinfo(image) or {}
    is_utf_8 = data.get((1, 90)) == b"\x1b%G"

    def text(number: int) -> str | None:
        value = data.get((2, number))
        several = value if isinstance(value, list) else [value]
        return _words(", ".join(_decoded(it, is_utf_8=is_utf_8) for it in several if isinstance(it, bytes)))

    return Description(
        caption=text(120),
        title=text(105) or text(5),
        author=text(80),
        credit=text(110),
        taken=_day(text(55) or ""),
    )


def _exif_of(image: Image.Image) -> Description:
    data = image.info.get("exif")
    tags: Mapping[int, Any] = image.tag_v2 if isinstance(image, TiffImageFile) else {}
    taken = None
    if isinstance(data, bytes):
        exif = Image.Exif()
        exif.load(data)
        tags = exif
        taken = _day(str(exif.get_ifd(_EXIF).get(_DATE_TAKEN, "")))
    return Description(
        caption=_words(tags.get(_IMAGE_DESCRIPTION)) or _words_of_windows(tags.get(_XP_COMMENT)),
        title=_words_of_windows(tags.get(_XP_TITLE)),
        author=_words(tags.get(_ARTIST)),
        taken=taken or _day(str(tags.get(_DATE, ""))),
    )


def _texts_of(image: Image.Image) -> Description:
    """The keywords that the PNG specification names."""
    texts = {name: _words(image.info.get(name)) for name in ("Description", "Title", "Author", "Copyright")}
    return Description(
        caption=texts["Description"], title=texts["Title"], author=texts["Author"], credit=texts["Copyright"]
    )


def _words(written: object) -> str | None:
    """One line, unless nobody wrote it."""
    if isinstance(written, bytes):
        written = _decoded(written, is_utf_8=False)
    if not isinstance(written, str):
        return None
    # Pillow hands EXIF texts on as Latin-1, and most programs write UTF-8.
    with suppress(UnicodeError):
        written = written.encode("latin-1").decode("utf-8")
    line = " ".join(
        "".join(letter if letter.isprintable() else " " for letter in written[:MAX_CHARS]).split()
    )
    return None if _OF_CAMERAS.fullmatch(line) else line


def _words_of_windows(written: object) -> str | None:
    """Windows writes UTF-16, as bytes or as the numbers of them."""
    data = bytes(written) if isinstance(written, bytes | tuple) else b""
    return _words(data.decode("utf-16-le", errors="ignore"))


def _decoded(data: bytes, *, is_utf_8: bool) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("utf-8" if is_utf_8 else "cp1252", errors="replace")


def _day(written: str) -> str | None:
    found = _DAY.match(written)
    return f"{found[1]}-{found[2]}-{found[3]}" if found else None
