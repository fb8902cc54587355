"""The path of the copy of a web address: `host/path`, as wget names its files."""

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
"""The suffix for a picture of each media type, if its address has none."""

MAX_ADDRESS_CHARS = 2000
MAX_PART_CHARS = 120
# Characters with a special meaning in addresses and paths, control characters and lone surrogates.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\:*?\"<>|#%\ud800-\udfff]")


def site_path(address: str) -> str:
    """Return the path for an address: `https://x.org/a/b?n=3` -> `x.org/a/b@n=3`; raise ValueError if it is invalid."""
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


def absolute(reference: str, page: str) -> str:
    """Return the absolute address, without fragment, of an address on a page; "" if it is invalid."""
    try:
        return urldefrag(urljoin(page, reference.strip())).url
    except ValueError:  # brackets without an IPv6 address, an invalid port
        return ""


def paths_of_copies(reference: str, page: str) -> Iterator[str]:
    """Yield the paths at which a copy may have the picture at an address on a page."""
    try:
        path = site_path(urljoin(page, reference))
    except ValueError:  # brackets without an IPv6 address, an invalid port
        return
    yield path
    for suffix in dict.fromkeys(PICTURE_TYPES.values()):
        yield path + suffix


def _safe(part: str) -> str:
    return _UNSAFE.sub(lambda match: quote(match[0], errors="replace"), part)


def _short(part: str) -> str:
    return part if len(part) <= MAX_PART_CHARS else f"{part[:80]}~{_hash(part)}{part[-20:]}"


def _hash(text: str) -> str:
    return sha256(text.encode(errors="replace")).hexdigest()[:12]
