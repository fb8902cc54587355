"""What a crawler kept of the web: WARC (ISO 28500), and WACZ, a zip of such files."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from html import unescape
from posixpath import splitext
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urldefrag, urljoin

from explorer.archive.addresses import is_picture_address, is_remote
from explorer.archive.decoding import decode
from explorer.archive.formats.html_page import saved_page
from explorer.archive.formats.kinds import Container, Members
from explorer.archive.formats.texts import MAX_TEXT_BYTES
from explorer.archive.model import Read
from explorer.archive.site_paths import PICTURE_TYPES, site_path
from explorer.errors import ArchiveProblem

if TYPE_CHECKING:
    from explorer.archive.formats.warc_records import Answer

MAX_PICTURE_BYTES = 128 * 1024 * 1024
MAX_DOCUMENTS = 300_000
MAX_REDIRECTS = 10
MAX_PAGES_LOOKED_AT = 5000
"""In larger crawls frames are known by requests and addresses alone: to look into every page takes as long as to read it."""
PAGE_TYPES = {"text/html", "application/xhtml+xml"}
_PAGE_SUFFIXES = (".html", ".htm", ".xhtml")
_BY_ZSTD = ".warc.zst"
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_EMBEDDED = re.compile(
    r"://[^/]+/(?:[^?#]*/)?(?:embed|iframe|oembed|widgets?|plugins)(?:[/._-]|$|\?)|[?&](?:embed|iframe)=|player\.vimeo\.com|"
    r"doubleclick\.net|googlesyndication|recaptcha|disqus\.com/embed|platform\.twitter\.com",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"""<(?P<tag>a|i?frame)\s[^<>]{0,2000}?\b(?:href|src)\s*=\s*(?P<mark>["']?)(?P<address>[^"'\s<>]{1,2000})""",
    re.IGNORECASE,
)
_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "svg": "image/svg+xml",
          "avif": "image/avif", "bmp": "image/bmp", "tiff": "image/tiff", "jpeg2000": "image/jp2",
          "ppm": "image/x-portable-pixmap"}  # fmt: skip
_ANY_TYPE = {"", "application/octet-stream", "binary/octet-stream"}
# Of the head of a zip's member: its length before the name, where it tells how long name and extra field are, a flag.
_LOCAL_HEAD_BYTES, _LENGTHS_AT, _IS_ENCRYPTED = 30, 26, 1


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer, and the WARC file that holds it."""

    file: BinaryIO
    answer: Answer


@dataclass(frozen=True, slots=True)
class _Met:
    """What the WARC files held so far: pictures by digest and address, redirects, addresses that a browser framed."""

    by_digest: dict[str, _Kept] = field(default_factory=dict)
    pictures: dict[str, _Kept] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    framed: set[str] = field(default_factory=set)


def _from_warc(stream: BinaryIO, path: str) -> Members:  # noqa: ARG001
    return _members([lambda: stream])


def _from_wacz(stream: BinaryIO, path: str) -> Members:  # noqa: ARG001
    """The members of all its WARC files together: what one page shows may lie in several."""
    try:
        with zipfile.ZipFile(stream) as zipped:
            names = (*WARC.suffixes, _BY_ZSTD)
            infos = [info for info in zipped.infolist() if info.filename.lower().endswith(names)]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ArchiveProblem(f"is no readable zip: {error}. Make it again.") from error
    return _members(partial(_stored, stream, info) for info in infos)


def _members(files: Iterable[Callable[[], BinaryIO]]) -> Members:
    """What is in WARC files, by `host/path`; the last good answer of an address is the one that counts."""
    members: dict[str, Read] = {}
    addresses: dict[str, str] = {}
    pages: dict[str, str] = {}
    met = _Met()
    problems: list[ArchiveProblem] = []
    for opened in files:
        try:
            for kept, path in _documents(opened(), met):
                here = kept.answer.address.partition("://")[2]
                name = path if addresses.setdefault(path, here) == here else apart(path, here)
                members[name] = partial(_content, kept, path)
                if path.endswith(_PAGE_SUFFIXES):
                    pages[kept.answer.address] = name
                if len(members) == MAX_DOCUMENTS:
                    raise ArchiveProblem(f"holds more than {MAX_DOCUMENTS:,} documents. Split it.")
        except ArchiveProblem as problem:
            problems.append(problem)
    if problems and not members:
        raise problems[0]
    for kept, path in _redirected(met):
        members.setdefault(path, partial(_content, kept, path))
    for address in _framed(pages, members, met.framed):
        del members[pages[address]]
    # What was read before the damage stays; what follows it is a document that tells why it cannot be read.
    return {**members, **{f"damaged-{n}.html": partial(_tell, it) for n, it in enumerate(problems, 1)}}


def _redirected(met: _Met) -> Iterator[tuple[_Kept, str]]:
    """The pictures behind redirects, each with the path of the address that led to it."""
    for source in met.redirects:
        target, steps = source, 0
        while target in met.redirects and steps < MAX_REDIRECTS:
            target, steps = met.redirects[target], steps + 1
        kept = met.pictures.get(target)
        path = document_path(source, _kind(kept.answer)) if kept else None
        if kept and path:
            yield kept, path


def _framed(pages: Mapping[str, str], members: Members, said: Collection[str]) -> set[str]:
    """The addresses of pages that others show in a frame and none leads to: players, maps, forms. They are no issues."""
    framed = {address for address in pages if address in said or _EMBEDDED.search(address)}
    if len(pages) > MAX_PAGES_LOOKED_AT:
        return framed
    linked: set[str] = set()
    for address, name in pages.items():
        try:
            page = members[name]().decode("utf-8-sig", "replace")
        except ArchiveProblem:
            continue
        for found in _LEADS.finditer(page):
            try:
                there = urldefrag(urljoin(address, unescape(found["address"]).strip())).url
            except ValueError:
                continue
            if there != address:
                (linked if found["tag"].lower() == "a" else framed).add(there)
    return {address for address in framed - linked if address in pages}


def _kind(answer: Answer) -> str:
    """The media type of an answer: by how its content begins, else as the site said it."""
    from images.sniff import GZIP, HTML_ROOT, sniff_format  # here: brings Pillow

    said = answer.type.partition(";")[0].strip().lower()
    head = answer.head.lstrip()
    if not head:
        return said
    # Whatever is packed could be a packed drawing.
    picture = None if head.startswith(GZIP) else sniff_format(head)
    if picture and not (picture == "svg" and said in PAGE_TYPES):
        return _TYPES.get(picture, said)
    if HTML_ROOT.match(head):
        return (
            ""
            if said.startswith("image/")
            else "text/html"
            if said in {*_ANY_TYPE, *PAGE_TYPES, "text/plain"}
            else said
        )
    return "" if said in PAGE_TYPES and b"\0" in head else said


def _documents(file: BinaryIO, met: _Met) -> Iterator[tuple[_Kept, str]]:
    """The pages and pictures of a WARC file, each with its path; `met` is what all files held so far.

    A picture that was got again from another address, which a crawler writes as a mere reference ("revisit"), is
    there as well; a page is not, as it would be the same issue twice.
    """
    from explorer.archive.formats.warc_records import answers_in

    for answer in answers_in(file):
        kept = _Kept(file, answer)
        if answer.framed:
            met.framed.add(answer.address)
            continue
        if answer.leads_to:
            with suppress(ValueError):
                met.redirects[answer.address] = urljoin(answer.address, answer.leads_to)
            continue
        if answer.again:
            before = met.by_digest.get(answer.digest)
            if before is None:
                continue
            kept = _Kept(before.file, replace(before.answer, address=answer.address))
        path = document_path(kept.answer.address, _kind(kept.answer))
        if path:
            yield kept, path
            if not path.endswith(_PAGE_SUFFIXES):
                met.pictures[answer.address] = kept
                if answer.digest:
                    met.by_digest[answer.digest] = kept


def document_path(address: str, kind: str) -> str | None:
    """Where a page or a picture of that media type is kept, with a suffix that tells what it is; None for anything else."""
    try:
        path = site_path(address) if is_remote(address) else ""
    except ValueError:
        return None
    if path and kind in PAGE_TYPES:
        return path if path.lower().endswith(_PAGE_SUFFIXES) else f"{path}.html"
    if path and kind in {*PICTURE_TYPES, *_ANY_TYPE}:
        suffix = PICTURE_TYPES.get(kind, "")
        return path if is_picture_address(path) else path + suffix if suffix else None
    return None


def apart(path: str, address: str) -> str:
    """Another path for an address, where one that is written alike has it already."""
    stem, suffix = splitext(path)
    return f"{stem}~{sha256(address.encode(errors='replace')).hexdigest()[:8]}{suffix}"


def _content(kept: _Kept, path: str) -> bytes:
    """A picture as it is; a page in UTF-8, under its address and the day on which it was got."""
    from explorer.archive.formats.warc_records import content_of

    file, answer = kept.file, kept.answer
    if not path.endswith(_PAGE_SUFFIXES):
        return content_of(file, answer, MAX_PICTURE_BYTES)
    charset = _CHARSET.search(answer.type)
    page = decode(content_of(file, answer, MAX_TEXT_BYTES), charset[1] if charset else None)
    return saved_page(page, answer.address, answer.date).encode("utf-8-sig", errors="replace")


def _tell(problem: ArchiveProblem) -> bytes:
    raise problem


def _stored(zipped: BinaryIO, info: zipfile.ZipInfo) -> BinaryIO:
    """A member of a zip that is stored as it is, where it lies: it may be larger than the memory."""
    if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & _IS_ENCRYPTED:
        raise ArchiveProblem(f"has {info.filename} compressed. Store it, as the standard wants it.")
    if info.filename.lower().endswith(_BY_ZSTD):
        raise ArchiveProblem(f"has {info.filename} packed by zstd, which is not read. Pack it by gzip.")
    zipped.seek(info.header_offset + _LENGTHS_AT)
    lengths = zipped.read(4)
    if len(lengths) < 4:
        raise ArchiveProblem(f"has no {info.filename} where it says. Make it again.")
    start = info.header_offset + _LOCAL_HEAD_BYTES + sum(struct.unpack("<HH", lengths))
    return io.BufferedReader(_Stretch(zipped, start, info.file_size))


class _Stretch(io.RawIOBase):
    """The bytes of a file from `start` on, as a file."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_CUR: self._at, io.SEEK_END: self._size}.get(whence, 0))
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        self._file.seek(self._start + self._at)
        data = self._file.read(max(0, min(len(buffer), self._size - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


WARC = Container(
    "WARC",
    "the pages that a crawler got, and the pictures on them, whatever host they came from; packed by gzip, br or zstd too",
    (".warc", ".warc.gz"),
    _from_warc,
)
WACZ = Container("WACZ", "the WARC files in it", (".wacz",), _from_wacz)
