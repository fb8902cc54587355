"""A site as an archive: its pages and their pictures are copied as its owner allows, and read like other files."""

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
from explorer.archive.site.copy_index import FetchRecord, SiteIndex
from explorer.archive.site.copy_paths import absolute
from explorer.archive.site.remote import MAX_REDIRECTS, PICTURES, USER_AGENT, Response, WebClient
from explorer.archive.site.sitemaps import ListedAddress, Listing, listing_of
from explorer.archive.storage.files import Files, FolderFiles
from explorer.archive.storage.unpacked import UnpackedFiles
from explorer.errors import ArchiveError
from explorer.system.files import write_atomically

MAX_PAGES = 10_000
MAX_SITEMAPS = 200
MAX_TOTAL_BYTES = 4 * 1024**3
MAX_SECONDS = 12 * 3600.0
"""Of one run; the next one continues where it ended."""

MAX_ROBOTS_BYTES = 500 * 1024  # RFC 9309, 2.5
MAX_PAUSE_SECONDS = 60.0  # the most that robots.txt can demand: a longer delay would block for ever
_PAGES = tuple(sorted(PAGE_TYPES))
_XML = ("application/xml", "text/xml", "application/rss", "application/atom", "application/gzip", "application/x-gzip",
        "application/octet-stream", "text/plain")  # fmt: skip
_OK, _NOT_MODIFIED, _DELETED = 200, 304, (404, 410)
_FEEDS = "link[rel=alternate][type='application/rss+xml'], link[rel=alternate][type='application/atom+xml']"

Tell = Callable[[str], None]


def site_files(folder: Path, address: str) -> Files:
    """Return the copy of a site in a folder as an archive; its location is the address of the site."""
    files = UnpackedFiles(FolderFiles(folder))
    files.name, files.location = host_of(address) or address, address
    return files


def folder_of_site(sites: Path, address: str) -> Path:
    """Return the folder for the copy of a site; two parts of one host are two archives."""
    return sites / f"{host_of(address) or 'site'}~{sha256(address.encode()).hexdigest()[:8]}"


def copy_site(address: str, folder: Path, web: WebClient, tell: Tell) -> None:
    """Update the copy of the pages at and below an address that its sitemap or feed lists and robots.txt allows.

    Unchanged pages are requested, but not transferred again. Deleted pages are deleted in the copy. The next run
    continues a killed one.

    Args:
        address: the address of the site or of a part of it.
        folder: the folder of the copy.
        web: the HTTP client.
        tell: gets lines about the progress and about failed addresses.

    Raises:
        ArchiveError: if the site cannot be fetched, or has no list of its pages.
    """
    if urlsplit(address).scheme not in {"http", "https"} or not host_of(address):
        raise ArchiveError(f"{address} is not the address of a site. Write it as https://example.org/blog")
    _SiteCopier(address, folder, web, tell).run()


@dataclass(frozen=True, slots=True)
class _RobotsRules:
    """The rules of robots.txt for this program (RFC 9309)."""

    parser: RobotFileParser
    sitemaps: tuple[str, ...]

    def allows(self, address: str) -> bool:
        return self.parser.can_fetch(USER_AGENT, address)

    def pause(self, configured: float) -> float:
        """Return the seconds between two requests: the longer one of the configured and the requested pause."""
        requested = float(self.parser.crawl_delay(USER_AGENT) or 0)
        return max(configured, min(requested, MAX_PAUSE_SECONDS))


class _SiteCopier:
    """One run over one site."""

    def __init__(self, address: str, folder: Path, web: WebClient, tell: Tell) -> None:
        self._address, self._folder, self._web, self._tell = address, folder, web, tell
        self._host, self._host_and_port = host_of(address), _host_and_port(address)
        self._index = SiteIndex(folder)
        self._deadline = time.monotonic() + MAX_SECONDS
        self._bytes = self._new = 0
        self._robots = self._read_robots()
        self._web.pause = self._robots.pause(web.pause)

    def run(self) -> None:
        pages = self._pages_to_request()
        for number, page in enumerate(pages):
            if self._bytes > MAX_TOTAL_BYTES or time.monotonic() > self._deadline:
                self._tell(f"{self._host}: {number} of {len(pages)} pages; the next sync copies the others.")
                return
            if number % 50 == 0:
                self._tell(f"{self._host}: page {number + 1} of {len(pages)} ...")
            self._try_to_copy(self._copy_page, page)
        self._index.finish()
        self._tell(f"{self._host}: {len(pages)} pages, {self._new} files new or changed.")

    def _try_to_copy(self, copy: Callable[[ListedAddress], None], target: ListedAddress) -> None:
        """Copy one address; a failure is reported in one line."""
        try:
            copy(target)
        except (ArchiveError, OSError) as error:
            self._tell(str(error))

    # --- which pages ----------------------------------------------------------------------------------

    def _pages_to_request(self) -> list[ListedAddress]:
        """Return the pages to request: those that are listed, and those of earlier runs, which may be deleted."""
        start = self._web.get(self._address, kinds=(*_PAGES, *_XML))
        if start.status != _OK and not self._robots.sitemaps:
            raise ArchiveError(f"{self._address} cannot be fetched: the server answers {start.status}.")
        start_listing = None if start.type in PAGE_TYPES else listing_of(start.data, self._address)
        listing = start_listing or self._listing_of_sitemap() or self._listing_of_feed(start)
        below = "" if start_listing else urlsplit(self._address).path.rstrip("/")
        own_pages = (page for page in self._listed_pages(listing) if self._is_on_site(page.address, below))
        pages = {page.address: page for page in islice(own_pages, MAX_PAGES)}
        if not pages:
            raise ArchiveError(
                f"{self._address} lists no page of its own, neither in a sitemap nor in a feed. "
                "Name the address of its sitemap or feed, or save its pages with a browser or wget."
            )
        earlier = (
            {} if listing.is_feed else {address: ListedAddress(address) for address in self._index.pages()}
        )
        return list({**earlier, **pages}.values())

    def _listing_of_sitemap(self) -> Listing | None:
        root = urljoin(self._address, "/")
        if self._robots.sitemaps:
            return Listing((), tuple(map(ListedAddress, self._robots.sitemaps)), is_feed=False)
        return self._listing_at(urljoin(root, "sitemap.xml"))

    def _listing_of_feed(self, start: Response) -> Listing:
        page = parse(decode(start.data, start.charset)) if start.type in PAGE_TYPES else None
        links = [link.attributes.get("href") for link in page.css(_FEEDS)] if page is not None else []
        listings = (self._listing_at(urljoin(self._address, link)) for link in links[:5] if link)
        return next(filter(None, listings), Listing((), (), is_feed=True))

    def _listing_at(self, address: str) -> Listing | None:
        """Return the sitemap or feed at an address; None if it cannot be read."""
        if not self._robots.allows(address):
            return None
        try:
            response = self._web.get(address, kinds=_XML)
            return listing_of(response.data, address) if response.status == _OK else None
        except ArchiveError as error:
            self._tell(f"{address}: {error}")
            return None

    def _listed_pages(self, listing: Listing) -> Iterator[ListedAddress]:
        """Yield the pages of a listing and of the sitemaps that it lists."""
        read_sitemaps: dict[str, None] = {}
        queue = [listing]
        while queue and time.monotonic() < self._deadline:
            current = queue.pop(0)
            yield from current.pages
            for sitemap in current.sitemaps:
                if (
                    sitemap.address not in read_sitemaps
                    and len(read_sitemaps) < MAX_SITEMAPS
                    and self._is_on_site(sitemap.address)
                ):
                    read_sitemaps[sitemap.address] = None
                    queue.extend(filter(None, [self._listing_at(sitemap.address)]))

    def _is_on_site(self, address: str, below: str = "") -> bool:
        path = urlsplit(address).path if _host_and_port(address) else ""
        return _host_and_port(address) == self._host_and_port != "" and (
            path == below or path.startswith(f"{below}/")
        )

    def _read_robots(self) -> _RobotsRules:
        """Read robots.txt: without the file there are no rules; a server error ends the run (RFC 9309)."""
        address = urljoin(self._address, "/robots.txt")
        parser = RobotFileParser(address)
        response = self._web.get(address)
        if response.status >= 500:
            raise ArchiveError(f"{self._host} has a server error ({response.status}). Try again later.")
        lines = decode(response.data[:MAX_ROBOTS_BYTES]).split("\n") if response.status == _OK else []
        parser.parse(filter(_is_valid_rule, lines))
        robots = _RobotsRules(parser, tuple(parser.site_maps() or ()))
        if not robots.allows(self._address):
            raise ArchiveError(f"{self._host} does not allow programs to copy {self._address} (robots.txt).")
        return robots

    # --- page by page ---------------------------------------------------------------------------------

    def _copy_page(self, page: ListedAddress) -> None:
        previous = self._index.get(page.address)
        if not self._index.is_done(page.address):
            if previous and previous.path and page.changed and previous.changed == page.changed:
                self._index.record(replace(previous, run=self._index.run))
            else:
                self._fetch(page.address, _PAGES, changed=page.changed)
        record = self._index.get(page.address)
        for picture in record.pictures if record else ():
            picture_record = self._index.get(picture)
            if picture_record is None or not (picture_record.path or self._index.is_done(picture)):
                self._try_to_copy(self._copy_picture, ListedAddress(picture))

    def _copy_picture(self, picture: ListedAddress) -> None:
        self._fetch(picture.address, PICTURES)

    def _fetch(self, address: str, kinds: tuple[str, ...], *, changed: str | None = None) -> None:
        """Fetch an address, and the targets of its redirects on this site, if they changed."""
        for _ in range(MAX_REDIRECTS):
            moved_to = self._request(address, kinds, changed) if self._robots.allows(address) else None
            address = absolute(moved_to, address) if moved_to else ""
            if not self._is_on_site(address) or self._index.is_done(address):
                return

    def _request(self, address: str, kinds: tuple[str, ...], changed: str | None) -> str | None:
        """Request an address and record the response; return the target of a redirect."""
        previous = self._index.get(address) or FetchRecord(address, self._index.run)
        record = replace(previous, run=self._index.run)
        try:
            response = self._web.get(address, kinds=kinds, headers=previous.conditional_headers, follow=False)
            if response.status == _OK and response.type.startswith(kinds):
                record = replace(self._store(record, response), changed=changed)
            elif response.status in _DELETED:
                record = self._remove_copy(previous)
            elif response.status == _NOT_MODIFIED:
                record = replace(record, changed=changed)
            elif not response.moved_to:
                raise ArchiveError(
                    f"{address} is not kept: the server answers {response.status} {response.type}."
                )
        except ArchiveError:
            self._index.record(record)  # this run does not request it again
            raise
        self._index.record(record)
        return response.moved_to

    def _remove_copy(self, previous: FetchRecord) -> FetchRecord:
        if previous.path:
            (self._folder / previous.path).unlink(missing_ok=True)
        return FetchRecord(previous.address, self._index.run)

    def _store(self, previous: FetchRecord, response: Response) -> FetchRecord:
        """Write the content of a response if it changed."""
        digest = sha256(response.data).hexdigest()
        record = replace(previous, etag=response.etag, modified=response.modified, sha256=digest)
        path = self._path_of(previous.address, response.type)
        if path is None or (previous.sha256 == digest and previous.path == path):
            return record
        is_page = response.type in PAGE_TYPES
        data, pictures = self._prepare_page(response) if is_page else (response.data, ())
        file = self._folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, data)
        self._bytes += len(data)
        self._new += 1
        return replace(record, path=path, is_page=is_page, pictures=pictures)

    def _path_of(self, address: str, kind: str) -> str | None:
        """Return the path for the copy of an address, different from the paths of similar addresses."""
        path = document_path(address, kind)
        owner = self._index.owner_of(path) if path else None
        own_key = address.partition("://")[2]
        return (
            disambiguate_path(path, own_key)
            if path and owner and owner.partition("://")[2] != own_key
            else path
        )

    def _prepare_page(self, response: Response) -> tuple[bytes, tuple[str, ...]]:
        """Return the page with its address and today's date, and the pictures on it that are of its own site."""
        text = decode(response.data, response.charset)
        page = parse(text)
        drop_noscript_duplicates(page)
        shown = (absolute(reference, response.address) for reference in addresses_shown(page))
        pictures = tuple(dict.fromkeys(picture for picture in shown if self._is_on_site(picture)))
        day = datetime.now(UTC).date().isoformat()
        return saved_page(text, response.address, day).encode("utf-8-sig", "replace"), pictures


def _is_valid_rule(line: str) -> bool:
    """Return whether RobotFileParser can read a line of robots.txt.

    It raises ValueError for a delay of 5,000 digits and for a path that begins an invalid address, and then no rule
    would count.
    """
    try:
        RobotFileParser().parse(["User-agent: *", line])
    except ValueError:
        return False
    return True


def _host_and_port(address: str) -> str:
    """Return the host of an address, without its www, and its port; "" if it has no host."""
    try:
        parts = urlsplit(address)
        return f"{host_of(address)}:{parts.port or ''}" if parts.hostname else ""
    except ValueError:  # an invalid port
        return ""
