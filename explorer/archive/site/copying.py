"""A site as an archive: its pages and their pictures, copied as its owner allows, and read like any other files."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from explorer.archive.convert.decoding import decode
from explorer.archive.convert.html_page import saved_page
from explorer.archive.convert.web_archive.crawls import disambiguate_path, document_path
from explorer.archive.convert.web_archive.media_types import PAGE_TYPES
from explorer.archive.html.pictures import addresses_shown, drop_noscript_duplicates
from explorer.archive.html.runs import parse
from explorer.archive.links.addresses import host_of
from explorer.archive.site.copy_index import Fetched, SiteIndex
from explorer.archive.site.copy_paths import absolute
from explorer.archive.site.remote import MAX_REDIRECTS, PICTURES, USER_AGENT, Answer, Web
from explorer.archive.site.sitemaps import Listed, Listing, listing_of
from explorer.archive.storage.files import Files, FolderFiles
from explorer.archive.storage.unpacked import UnpackedFiles
from explorer.errors import ArchiveError
from explorer.system.atomic_write import write_atomically

MAX_PAGES = 10_000
MAX_SITEMAPS = 200
MAX_TOTAL_BYTES = 4 * 1024**3
MAX_SECONDS = 12 * 3600.0
"""Of one run; the next one goes on where it ended."""

MAX_ROBOTS_BYTES = 500 * 1024  # RFC 9309, 2.5
MAX_PAUSE_SECONDS = 60.0  # whatever robots.txt wishes: else a word in it would keep us for ever
_PAGES = tuple(sorted(PAGE_TYPES))
_XML = ("application/xml", "text/xml", "application/rss", "application/atom", "application/gzip", "application/x-gzip",
        "application/octet-stream", "text/plain")  # fmt: skip
_OK, _NOT_MODIFIED, _GONE = 200, 304, (404, 410)
_FEEDS = "link[rel=alternate][type='application/rss+xml'], link[rel=alternate][type='application/atom+xml']"

Tell = Callable[[str], None]


def site_files(folder: Path, address: str) -> Files:
    """The copy of a site in a folder as an archive, which lies at its address."""
    files = UnpackedFiles(FolderFiles(folder))
    files.name, files.location = host_of(address) or address, address
    return files


def folder_of_site(sites: Path, address: str) -> Path:
    """The folder for the copy of a site among others: two parts of one host are two archives."""
    return sites / f"{host_of(address) or 'site'}~{sha256(address.encode()).hexdigest()[:8]}"


def copy_site(address: str, folder: Path, web: Web, tell: Tell) -> None:
    """Brings the copy of the pages at and below `address` up to date: what its sitemap or feed lists, as robots.txt allows.

    A page that did not change is asked for, but not sent again; one that is gone goes here as well. Killed, it goes
    on from there. ArchiveError when the site cannot be had, or says nowhere which pages it has.
    """
    if urlsplit(address).scheme not in {"http", "https"} or not host_of(address):
        raise ArchiveError(f"{address} is no address of a site. Write it as https://example.org/blog")
    _Copying(address, folder, web, tell).run()


@dataclass(frozen=True, slots=True)
class _Robots:
    """What the owner of a site allows us (RFC 9309)."""

    parser: RobotFileParser
    sitemaps: tuple[str, ...]

    def allows(self, address: str) -> bool:
        return self.parser.can_fetch(USER_AGENT, address)

    def pause(self, wanted: float) -> float:
        """The seconds between two requests: the longer of what both sides want."""
        theirs = float(self.parser.crawl_delay(USER_AGENT) or 0)
        return max(wanted, min(theirs, MAX_PAUSE_SECONDS))


class _Copying:
    """One run over one site."""

    def __init__(self, address: str, folder: Path, web: Web, tell: Tell) -> None:
        self._address, self._folder, self._web, self._tell = address, folder, web, tell
        self._host, self._place = host_of(address), _place(address)
        self._index = SiteIndex(folder)
        self._deadline = time.monotonic() + MAX_SECONDS
        self._bytes = self._new = 0
        self._robots = self._read_robots()
        self._web.pause = self._robots.pause(web.pause)

    def run(self) -> None:
        pages = self._pages()
        for number, page in enumerate(pages):
            if self._bytes > MAX_TOTAL_BYTES or time.monotonic() > self._deadline:
                self._tell(f"{self._host}: {number} of {len(pages)} pages; the rest with the next sync.")
                return
            if number % 50 == 0:
                self._tell(f"{self._host}: page {number + 1} of {len(pages)} ...")
            self._try(self._copy_page, page)
        self._index.finish()
        self._tell(f"{self._host}: {len(pages)} pages, {self._new} files of them new or changed.")

    def _try(self, copy: Callable[[Listed], None], what: Listed) -> None:
        """One address that cannot be had costs one line."""
        try:
            copy(what)
        except (ArchiveError, OSError) as problem:
            self._tell(str(problem))

    # --- which pages ----------------------------------------------------------------------------------

    def _pages(self) -> list[Listed]:
        """The pages to ask for: those that are listed, and those that once were and may be gone."""
        start = self._web.get(self._address, kinds=(*_PAGES, *_XML))
        if start.status != _OK and not self._robots.sitemaps:
            raise ArchiveError(f"{self._address} cannot be fetched: the server answers {start.status}.")
        given = None if start.type in PAGE_TYPES else listing_of(start.data, self._address)
        listing = given or self._listed_by_sitemap() or self._listed_by_feed(start)
        below = "" if given else urlsplit(self._address).path.rstrip("/")
        ours = (one for one in self._followed(listing) if self._is_ours(one.address, below))
        pages = {one.address: one for one in islice(ours, MAX_PAGES)}
        if not pages:
            raise ArchiveError(
                f"{self._address} lists no page of its own, neither in a sitemap nor in a feed. "
                "Name the address of its sitemap or feed, or save its pages with a browser or wget."
            )
        once = {} if listing.is_feed else {address: Listed(address) for address in self._index.pages()}
        return list({**once, **pages}.values())

    def _listed_by_sitemap(self) -> Listing | None:
        root = urljoin(self._address, "/")
        if self._robots.sitemaps:
            return Listing((), tuple(map(Listed, self._robots.sitemaps)), is_feed=False)
        return self._listing_at(urljoin(root, "sitemap.xml"))

    def _listed_by_feed(self, start: Answer) -> Listing:
        page = parse(decode(start.data, start.charset)) if start.type in PAGE_TYPES else None
        links = [link.attributes.get("href") for link in page.css(_FEEDS)] if page is not None else []
        found = (self._listing_at(urljoin(self._address, link)) for link in links[:5] if link)
        return next(filter(None, found), Listing((), (), is_feed=True))

    def _listing_at(self, address: str) -> Listing | None:
        """The sitemap or feed at an address; None where there is none that can be read."""
        if not self._robots.allows(address):
            return None
        try:
            answer = self._web.get(address, kinds=_XML)
            return listing_of(answer.data, address) if answer.status == _OK else None
        except ArchiveError as problem:
            self._tell(f"{address}: {problem}")
            return None

    def _followed(self, listing: Listing) -> Iterator[Listed]:
        """The pages of a listing and of the sitemaps that it names."""
        seen: dict[str, None] = {}
        waiting = [listing]
        while waiting and time.monotonic() < self._deadline:
            here = waiting.pop(0)
            yield from here.pages
            for sitemap in here.sitemaps:
                if (
                    sitemap.address not in seen
                    and len(seen) < MAX_SITEMAPS
                    and self._is_ours(sitemap.address)
                ):
                    seen[sitemap.address] = None
                    waiting.extend(filter(None, [self._listing_at(sitemap.address)]))

    def _is_ours(self, address: str, below: str = "") -> bool:
        path = urlsplit(address).path if _place(address) else ""
        return _place(address) == self._place != "" and (path == below or path.startswith(f"{below}/"))

    def _read_robots(self) -> _Robots:
        """RFC 9309: no rules where there is no such file; where the server is in trouble, it is left alone."""
        address = urljoin(self._address, "/robots.txt")
        parser = RobotFileParser(address)
        answer = self._web.get(address)
        if answer.status >= 500:
            raise ArchiveError(f"{self._host} has trouble of its own ({answer.status}). Try again later.")
        lines = decode(answer.data[:MAX_ROBOTS_BYTES]).split("\n") if answer.status == _OK else []
        parser.parse(filter(_is_rule, lines))
        robots = _Robots(parser, tuple(parser.site_maps() or ()))
        if not robots.allows(self._address):
            raise ArchiveError(
                f"{self._host} does not want {self._address} to be copied by programs (robots.txt)."
            )
        return robots

    # --- page by page ---------------------------------------------------------------------------------

    def _copy_page(self, page: Listed) -> None:
        known = self._index.get(page.address)
        if not self._index.is_done(page.address):
            if known and known.path and page.changed and known.changed == page.changed:
                self._index.keep(replace(known, run=self._index.run))
            else:
                self._fetch(page.address, _PAGES, changed=page.changed)
        now = self._index.get(page.address)
        for picture in now.pictures if now else ():
            before = self._index.get(picture)
            if before is None or not (before.path or self._index.is_done(picture)):
                self._try(self._copy_picture, Listed(picture))

    def _copy_picture(self, picture: Listed) -> None:
        self._fetch(picture.address, PICTURES)

    def _fetch(self, address: str, kinds: tuple[str, ...], *, changed: str | None = None) -> None:
        """Asks for what is at an address, if it changed, and keeps it, or what it leads to on this site."""
        for _ in range(MAX_REDIRECTS):
            moved_to = self._asked(address, kinds, changed) if self._robots.allows(address) else None
            address = absolute(moved_to, address) if moved_to else ""
            if not self._is_ours(address) or self._index.is_done(address):
                return

    def _asked(self, address: str, kinds: tuple[str, ...], changed: str | None) -> str | None:
        """Keeps what an address answers; where it leads to, if it does."""
        known = self._index.get(address) or Fetched(address, self._index.run)
        now = replace(known, run=self._index.run)
        try:
            answer = self._web.get(address, kinds=kinds, headers=known.asking, follow=False)
            if answer.status == _OK and answer.type.startswith(kinds):
                now = replace(self._kept(now, answer), changed=changed)
            elif answer.status in _GONE:
                now = self._gone(known)
            elif answer.status == _NOT_MODIFIED:
                now = replace(now, changed=changed)
            elif not answer.moved_to:
                raise ArchiveError(
                    f"{address} is not kept: the server answers {answer.status} {answer.type}."
                )
        except ArchiveError:
            self._index.keep(now)  # this run does not ask again
            raise
        self._index.keep(now)
        return answer.moved_to

    def _gone(self, known: Fetched) -> Fetched:
        if known.path:
            (self._folder / known.path).unlink(missing_ok=True)
        return Fetched(known.address, self._index.run)

    def _kept(self, known: Fetched, answer: Answer) -> Fetched:
        """Writes what came, where it is not what is there."""
        digest = sha256(answer.data).hexdigest()
        told = replace(known, etag=answer.etag, modified=answer.modified, sha256=digest)
        path = self._path(known.address, answer.type)
        if path is None or (known.sha256 == digest and known.path == path):
            return told
        is_page = answer.type in PAGE_TYPES
        data, pictures = self._page(answer) if is_page else (answer.data, ())
        file = self._folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, data)
        self._bytes += len(data)
        self._new += 1
        return replace(told, path=path, is_page=is_page, pictures=pictures)

    def _path(self, address: str, kind: str) -> str | None:
        """Where the copy of an address lies, apart from that of any other which is written alike."""
        path = document_path(address, kind)
        owner = self._index.owner_of(path) if path else None
        here = address.partition("://")[2]
        return disambiguate_path(path, here) if path and owner and owner.partition("://")[2] != here else path

    def _page(self, answer: Answer) -> tuple[bytes, tuple[str, ...]]:
        """A page under its address and the day on which it was got, and the pictures of its own site."""
        text = decode(answer.data, answer.charset)
        page = parse(text)
        drop_noscript_duplicates(page)
        shown = (absolute(one, answer.address) for one in addresses_shown(page))
        ours = tuple(dict.fromkeys(one for one in shown if self._is_ours(one)))
        day = datetime.now(UTC).date().isoformat()
        return saved_page(text, answer.address, day).encode("utf-8-sig", "replace"), ours


def _is_rule(line: str) -> bool:
    """Whether RobotFileParser can read a line of robots.txt.

    It raises ValueError for a delay of 5,000 digits and for a path that begins an invalid address; then no rule counts.
    """
    try:
        RobotFileParser().parse(["User-agent: *", line])
    except ValueError:
        return False
    return True


def _place(address: str) -> str:
    """The host of an address, without its www, and its port; "" where it has none."""
    try:
        parts = urlsplit(address)
        return f"{host_of(address)}:{parts.port or ''}" if parts.hostname else ""
    except ValueError:  # a port that is none
        return ""
