"""Addresses that fetch a picture from another address: `i0.wp.com/host/a.png`, `/_next/image?url=%2Fa.png`.

No list of services: a proxy has the address that it fetches in its path or in a value of its query, as it is, with
per cent signs, in hexadecimal digits or in Base64.
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
# A browser folds the two slashes of an address in a path to one.
_ADDRESS = re.compile(r"(?<![a-z])https?:/{1,2}(?=[^/\s])", re.IGNORECASE)
_HOST = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,24}(?::\d+)?", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"(?:[0-9a-f]{2}){10,}", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9_-]{20,}={0,2}")
# What resizing services have before the path of a file of their own site.
_OF_OWN_SITE = re.compile(r"/cdn-cgi/image/[^/]+(?P<path>/.+)|/(?:\.netlify/images|_vercel/image)$")


def fetched_addresses(written: str) -> Iterator[str]:
    """Yield the addresses that the one written seems to fetch: whole ones, or paths of the site that it stands on."""
    if len(written) > MAX_ADDRESS_CHARS:
        return
    try:
        parts = urlsplit(written.strip())
    except ValueError:  # brackets that are no IPv6 address
        return
    found = (*_of_query(parts.query), *_of_path(parts.path))
    yield from islice(dict.fromkeys(one for one in found if one != written), MAX_FETCHED)


def _of_query(query: str) -> Iterator[str]:
    try:
        fields = parse_qsl(query, max_num_fields=MAX_FIELDS) if query else []
    except ValueError:
        return
    for _, value in fields:
        fetched = unquote(value) if "%2f" in value.lower() else value
        if _ADDRESS.match(fetched) or (fetched.startswith("/") and PICTURE_PATH.search(fetched)):
            yield fetched
        elif _HOST.fullmatch(fetched.partition("/")[0]) and PICTURE_PATH.search(fetched) and "/" in fetched:
            yield f"https://{fetched}"


def _of_path(path: str) -> Iterator[str]:
    text = unquote(path)
    text = unquote(text) if "%2f" in text.lower() else text
    inner = _ADDRESS.search(text)
    if inner:
        yield text[inner.start() : inner.end()].rstrip("/") + "//" + text[inner.end() :]
    own = _OF_OWN_SITE.search(text)
    if own and own["path"]:
        yield own["path"]
    yield from _behind_host(text)
    yield from _decoded(path.rstrip("/").rpartition("/")[2].partition(".")[0])


def _behind_host(path: str) -> Iterator[str]:
    """`/island.example/uploads/a.png`, perhaps behind words of the service."""
    if not PICTURE_PATH.search(path):
        return
    folders = path.strip("/").split("/")
    for place, folder in enumerate(folders[:-1]):
        if _HOST.fullmatch(folder) and not PICTURE_PATH.search(folder):
            yield "https://" + "/".join(folders[place:])
            return


def _decoded(written: str) -> Iterator[str]:
    """The address in hexadecimal digits, as Camo has it, or in Base64, as imgproxy has it."""
    try:
        if _HEXADECIMAL.fullmatch(written):
            fetched = bytes.fromhex(written)
        elif _BASE64.fullmatch(written):
            fetched = urlsafe_b64decode(written.rstrip("=") + "=" * (-len(written.rstrip("=")) % 4))
        else:
            return
    except (ValueError, binascii.Error):
        return
    text = fetched.decode("ascii", errors="ignore")
    if _ADDRESS.match(text):
        yield text


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
