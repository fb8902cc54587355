"""The list of pages that a site publishes: a sitemap (https://www.sitemaps.org/protocol.html) or a feed."""

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
_GZIP_WINDOW = 31  # zlib: gzip with any window size


@dataclass(frozen=True, slots=True)
class ListedAddress:
    """A listed address, and the time of its last change, as the site states it."""

    address: str
    changed: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The pages of a site in its own order, and further sitemaps to read. A feed lists only the latest pages."""

    pages: tuple[ListedAddress, ...]
    sitemaps: tuple[ListedAddress, ...]
    is_feed: bool


def listing_of(data: bytes, address: str) -> Listing | None:
    """Parse a sitemap, an index of sitemaps or a feed; None for any other document.

    Raises:
        ArchiveError: if it is damaged gzip.
    """
    data = _decompress(data)
    root, _ = root_of(data[:4096])
    if root not in {"urlset", "sitemapindex", "rss", "RDF", "feed"}:
        return None
    _, links = read_elements(data, _ENTRIES, _parse_entry)
    entries = tuple(ListedAddress(absolute(link, address), changed) for link, changed in links)
    if root == "sitemapindex":
        return Listing((), entries, is_feed=False)
    return Listing(entries, (), is_feed=root != "urlset")


def _parse_entry(element: Element) -> tuple[str, str | None] | None:
    link = next(_links(element), "")
    changed = text_of_child(element, "lastmod") or text_of_child(element, "updated")
    return (link, changed or None) if link else None


def _links(element: Element) -> Iterator[str]:
    """Yield the addresses of an entry, in the dialect of sitemaps, RSS or Atom."""
    yield from filter(None, (text_of_child(element, "loc"), text_of_child(element, "link")))
    for link in children(element, "link"):
        if link.get("rel", "alternate") == "alternate" and link.get("href"):
            yield str(link.get("href"))


def _decompress(data: bytes) -> bytes:
    if not data.startswith(_GZIP):
        return data
    try:
        return zlib.decompressobj(_GZIP_WINDOW).decompress(data, MAX_XML_BYTES)
    except zlib.error as error:
        raise ArchiveError(f"is damaged gzip: {error}.") from error
