"""What a crawler kept of the web: WARC (ISO 28500), and WACZ, a zip of such files."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import BinaryIO

from explorer.archive.convert.format_kinds import Container, Members
from explorer.errors import ArchiveError

_BY_ZSTD = ".warc.zst"
# The lists of what a crawler was sent to, and of what it found on its way.
_LISTS_OF_PAGES = ("pages/pages.jsonl", "pages/extrapages.jsonl")
MAX_LIST_BYTES = 64 * 1024 * 1024
# Of the head of a zip's member: its length before the name, where it tells how long name and extra field are, a flag.
_LOCAL_HEAD_BYTES, _LENGTHS_AT, _IS_ENCRYPTED = 30, 26, 1


def _from_warc(stream: BinaryIO, path: str) -> Members:  # noqa: ARG001
    return _members([lambda: stream])


def _from_wacz(stream: BinaryIO, path: str) -> Members:  # noqa: ARG001
    """The members of all its WARC files together: what one page shows may lie in several."""
    try:
        with zipfile.ZipFile(stream) as zipped:
            names = (*WARC.suffixes, _BY_ZSTD)
            infos = [info for info in zipped.infolist() if info.filename.lower().endswith(names)]
            listed = list(_pages_listed(zipped))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ArchiveError(f"is no readable zip: {error}. Make it again.") from error
    return _members((partial(_stored, stream, info) for info in infos), listed)


def _pages_listed(zipped: zipfile.ZipFile) -> Iterator[str]:
    """The addresses that a WACZ names as its pages (https://specs.webrecorder.net/wacz/1.1.1/#pages-jsonl)."""
    for info in zipped.infolist():
        if info.filename.lower() not in _LISTS_OF_PAGES:
            continue
        try:
            lines = zipped.open(info).read(MAX_LIST_BYTES).splitlines()
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, zlib.error):
            continue  # it only helps
        for line in lines:
            page = _json(line)
            if isinstance(page, dict) and isinstance(page.get("url"), str):
                yield page["url"]


def _json(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _members(files: Iterable[Callable[[], BinaryIO]], listed: Iterable[str] = ()) -> Members:
    """What is in WARC files; what cannot be read of them is a document that tells why."""
    from explorer.archive.convert.web_archive.crawls import Crawl  # here: brings warcio

    crawl = Crawl(listed)
    problems: list[ArchiveError] = []
    for opened in files:
        try:
            crawl.add(opened())
        except ArchiveError as problem:
            problems.append(problem)
    members = crawl.members()
    if problems and not members:
        raise problems[0]
    # What was read before the damage stays; what follows it is a document that tells why it cannot be read.
    return {**members, **{f"damaged-{n}.html": partial(_tell, it) for n, it in enumerate(problems, 1)}}


def _tell(problem: ArchiveError) -> bytes:
    raise problem


def _stored(zipped: BinaryIO, info: zipfile.ZipInfo) -> BinaryIO:
    """A member of a zip that is stored as it is, where it lies: it may be larger than the memory."""
    if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & _IS_ENCRYPTED:
        raise ArchiveError(f"has {info.filename} compressed. Store it, as the standard wants it.")
    if info.filename.lower().endswith(_BY_ZSTD):
        raise ArchiveError(f"has {info.filename} packed by zstd, which is not read. Pack it by gzip.")
    zipped.seek(info.header_offset + _LENGTHS_AT)
    lengths = zipped.read(4)
    if len(lengths) < 4:
        raise ArchiveError(f"has no {info.filename} where it says. Make it again.")
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
