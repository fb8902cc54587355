"""Read a crawl: its pages, its pictures with redirects and revisits resolved, and which pages are in frames."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from posixpath import splitext
from typing import BinaryIO

from explorer.archive.convert.decoding import MAX_TEXT_BYTES, decode
from explorer.archive.convert.format_kinds import SkippedMember
from explorer.archive.convert.html_page import saved_page
from explorer.archive.convert.web_archive.frames import FrameDetector, site_key
from explorer.archive.convert.web_archive.media_types import PAGE_TYPES
from explorer.archive.convert.web_archive.warc_records import Capture, Request, content_of, records_in
from explorer.archive.links.addresses import is_picture_address, is_remote
from explorer.archive.model import Read
from explorer.archive.site.copy_paths import PICTURE_TYPES, site_path
from explorer.errors import ArchiveError

MAX_PICTURE_BYTES = 128 * 1024 * 1024
MAX_DOCUMENTS = 300_000
MAX_REDIRECTS = 20
"""The maximum number of redirects that are followed for an address. Browsers give up after 20."""

IN_A_FRAME = "is shown in a frame of other pages"
_PAGE_SUFFIXES = (".html", ".htm", ".xhtml")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_ANY_TYPE = {"", "application/octet-stream", "binary/octet-stream"}


@dataclass(frozen=True, slots=True)
class _StoredCapture:
    """A capture, and the WARC file that contains it."""

    file: BinaryIO
    capture: Capture


class Crawl:
    """The captures in WARC files by `host/path`. The last usable capture of an address counts.

    A key is the `site_path` of an address. `listed` are the addresses that the crawler lists as pages.
    """

    def __init__(self, listed: Iterable[str] = ()) -> None:
        self._documents: dict[str, _StoredCapture] = {}
        self._addresses: dict[str, str] = {}
        self._by_digest: dict[str, _StoredCapture] = {}
        self._pictures: dict[str, _StoredCapture] = {}  # by key
        self._redirects: dict[str, list[str]] = defaultdict(list)  # targets by key, the latest last
        self._redirect_addresses: dict[str, str] = {}  # address by key
        self._unresolved_revisits: list[Capture] = []
        self._frames = FrameDetector(listed)

    def add(self, file: BinaryIO) -> None:
        """Add the captures of a WARC file.

        Raises:
            ArchiveError: The file is damaged (the captures before the damage are added), or the crawl is too large.
        """
        for record, head in records_in(file):
            if isinstance(record, Request):
                self._frames.add_request(record.address, record.destination)
            elif record.redirect_target:
                self._add_redirect(record)
            elif record.is_revisit:
                self._add_revisit(record)
            else:
                self._add(_StoredCapture(file, record), head)
            if len(self._documents) >= MAX_DOCUMENTS:
                raise ArchiveError(f"contains more than {MAX_DOCUMENTS:,} documents. Split it.")

    def members(self) -> dict[str, Read]:
        """Return pages and pictures by path. Pages in frames are marked as left out: they are no issues."""
        for capture in self._unresolved_revisits:
            self._add_at(self._original_of(capture), capture.address)
        for key, address in self._redirect_addresses.items():
            self._add_at(self._redirected_picture(key), address)
        pages = {
            name: site_key(stored.capture.address)
            for name, stored in self._documents.items()
            if _is_page(name)
        }
        embedded_pages = self._frames.embedded_pages(pages.values(), self._follow_redirects)
        reads = {name: partial(_read_content, stored, name) for name, stored in self._documents.items()}
        return {
            name: SkippedMember(read, IN_A_FRAME) if pages.get(name) in embedded_pages else read
            for name, read in reads.items()
        }

    def _add(self, stored: _StoredCapture, head: bytes = b"") -> None:
        capture = stored.capture
        path = document_path(capture.address, capture.media_type)
        if path is None:
            return
        if _is_page(path):
            self._frames.add_page(capture.address, head)
        else:
            self._pictures[site_key(capture.address)] = stored
            if capture.digest:
                self._by_digest[capture.digest] = stored
        self._documents[self._unique_path(path, capture.address)] = stored

    def _unique_path(self, path: str, address: str) -> str:
        bare_address = address.partition("://")[2]
        is_unique = self._addresses.setdefault(path, bare_address) == bare_address
        return path if is_unique else disambiguate_path(path, bare_address)

    def _add_redirect(self, capture: Capture) -> None:
        key, target = site_key(capture.address), site_key(capture.redirect_target)
        if key and target and key != target:
            other_targets = [other for other in self._redirects[key] if other != target]
            self._redirects[key] = [*other_targets[1 - MAX_REDIRECTS :], target]
            self._redirect_addresses[key] = capture.address

    def _add_revisit(self, capture: Capture) -> None:
        """Add a picture that the crawler met again and wrote as a reference ("revisit").

        A revisited page is not added: it would be the same issue twice.
        """
        original = self._by_digest.get(capture.digest)
        if original is None:
            self._unresolved_revisits.append(capture)  # the original may follow
        else:
            self._add(_StoredCapture(original.file, replace(original.capture, address=capture.address)))

    def _original_of(self, capture: Capture) -> _StoredCapture | None:
        return self._by_digest.get(capture.digest) or self._pictures.get(site_key(capture.refers_to))

    def _add_at(self, picture: _StoredCapture | None, address: str) -> None:
        """Add a picture at another address as well, unless that address has a picture of its own."""
        if picture and site_key(address) not in self._pictures:
            self._add(_StoredCapture(picture.file, replace(picture.capture, address=address)))

    def _redirected_picture(self, key: str) -> _StoredCapture | None:
        """Return the picture to which a key redirects, or None."""
        return next(
            (self._pictures[end] for end in self._follow_redirects(key) if end in self._pictures), None
        )

    def _follow_redirects(self, key: str) -> Iterator[str]:
        """Yield the keys to which a key redirects, those of the latest redirect first."""
        visited, stack = {key}, [*self._redirects.get(key, ())]
        while stack and len(visited) <= MAX_REDIRECTS:
            target = stack.pop()
            if target not in visited:
                visited.add(target)
                yield target
                stack.extend(self._redirects.get(target, ()))


def document_path(address: str, media_type: str) -> str | None:
    """Return the path of a page or picture, with a suffix that fits its media type, or None for any other type."""
    try:
        path = site_path(address) if is_remote(address) else ""
    except ValueError:
        return None
    if path and media_type in PAGE_TYPES:
        return path if _is_page(path) else f"{path}.html"
    if path and media_type in {*PICTURE_TYPES, *_ANY_TYPE}:
        suffix = PICTURE_TYPES.get(media_type, "")
        return path if is_picture_address(path) else path + suffix if suffix else None
    return None


def disambiguate_path(path: str, address: str) -> str:
    """Return another path for an address whose path belongs to a different address."""
    stem, suffix = splitext(path)
    return f"{stem}~{sha256(address.encode(errors='replace')).hexdigest()[:8]}{suffix}"


def _is_page(path: str) -> bool:
    return path.lower().endswith(_PAGE_SUFFIXES)


def _read_content(stored: _StoredCapture, path: str) -> bytes:
    """Return the bytes of a picture, or a page in UTF-8 with its address and the day of its capture."""
    file, capture = stored.file, stored.capture
    if not _is_page(path):
        return content_of(file, capture, MAX_PICTURE_BYTES)
    charset = _CHARSET.search(capture.content_type)
    page = decode(content_of(file, capture, MAX_TEXT_BYTES), charset[1] if charset else None)
    return saved_page(page, capture.address, capture.date).encode("utf-8-sig", errors="replace")
