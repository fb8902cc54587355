"""What a site says of its own pages: a sitemap (https://www.sitemaps.org/protocol.html), or a feed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from explorer.archive.convert.xml_trees import MAX_XML_BYTES, children, read_elements, root_of, text_of_child
from explorer.archive.site.copy_paths import absolute
from explorer.errors import ArchiveError

_ENTRIES = frozenset(("url", "sitemap", "item", "entry"))
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib's number for "gzip, of any window"


@dataclass(frozen=True, slots=True)
class Listed:
    """An address, and when it last changed, as the site says."""

    address: str
    changed: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The pages of a site in its own order, and further sitemaps to look into. A feed names only the latest pages."""

    pages: tuple[Listed, ...]
    sitemaps: tuple[Listed, ...]
    is_feed: bool


def listing_of(data: bytes, address: str) -> Listing | None:
    """What a sitemap, an index of sitemaps or a feed at `address` lists; None when it is none of these."""
    data = _unzipped(data)
    root, _ = root_of(data[:4096])
    if root not in {"urlset", "sitemapindex", "rss", "RDF", "feed"}:
        return None
    _, found = read_elements(data, _ENTRIES, _entry)
    entries = tuple(Listed(absolute(link, address), changed) for link, changed in found)
    if root == "sitemapindex":
        return Listing((), entries, is_feed=False)
    return Listing(entries, (), is_feed=root != "urlset")


def _entry(element: Element) -> tuple[str, str | None] | None:
    link = next(_links(element), "")
    changed = text_of_child(element, "lastmod") or text_of_child(element, "updated")
    return (link, changed or None) if link else None


def _links(element: Element) -> Iterator[str]:
    """The address of an entry, however its dialect writes it."""
    yield from filter(None, (text_of_child(element, "loc"), text_of_child(element, "link")))
    for link in children(element, "link"):
        if link.get("rel", "alternate") == "alternate" and link.get("href"):
            yield str(link.get("href"))


def _unzipped(data: bytes) -> bytes:
    if not data.startswith(_GZIP):
        return data
    try:
        return zlib.decompressobj(_GZIP_WINDOW).decompress(data, MAX_XML_BYTES)
    except zlib.error as error:
        raise ArchiveError(f"is no gzip that can be read: {error}.") from error
