"""Where a copy of the web keeps what it got from an address: `host/path`, as wget names its files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

PICTURE_TYPES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/svg+xml": ".svg",
    "image/avif": ".avif",
    "image/bmp": ".bmp",
    "image/tiff": ".tif",
    "image/apng": ".apng",
    "image/jp2": ".jp2",
    "image/jpx": ".jpx",
    "image/x-portable-pixmap": ".ppm",
    "image/x-portable-graymap": ".pgm",
    "image/x-portable-bitmap": ".pbm",
    "image/x-portable-anymap": ".pnm",
    "image/pjpeg": ".jpg",
    "image/x-png": ".png",
    "image/x-ms-bmp": ".bmp",
}
"""The suffix that a picture of a type is given, where its address has none."""

MAX_ADDRESS_CHARS = 2000
MAX_PART_CHARS = 120
# Characters that mean something else in addresses and archives, or nothing at all.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\:*?\"<>|#%\ud800-\udfff]")


def site_path(address: str) -> str:
    """`https://x.org/a/b?n=3` -> `x.org/a/b@n=3`; ValueError when it is no address."""
    parts = urlsplit(address)
    host = _safe((parts.hostname or "") + (f"+{parts.port}" if parts.port else ""))
    if not host or len(address) > MAX_ADDRESS_CHARS:
        return f"{host or 'no-host'}/{_hash(address)}"
    folders = [part for part in unquote(parts.path).split("/") if part not in {"", ".", ".."}]
    if not folders or parts.path.endswith("/"):
        folders.append("index.html")
    if parts.query:
        folders[-1] += "@" + unquote(parts.query).replace("/", "%2F")
    return "/".join([host, *map(_short, map(_safe, folders))])


def absolute(written: str, page: str) -> str:
    """The address, without its fragment, that is meant by what is written on a page; "" where it is none."""
    try:
        return urldefrag(urljoin(page, written.strip())).url
    except ValueError:  # brackets that are no IPv6 address, a port that is none
        return ""


def kept_at(written: str, page: str) -> Iterator[str]:
    """The paths at which a copy may keep the picture that `written` means on the page of that address."""
    try:
        path = site_path(urljoin(page, written))
    except ValueError:  # brackets that are no IPv6 address, a port that is none
        return
    yield path
    for suffix in dict.fromkeys(PICTURE_TYPES.values()):
        yield path + suffix


def _safe(part: str) -> str:
    return _UNSAFE.sub(lambda found: quote(found[0], errors="replace"), part)


def _short(part: str) -> str:
    return part if len(part) <= MAX_PART_CHARS else f"{part[:80]}~{_hash(part)}{part[-20:]}"


def _hash(text: str) -> str:
    return sha256(text.encode(errors="replace")).hexdigest()[:12]
