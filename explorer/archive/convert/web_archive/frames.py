"""Which pages of a crawl are parts of other pages: players, posts and charts that stand in a frame there."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator

from explorer.archive.site.copy_paths import absolute, site_path

MAX_LINKS = 500_000
"""Of a crawl; what is linked beyond that is not known to be."""

_TAG = re.compile(
    rb"<(?P<tag>(?:amp-)?iframe|object|embed|a|area|base)\b(?P<attributes>[^<>]*+)", re.IGNORECASE
)
_ATTRIBUTE = re.compile(
    rb"(?P<name>[^\s=\"'>/]++)\s*+=\s*+(?:\"(?P<two>[^\"]*+)\"|'(?P<one>[^']*+)'|(?P<none>[^\s>\"']++))"
)
_ADDRESS = re.compile(rb"\s*(?:https?:)?/", re.IGNORECASE)
# Players, posts and forms that scripts put into frames: no page that is read names them.
_FOR_FRAMES = re.compile(
    r"/(?:embed|iframe|oembed)(?:[/._@-]|$)|[@&](?:embed|iframe)=|^player\.vimeo\.com/|^[\w.-]*facebook\.com/plugins/|"
    r"doubleclick\.net/|googlesyndication\.com/|/recaptcha/|^platform\.twitter\.com/",
    re.IGNORECASE,
)
_LINKS = frozenset((b"a", b"area"))
_IN_A_FRAME = frozenset(("iframe", "embed", "object", "fencedframe"))

Follow = Callable[[str], Iterable[str]]


class Frames:
    """What the pages of a crawl frame and link to, and for what a browser asked. A place is the `site_path` of an address.

    `listed` are the addresses that the crawler itself names as its pages.
    """

    def __init__(self, listed: Iterable[str] = ()) -> None:
        self._listed = {place for address in listed if (place := place_of(address))}
        self._framed: set[str] = set()
        self._linked: set[str] = set()
        self._looked_up: set[tuple[str, bytes]] = set()
        self._asked: dict[str, bool] = {}  # whether it was asked for in frames alone

    def add_request(self, address: str, destination: str) -> None:
        """Take note of what a browser asked for, and where it was going to show it (Sec-Fetch-Dest)."""
        place = place_of(address)
        if place and destination in {*_IN_A_FRAME, "document", "frame"}:
            self._asked[place] = destination in _IN_A_FRAME and self._asked.get(place, True)

    def add_page(self, address: str, markup: bytes) -> None:
        """Take note of what a page frames and of the pages of its own host that it links to."""
        own, base = place_of(address), address
        host = _host(own)
        for tag, written in _addresses_in(markup):
            if tag == b"base":
                base = absolute(_text(written), address) or address
            elif tag not in _LINKS:
                self._framed.update({place_of(absolute(_text(written), base))} - {own, ""})
            elif self._is_new(host, base, written):
                place = place_of(absolute(_text(written), base))
                if place != own and _host(place) == host:
                    self._linked.add(place)

    def parts(self, places: Iterable[str], follow: Follow) -> set[str]:
        """Return those of the places of pages that are parts of others; `follow` says where a place leads on to."""
        pages = set(places)
        framed = {end for place in self._framed for end in (place, *follow(place))}
        listed = {end for place in self._listed for end in (place, *follow(place))}
        sites = set(map(_site, listed))
        if sites.isdisjoint(map(_site, pages)):
            sites = set()  # the list of another crawl
        found = {place for place in pages - listed if self._is_part(place, framed, sites)}
        return found if found != pages else set()

    def _is_part(self, place: str, framed: set[str], sites: set[str]) -> bool:
        if sites and _site(place) not in sites:
            return True
        if place in self._asked:
            return self._asked[place]
        return (place in framed or bool(_FOR_FRAMES.search(place))) and place not in self._linked

    def _is_new(self, host: str, base: str, written: bytes) -> bool:
        """Whether a link was not met before on this host: the same hundred stand on every page of a site."""
        key = (host if _ADDRESS.match(written) else base, written)
        if key in self._looked_up or len(self._looked_up) >= MAX_LINKS:
            return False
        if place_of(base) != place_of(absolute(_text(written), base)):  # of itself a page says nothing
            self._looked_up.add(key)
        return True


def place_of(address: str) -> str:
    """Return the `site_path` of an address of the web; "" where it is none."""
    try:
        return site_path(address) if address[:4].lower() == "http" else ""
    except ValueError:
        return ""


def _addresses_in(markup: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(tag, address as written) of what a page frames and links to. In the time of the length."""
    for found in _TAG.finditer(markup):
        tag = found["tag"].lower()
        is_frame = tag not in {*_LINKS, b"base"}
        for attribute in _ATTRIBUTE.finditer(found["attributes"]):
            value = attribute["two"] or attribute["one"] or attribute["none"] or b""
            is_named = attribute["name"].lower() in ({b"src", b"data"} if is_frame else {b"href"})
            # Lazy frames have their address in an attribute of any name.
            if is_named or (is_frame and _ADDRESS.match(value)):
                yield tag, value


def _text(written: bytes) -> str:
    return html.unescape(written.decode(errors="replace"))


def _host(place: str) -> str:
    return place.partition("/")[0]


def _site(place: str) -> str:
    """What the hosts of one site have in common: more than the owner's name perhaps, never less."""
    return ".".join(_host(place).partition("+")[0].split(".")[-2:])
