"""Find the pages of a crawl that are embedded in other pages: players, posts and charts in frames."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator

from explorer.archive.site.copy_paths import absolute, site_path

MAX_LINKS = 500_000
"""Of a crawl. Links beyond this number are ignored."""

_TAG = re.compile(
    rb"<(?P<tag>(?:amp-)?iframe|object|embed|a|area|base)\b(?P<attributes>[^<>]*+)", re.IGNORECASE
)
_ATTRIBUTE = re.compile(
    rb"(?P<name>[^\s=\"'>/]++)\s*+=\s*+(?:\"(?P<two>[^\"]*+)\"|'(?P<one>[^']*+)'|(?P<none>[^\s>\"']++))"
)
_ADDRESS = re.compile(rb"\s*(?:https?:)?/", re.IGNORECASE)
# Players, posts and forms that scripts embed: no page contains their addresses.
_EMBED_URL = re.compile(
    r"/(?:embed|iframe|oembed)(?:[/._@-]|$)|[@&](?:embed|iframe)=|^player\.vimeo\.com/|^[\w.-]*facebook\.com/plugins/|"
    r"doubleclick\.net/|googlesyndication\.com/|/recaptcha/|^platform\.twitter\.com/",
    re.IGNORECASE,
)
_LINK_TAGS = frozenset((b"a", b"area"))
_FRAME_DESTINATIONS = frozenset(("iframe", "embed", "object", "fencedframe"))

Follow = Callable[[str], Iterable[str]]


class FrameDetector:
    """Collects the frames and links of the pages of a crawl, and the requests of the browser.

    A key is the `site_path` of an address. `listed` are the addresses that the crawler lists as pages.
    """

    def __init__(self, listed: Iterable[str] = ()) -> None:
        self._listed = {key for address in listed if (key := site_key(address))}
        self._framed: set[str] = set()
        self._linked: set[str] = set()
        self._seen_links: set[tuple[str, bytes]] = set()
        self._requested_in_frame: dict[str, bool] = {}  # whether every request was for a frame

    def add_request(self, address: str, destination: str) -> None:
        """Record a request of a browser, and where it displays the response (Sec-Fetch-Dest)."""
        key = site_key(address)
        if key and destination in {*_FRAME_DESTINATIONS, "document", "frame"}:
            self._requested_in_frame[key] = (
                destination in _FRAME_DESTINATIONS and self._requested_in_frame.get(key, True)
            )

    def add_page(self, address: str, markup: bytes) -> None:
        """Record the frames of a page, and its links to pages of the same host."""
        own_key, base = site_key(address), address
        host = _host(own_key)
        for tag, raw_address in _framed_and_linked(markup):
            if tag == b"base":
                base = absolute(_unescape(raw_address), address) or address
            elif tag not in _LINK_TAGS:
                self._framed.update({site_key(absolute(_unescape(raw_address), base))} - {own_key, ""})
            elif self._is_new_link(host, base, raw_address):
                key = site_key(absolute(_unescape(raw_address), base))
                if key != own_key and _host(key) == host:
                    self._linked.add(key)

    def embedded_pages(self, keys: Iterable[str], follow: Follow) -> set[str]:
        """Return the keys of embedded pages among `keys`. `follow` returns the keys to which a key redirects."""
        pages = set(keys)
        framed = {target for key in self._framed for target in (key, *follow(key))}
        listed = {target for key in self._listed for target in (key, *follow(key))}
        sites = set(map(_site, listed))
        if sites.isdisjoint(map(_site, pages)):
            sites = set()  # the list is that of another crawl
        embedded = {key for key in pages - listed if self._is_embedded(key, framed, sites)}
        return embedded if embedded != pages else set()

    def _is_embedded(self, key: str, framed: set[str], sites: set[str]) -> bool:
        if sites and _site(key) not in sites:
            return True
        if key in self._requested_in_frame:
            return self._requested_in_frame[key]
        return (key in framed or bool(_EMBED_URL.search(key))) and key not in self._linked

    def _is_new_link(self, host: str, base: str, raw_address: bytes) -> bool:
        """Return whether a link is new on this host: the pages of a site share about a hundred links."""
        link = (host if _ADDRESS.match(raw_address) else base, raw_address)
        if link in self._seen_links or len(self._seen_links) >= MAX_LINKS:
            return False
        # A link of a page to itself does not count as seen.
        if site_key(base) != site_key(absolute(_unescape(raw_address), base)):
            self._seen_links.add(link)
        return True


def site_key(address: str) -> str:
    """Return the `site_path` of a web address, or "" for any other address."""
    try:
        return site_path(address) if address[:4].lower() == "http" else ""
    except ValueError:
        return ""


def _framed_and_linked(markup: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (tag, address as written) for each frame and link of a page. Takes linear time."""
    for match in _TAG.finditer(markup):
        tag = match["tag"].lower()
        is_frame = tag not in {*_LINK_TAGS, b"base"}
        for attribute in _ATTRIBUTE.finditer(match["attributes"]):
            value = attribute["two"] or attribute["one"] or attribute["none"] or b""
            is_named = attribute["name"].lower() in ({b"src", b"data"} if is_frame else {b"href"})
            # Lazily loaded frames have their address in an attribute of any name.
            if is_named or (is_frame and _ADDRESS.match(value)):
                yield tag, value


def _unescape(raw_address: bytes) -> str:
    return html.unescape(raw_address.decode(errors="replace"))


def _host(key: str) -> str:
    return key.partition("/")[0]


def _site(key: str) -> str:
    """Return the last two labels of the host. They may cover several sites (`co.uk`), but never split one."""
    return ".".join(_host(key).partition("+")[0].split(".")[-2:])
