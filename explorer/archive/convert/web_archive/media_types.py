"""Detect the media type of a response from its bytes. The declared type counts only if they do not decide."""

from __future__ import annotations

import codecs
import json
import re

from explorer.archive.convert.xml_trees import root_of

PAGE_TYPES = frozenset(("text/html", "application/xhtml+xml"))
HEAD_BYTES = 64 * 1024
"""How many bytes are examined: drawings may begin with kilobytes of DOCTYPE."""

_TYPE_OF_FORMAT = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
    "jpeg2000": "image/jp2",
    "ppm": "image/x-portable-anymap",
    "svg": "image/svg+xml",
}
_BINARY, _JSON, _XML = "application/octet-stream", "application/json", "application/xml"
# Types that a browser never displays as a page, whatever the content.
_NON_PAGE_TYPE = re.compile(
    r"^(?:image|audio|video|font|multipart)/|javascript|ecmascript|json|css|font|wasm|pdf|zip"
)
# https://mimesniff.spec.whatwg.org/#binary-data-byte: text contains none of these bytes.
_BINARY_BYTE = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_PAGE_START = re.compile(
    rb"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<(?:!doctype\s+html|html|head|body)\b", re.DOTALL | re.IGNORECASE
)
_PAGE_TAG = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_PORTABLE_MAP_START = re.compile(rb"P[1-6](?:\s++|#[^\n]*+\n)++\d++\s++(?:#[^\n]*+\n\s*+)*+\d++\s")
_JSON_START = re.compile(rb"\s*+(?:\{\s*+\"|\[\s*+[\[{])")
_NON_PAGE_ROOTS = frozenset(
    ("rss", "RDF", "feed", "urlset", "sitemapindex", "OpenSearchDescription", "browserconfig")
)


def media_type(declared_type: str, head: bytes) -> str:
    """Return the media type of a response, in lower case without parameters.

    `head` is its first HEAD_BYTES bytes. The type declared by the server is returned if the bytes do not decide.
    """
    declared_type = plain_type(declared_type)
    picture = _picture_type(declared_type, head)
    if picture:
        return picture
    if declared_type in PAGE_TYPES:
        return _non_page_type(head) or declared_type
    return (
        "text/html"
        if not _NON_PAGE_TYPE.search(declared_type) and _PAGE_START.match(_as_utf8(head))
        else declared_type
    )


def plain_type(declared_type: str) -> str:
    """Return the media type of a Content-Type header, in lower case without parameters."""
    return declared_type.partition(";")[0].strip().lower()


def is_picture(head: bytes) -> bool:
    """Return whether these are the first bytes of a picture, whatever the declared type."""
    return bool(_picture_type("", head))


def _picture_type(declared_type: str, head: bytes) -> str | None:
    from images.sniff import GZIP, sniff_format  # imported here: loads Pillow

    picture_format = sniff_format(head)
    if picture_format == "svg":
        # Any gzip data looks like a compressed drawing, and a page may begin with the SVG of its icons.
        is_drawing = not head.startswith(GZIP) and not (
            declared_type in PAGE_TYPES and _PAGE_TAG.search(head)
        )
        return _TYPE_OF_FORMAT["svg"] if is_drawing or declared_type.startswith("image/svg") else None
    if (
        picture_format == "ppm"
        and not declared_type.startswith("image/")
        and not _PORTABLE_MAP_START.match(head)
    ):
        return None  # the magic number is two letters, which may begin a text as well
    return _TYPE_OF_FORMAT[picture_format] if picture_format else None


def _non_page_type(head: bytes) -> str | None:
    """Return the type of content that is sent as a page and is none, or None if it is a page."""
    text = _as_utf8(head)
    if _PAGE_TAG.search(text):
        return None
    if not text.strip() or _BINARY_BYTE.search(text):
        return _BINARY
    if _is_json(text):
        return _JSON
    return _XML if root_of(text)[0] in _NON_PAGE_ROOTS else None


def _is_json(text: bytes) -> bool:
    """Return whether the content is JSON, the usual response to a script."""
    if len(text) >= HEAD_BYTES:
        return bool(_JSON_START.match(text))
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


def _as_utf8(head: bytes) -> bytes:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "ignore").encode()
    return head.removeprefix(codecs.BOM_UTF8)
