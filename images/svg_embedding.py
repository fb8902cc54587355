"""The pictures that a drawing shows and does not hold, put into it: what is kept shows the same wherever it lies."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from html import unescape
from io import BytesIO

from images.errors import PictureError
from images.picture import open_picture
from images.sniff import GZIP, sniff_format
from images.svg_clean import MAX_SVG_BYTES, clean_svg, unpacked

MAX_EMBEDDED = 100
_IN_ADDRESSES = {"png": "png", "jpeg": "jpeg", "gif": "gif", "webp": "webp"}
_IMAGE = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:image|feImage)\b[^<>]*>", re.IGNORECASE)
_HREF = re.compile(rb"(?<=[\s\"'])((?:[\w.-]{1,40}:)?href\s*=\s*)(\"[^\"]*\"|'[^']*')", re.IGNORECASE)

Find = Callable[[str], bytes | None]
"""The bytes of the picture that an address means; None where there is none."""


def pictures_outside(data: bytes) -> list[str]:
    """The addresses of the pictures that an SVG shows and does not hold; none of what is no SVG."""
    if sniff_format(data) != "svg":
        return []
    try:
        svg = unpacked(data)
    except PictureError:
        return []
    hrefs = (_HREF.search(tag[0]) for tag in _IMAGE.finditer(svg))
    found = [_address(href[2]) for href in hrefs if href]
    return list(dict.fromkeys(it for it in found if not it.startswith("#") and it[:5].lower() != "data:"))


def with_pictures(data: bytes, find: Find) -> bytes:
    """An SVG that holds the pictures it shows, as far as `find` has them; any other data as it is."""
    wanted = pictures_outside(data)[:MAX_EMBEDDED]
    room = MAX_SVG_BYTES
    known: dict[str, bytes] = {}
    for address in wanted:
        written = _as_address(find(address)) if room > 0 else b""
        room -= len(written)
        if written and room > 0:
            known[address] = written
    if not known:
        return data

    def embed(tag: re.Match[bytes]) -> bytes:
        return _HREF.sub(lambda href: _embedded(href, known), tag[0], count=1)

    return _IMAGE.sub(embed, unpacked(data) if data.startswith(GZIP) else data)


def _embedded(href: re.Match[bytes], known: dict[str, bytes]) -> bytes:
    written = known.get(_address(href[2]))
    return b'%s"%s"' % (href[1], written) if written else href[0]


def _address(quoted: bytes) -> str:
    return unescape(quoted[1:-1].decode(errors="replace")).strip()


def _as_address(picture: bytes | None) -> bytes:
    """A picture as a data: address that the renderer knows; empty for what is no picture."""
    format = sniff_format(picture) if picture else None
    try:
        if picture is None or format is None:
            return b""
        if format == "svg":
            kind, picture = "svg+xml", clean_svg(picture, nested=True).encode()
        elif format in _IN_ADDRESSES:
            kind = _IN_ADDRESSES[format]
        else:
            kind, picture = "png", _as_png(picture)
    except PictureError:
        return b""
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}".encode()


def _as_png(picture: bytes) -> bytes:
    held = BytesIO()
    open_picture(picture).save(held, "PNG")
    return held.getvalue()
