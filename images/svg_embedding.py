"""Embedding of external pictures into an SVG, so that the stored file looks the same everywhere."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from html import unescape
from io import BytesIO

from images.errors import PictureError
from images.picture import open_picture
from images.sniff import GZIP, sniff_format
from images.svg_clean import MAX_SVG_BYTES, clean_svg, decompress_svg

MAX_EMBEDDED = 100
_MEDIA_SUBTYPES = {"png": "png", "jpeg": "jpeg", "gif": "gif", "webp": "webp"}
_IMAGE = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:image|feImage)\b[^<>]*>", re.IGNORECASE)
_HREF = re.compile(rb"(?<=[\s\"'])((?:[\w.-]{1,40}:)?href\s*=\s*)(\"[^\"]*\"|'[^']*')", re.IGNORECASE)

FindPicture = Callable[[str], bytes | None]
"""From an address to the bytes of its picture, or None."""


def external_pictures(data: bytes) -> list[str]:
    """Return the addresses of the external pictures of an SVG; [] for other formats."""
    if sniff_format(data) != "svg":
        return []
    try:
        svg = decompress_svg(data)
    except PictureError:
        return []
    hrefs = (_HREF.search(tag[0]) for tag in _IMAGE.finditer(svg))
    addresses = [_parse_address(href[2]) for href in hrefs if href]
    return list(
        dict.fromkeys(
            address for address in addresses if not address.startswith("#") and address[:5].lower() != "data:"
        )
    )


def embed_pictures(data: bytes, find: FindPicture) -> bytes:
    """Embed the external pictures that `find` returns into an SVG; other formats are returned unchanged."""
    addresses = external_pictures(data)[:MAX_EMBEDDED]
    remaining_bytes = MAX_SVG_BYTES
    embedded: dict[str, bytes] = {}
    for address in addresses:
        data_url = _to_data_url(find(address)) if remaining_bytes > 0 else b""
        remaining_bytes -= len(data_url)
        if data_url and remaining_bytes > 0:
            embedded[address] = data_url
    if not embedded:
        return data

    def embed(tag: re.Match[bytes]) -> bytes:
        return _HREF.sub(lambda href: _embed_in_href(href, embedded), tag[0], count=1)

    return _IMAGE.sub(embed, decompress_svg(data) if data.startswith(GZIP) else data)


def _embed_in_href(href: re.Match[bytes], embedded: dict[str, bytes]) -> bytes:
    data_url = embedded.get(_parse_address(href[2]))
    return b'%s"%s"' % (href[1], data_url) if data_url else href[0]


def _parse_address(quoted: bytes) -> str:
    return unescape(quoted[1:-1].decode(errors="replace")).strip()


def _to_data_url(picture: bytes | None) -> bytes:
    """Return a picture as a `data:` URL that the renderer supports; b"" for anything else."""
    format = sniff_format(picture) if picture else None
    try:
        if picture is None or format is None:
            return b""
        if format == "svg":
            kind, picture = "svg+xml", clean_svg(picture, nested=True).encode()
        elif format in _MEDIA_SUBTYPES:
            kind = _MEDIA_SUBTYPES[format]
        else:
            kind, picture = "png", _to_png(picture)
    except PictureError:
        return b""
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}".encode()


def _to_png(picture: bytes) -> bytes:
    file = BytesIO()
    open_picture(picture).save(file, "PNG")
    return file.getvalue()
