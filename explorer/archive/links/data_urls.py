"""Addresses that are the picture themselves: `data:image/png;base64,...` (RFC 2397)."""

from __future__ import annotations

import base64
import binascii
from typing import Final
from urllib.parse import unquote_to_bytes

from images import sniff_format

MAX_TYPE_CHARS: Final = 200
# What writers give as the type of a picture whose type they do not know.
_NO_TYPES: Final = frozenset(
    ("", "null", "undefined", "text/plain", "application/octet-stream", "binary/octet-stream", "unknown")
)


def is_data(address: str) -> bool:
    """Whether an address holds its data itself; the scheme may be written in capitals."""
    return address[:5].lower() == "data:"


def is_data_picture(address: str) -> bool:
    """Whether these data are a picture: by their type, or by their bytes where the type says nothing."""
    if not is_data(address):
        return False
    kind = address[5 : 5 + MAX_TYPE_CHARS].partition(",")[0].partition(";")[0].strip().lower()
    return kind.startswith("image/") or (kind in _NO_TYPES and sniff_format(data_in(address)) is not None)


def data_in(address: str) -> bytes:
    """The bytes in such an address; empty when they are broken."""
    head, _, body = address.partition(",")
    try:
        data = unquote_to_bytes(body)
        return base64.b64decode(data, validate=False) if head.lower().endswith(";base64") else data
    except (binascii.Error, ValueError):
        return b""
