"""What an answer of the web is by its bytes: what its server says of it decides only where they do not."""

from __future__ import annotations

import codecs
import json
import re

from explorer.archive.convert.xml_trees import root_of

PAGE_TYPES = frozenset(("text/html", "application/xhtml+xml"))
HEAD_BYTES = 64 * 1024
"""How much of an answer tells what it is: drawings begin with kilobytes of DOCTYPE."""

_OF_FORMATS = {
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
_BINARY, _DATA, _XML = "application/octet-stream", "application/json", "application/xml"
# What a browser never shows as a page, whatever is in it.
_NEVER_A_PAGE = re.compile(
    r"^(?:image|audio|video|font|multipart)/|javascript|ecmascript|json|css|font|wasm|pdf|zip"
)
# By https://mimesniff.spec.whatwg.org/#binary-data-byte: a text has none of these.
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_OF_A_PAGE = re.compile(
    rb"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<(?:!doctype\s+html|html|head|body)\b", re.DOTALL | re.IGNORECASE
)
_HAS_A_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_OF_A_PORTABLE_MAP = re.compile(rb"P[1-6](?:\s++|#[^\n]*+\n)++\d++\s++(?:#[^\n]*+\n\s*+)*+\d++\s")
_OF_LONG_DATA = re.compile(rb"\s*+(?:\{\s*+\"|\[\s*+[\[{])")
_LISTS = frozenset(("rss", "RDF", "feed", "urlset", "sitemapindex", "OpenSearchDescription", "browserconfig"))


def media_type(said: str, head: bytes) -> str:
    """Return the media type of what begins with `head` (HEAD_BYTES of it), and of which its server said `said`.

    Lower case, without parameters; what is said stays where the bytes do not tell better.
    """
    said = plain_type(said)
    picture = _picture_type(said, head)
    if picture:
        return picture
    if said in PAGE_TYPES:
        return _other_than_a_page(head) or said
    return "text/html" if not _NEVER_A_PAGE.search(said) and _OF_A_PAGE.match(_text(head)) else said


def plain_type(said: str) -> str:
    """Return the media type that a header says, lower case, without parameters."""
    return said.partition(";")[0].strip().lower()


def is_picture(head: bytes) -> bool:
    """Return whether these are the first bytes of a picture, whatever anybody says."""
    return bool(_picture_type("", head))


def _picture_type(said: str, head: bytes) -> str | None:
    from images.sniff import GZIP, sniff_format  # here: brings Pillow

    found = sniff_format(head)
    if found == "svg":
        # Much is packed by gzip, and a page may begin with the drawing of its icons.
        is_drawing = not head.startswith(GZIP) and not (said in PAGE_TYPES and _HAS_A_PAGE.search(head))
        return _OF_FORMATS["svg"] if is_drawing or said.startswith("image/svg") else None
    if found == "ppm" and not said.startswith("image/") and not _OF_A_PORTABLE_MAP.match(head):
        return None  # two letters, with which words begin as well
    return _OF_FORMATS[found] if found else None


def _other_than_a_page(head: bytes) -> str | None:
    """What is sent as a page and is none."""
    text = _text(head)
    if _HAS_A_PAGE.search(text):
        return None
    if not text.strip() or _NO_TEXT.search(text):
        return _BINARY
    if _is_data(text):
        return _DATA
    return _XML if root_of(text)[0] in _LISTS else None


def _is_data(text: bytes) -> bool:
    """Whether it is what a server answers to a script: JSON."""
    if len(text) >= HEAD_BYTES:
        return bool(_OF_LONG_DATA.match(text))
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


def _text(head: bytes) -> bytes:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "ignore").encode()
    return head.removeprefix(codecs.BOM_UTF8)
