"""Addresses that fetch a picture from another address: `i0.wp.com/host/a.png`, `/_next/image?url=%2Fa.png`.

There is no list of services. A proxy has the address that it fetches in its path or in a value of its query: as plain
text, percent-encoded, in hexadecimal digits or in Base64.
"""

from __future__ import annotations

import base64
import binascii
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from itertools import islice
from typing import Final
from urllib.parse import parse_qsl, unquote, unquote_to_bytes, urlsplit

from explorer.archive.links.picture_suffixes import PICTURE_PATH
from images import sniff_format

MAX_ADDRESS_CHARS = 4000
MAX_FETCHED = 8
MAX_FIELDS = 40
# A browser may fold the two slashes of an address in a path into one.
_ADDRESS = re.compile(r"(?<![a-z])https?:/{1,2}(?=[^/\s])", re.IGNORECASE)
_HOST = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,24}(?::\d+)?", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"(?:[0-9a-f]{2}){10,}", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9_-]{20,}={0,2}")
# The prefixes of resizing services before the path of a file of their own site.
_RESIZE_SERVICE = re.compile(r"/cdn-cgi/image/[^/]+(?P<path>/.+)|/(?:\.netlify/images|_vercel/image)$")


def fetched_addresses(reference: str) -> Iterator[str]:
    """Yield the addresses that an address seems to fetch: absolute ones, or paths on its own site."""
    if len(reference) > MAX_ADDRESS_CHARS:
        return
    try:
        parts = urlsplit(reference.strip())
    except ValueError:  # brackets that are no IPv6 address
        return
    addresses = (*_addresses_in_query(parts.query), *_addresses_in_path(parts.path))
    yield from islice(dict.fromkeys(address for address in addresses if address != reference), MAX_FETCHED)


def _addresses_in_query(query: str) -> Iterator[str]:
    try:
        fields = parse_qsl(query, max_num_fields=MAX_FIELDS) if query else []
    except ValueError:
        return
    for _, value in fields:
        address = unquote(value) if "%2f" in value.lower() else value
        if _ADDRESS.match(address) or (address.startswith("/") and PICTURE_PATH.search(address)):
            yield address
        elif _HOST.fullmatch(address.partition("/")[0]) and PICTURE_PATH.search(address) and "/" in address:
            yield f"https://{address}"


def _addresses_in_path(path: str) -> Iterator[str]:
    text = unquote(path)
    text = unquote(text) if "%2f" in text.lower() else text
    inner_address = _ADDRESS.search(text)
    if inner_address:
        yield (
            text[inner_address.start() : inner_address.end()].rstrip("/") + "//" + text[inner_address.end() :]
        )
    resize_service = _RESIZE_SERVICE.search(text)
    if resize_service and resize_service["path"]:
        yield resize_service["path"]
    yield from _address_after_host(text)
    yield from _decode_address(path.rstrip("/").rpartition("/")[2].partition(".")[0])


def _address_after_host(path: str) -> Iterator[str]:
    """Yield the address in `/island.example/uploads/a.png`, perhaps behind words of the service."""
    if not PICTURE_PATH.search(path):
        return
    folders = path.strip("/").split("/")
    for position, folder in enumerate(folders[:-1]):
        if _HOST.fullmatch(folder) and not PICTURE_PATH.search(folder):
            yield "https://" + "/".join(folders[position:])
            return


def _decode_address(encoded: str) -> Iterator[str]:
    """Decode an address in hexadecimal digits (Camo) or Base64 (imgproxy)."""
    try:
        if _HEXADECIMAL.fullmatch(encoded):
            decoded = bytes.fromhex(encoded)
        elif _BASE64.fullmatch(encoded):
            decoded = urlsafe_b64decode(encoded.rstrip("=") + "=" * (-len(encoded.rstrip("=")) % 4))
        else:
            return
    except (ValueError, binascii.Error):
        return
    text = decoded.decode("ascii", errors="ignore")
    if _ADDRESS.match(text):
        yield text


MAX_TYPE_CHARS: Final = 200
# The types that programs write for pictures of unknown type.
_UNSPECIFIC_TYPES: Final = frozenset(
    ("", "null", "undefined", "text/plain", "application/octet-stream", "binary/octet-stream", "unknown")
)


def is_data(address: str) -> bool:
    """Return whether an address is a data URI; its scheme may be in capitals."""
    return address[:5].lower() == "data:"


def is_data_picture(address: str) -> bool:
    """Return whether a data URI is a picture: by its type, or by its bytes if the type is unspecific."""
    if not is_data(address):
        return False
    kind = address[5 : 5 + MAX_TYPE_CHARS].partition(",")[0].partition(";")[0].strip().lower()
    return kind.startswith("image/") or (
        kind in _UNSPECIFIC_TYPES and sniff_format(data_in(address)) is not None
    )


def data_in(address: str) -> bytes:
    """Return the bytes in a data URI; empty if they are broken."""
    head, _, body = address.partition(",")
    try:
        data = unquote_to_bytes(body)
        return base64.b64decode(data, validate=False) if head.lower().endswith(";base64") else data
    except (binascii.Error, ValueError):
        return b""
