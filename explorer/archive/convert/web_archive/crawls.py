"""What a crawl holds: its pages, its pictures wherever redirects and repetitions lead to them, and what is in frames."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from posixpath import splitext
from typing import BinaryIO

from explorer.archive.convert.decoding import decode
from explorer.archive.convert.format_kinds import SkippedMember
from explorer.archive.convert.html_page import saved_page
from explorer.archive.convert.texts import MAX_TEXT_BYTES
from explorer.archive.convert.web_archive.frames import Frames, place_of
from explorer.archive.convert.web_archive.media_types import PAGE_TYPES
from explorer.archive.convert.web_archive.warc_records import Answer, Request, content_of, records_in
from explorer.archive.links.addresses import is_picture_address, is_remote
from explorer.archive.model import Read
from explorer.archive.site.copy_paths import PICTURE_TYPES, site_path
from explorer.errors import ArchiveError

MAX_PICTURE_BYTES = 128 * 1024 * 1024
MAX_DOCUMENTS = 300_000
MAX_MOVES = 20
"""How far redirects are followed, one after the other and side by side: browsers give up after 20."""

IN_A_FRAME = "is shown in a frame of other pages"
_PAGE_SUFFIXES = (".html", ".htm", ".xhtml")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_ANY_TYPE = {"", "application/octet-stream", "binary/octet-stream"}


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer, and the WARC file that holds it."""

    file: BinaryIO
    answer: Answer


class Crawl:
    """The answers in WARC files, by `host/path`; the last good answer of an address is the one that counts.

    `listed` are the addresses that the crawler names as its pages.
    """

    def __init__(self, listed: Iterable[str] = ()) -> None:
        self._documents: dict[str, _Kept] = {}
        self._addresses: dict[str, str] = {}
        self._by_digest: dict[str, _Kept] = {}
        self._pictures: dict[str, _Kept] = {}  # by place, as `site_path` names it
        self._moves: dict[str, list[str]] = defaultdict(list)  # from place to places, the last one last
        self._moved: dict[str, str] = {}  # address by place
        self._again: list[Answer] = []
        self._frames = Frames(listed)

    def add(self, file: BinaryIO) -> None:
        """Take in a WARC file; ArchiveError where it breaks off, and what stands before stays."""
        for met, head in records_in(file):
            if isinstance(met, Request):
                self._frames.add_request(met.address, met.destination)
            elif met.moved_to:
                self._add_move(met)
            elif met.again:
                self._add_again(met)
            else:
                self._add(_Kept(file, met), head)
            if len(self._documents) >= MAX_DOCUMENTS:
                raise ArchiveError(f"holds more than {MAX_DOCUMENTS:,} documents. Split it.")

    def members(self) -> dict[str, Read]:
        """Return what is in the files, by path. Of pages in frames the member says that they are no issues."""
        for answer in self._again:
            self._keep_elsewhere(self._met_before(answer), answer.address)
        for place, address in self._moved.items():
            self._keep_elsewhere(self._behind(place), address)
        pages = {
            name: place_of(kept.answer.address) for name, kept in self._documents.items() if _is_page(name)
        }
        parts = self._frames.parts(pages.values(), self._followed)
        reads = {name: partial(_content, kept, name) for name, kept in self._documents.items()}
        return {
            name: SkippedMember(read, IN_A_FRAME) if pages.get(name) in parts else read
            for name, read in reads.items()
        }

    def _add(self, kept: _Kept, head: bytes = b"") -> None:
        answer = kept.answer
        path = document_path(answer.address, answer.kind)
        if path is None:
            return
        if _is_page(path):
            self._frames.add_page(answer.address, head)
        else:
            self._pictures[place_of(answer.address)] = kept
            if answer.digest:
                self._by_digest[answer.digest] = kept
        self._documents[self._name(path, answer.address)] = kept

    def _name(self, path: str, address: str) -> str:
        here = address.partition("://")[2]
        return path if self._addresses.setdefault(path, here) == here else apart(path, here)

    def _add_move(self, answer: Answer) -> None:
        place, target = place_of(answer.address), place_of(answer.moved_to)
        if place and target and place != target:
            others = [it for it in self._moves[place] if it != target]
            self._moves[place] = [*others[1 - MAX_MOVES :], target]
            self._moved[place] = answer.address

    def _add_again(self, answer: Answer) -> None:
        """A picture that was got again, which a crawler writes as a mere reference ("revisit"), is there as well.

        A page is not, as it would be the same issue twice.
        """
        before = self._by_digest.get(answer.digest)
        if before is None:
            self._again.append(answer)  # perhaps it stands further down
        else:
            self._add(_Kept(before.file, replace(before.answer, address=answer.address)))

    def _met_before(self, answer: Answer) -> _Kept | None:
        return self._by_digest.get(answer.digest) or self._pictures.get(place_of(answer.refers_to))

    def _keep_elsewhere(self, picture: _Kept | None, address: str) -> None:
        """Keeps a picture at another address as well, where that has none of its own."""
        if picture and place_of(address) not in self._pictures:
            self._add(_Kept(picture.file, replace(picture.answer, address=address)))

    def _behind(self, place: str) -> _Kept | None:
        """The picture to which an address leads on."""
        return next((self._pictures[it] for it in self._followed(place) if it in self._pictures), None)

    def _followed(self, place: str) -> Iterator[str]:
        """The places to which one leads on, those of the last redirect first."""
        met, waiting = {place}, [*self._moves.get(place, ())]
        while waiting and len(met) <= MAX_MOVES:
            here = waiting.pop()
            if here not in met:
                met.add(here)
                yield here
                waiting.extend(self._moves.get(here, ()))


def document_path(address: str, kind: str) -> str | None:
    """Where a page or a picture of that media type is kept, with a suffix that tells what it is; None for anything else."""
    try:
        path = site_path(address) if is_remote(address) else ""
    except ValueError:
        return None
    if path and kind in PAGE_TYPES:
        return path if _is_page(path) else f"{path}.html"
    if path and kind in {*PICTURE_TYPES, *_ANY_TYPE}:
        suffix = PICTURE_TYPES.get(kind, "")
        return path if is_picture_address(path) else path + suffix if suffix else None
    return None


def apart(path: str, address: str) -> str:
    """Another path for an address, where one that is written alike has it already."""
    stem, suffix = splitext(path)
    return f"{stem}~{sha256(address.encode(errors='replace')).hexdigest()[:8]}{suffix}"


def _is_page(path: str) -> bool:
    return path.lower().endswith(_PAGE_SUFFIXES)


def _content(kept: _Kept, path: str) -> bytes:
    """A picture as it is; a page in UTF-8, under its address and the day on which it was got."""
    file, answer = kept.file, kept.answer
    if not _is_page(path):
        return content_of(file, answer, MAX_PICTURE_BYTES)
    charset = _CHARSET.search(answer.type)
    page = decode(content_of(file, answer, MAX_TEXT_BYTES), charset[1] if charset else None)
    return saved_page(page, answer.address, answer.date).encode("utf-8-sig", errors="replace")
