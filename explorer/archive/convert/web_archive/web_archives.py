"""The formats of web crawlers: WARC (ISO 28500), and WACZ, a zip of WARC files."""

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

_ZSTD_SUFFIX = ".warc.zst"
# The lists of the seed pages of a crawl, and of the pages found on the way.
_PAGE_LISTS = ("pages/pages.jsonl", "pages/extrapages.jsonl")
MAX_LIST_BYTES = 64 * 1024 * 1024
# Of the local header of a zip member: its length before the name, the offset of the lengths of name and extra field,
# and a flag.
_LOCAL_HEADER_BYTES, _LENGTHS_OFFSET, _ENCRYPTED_FLAG = 30, 26, 1


def _unpack_warc(stream: BinaryIO, path: str) -> Members:  # noqa: ARG001
    return _members([lambda: stream])


def _unpack_wacz(stream: BinaryIO, path: str) -> Members:  # noqa: ARG001
    """Return the members of all WARC files together: the pictures of a page may be in several files."""
    try:
        with zipfile.ZipFile(stream) as zipped:
            suffixes = (*WARC.suffixes, _ZSTD_SUFFIX)
            infos = [info for info in zipped.infolist() if info.filename.lower().endswith(suffixes)]
            listed_pages = list(_listed_pages(zipped))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ArchiveError(f"is not a readable zip: {error}. Create it again.") from error
    return _members((partial(_open_stored, stream, info) for info in infos), listed_pages)


def _listed_pages(zipped: zipfile.ZipFile) -> Iterator[str]:
    """Yield the page addresses listed in a WACZ (https://specs.webrecorder.net/wacz/1.1.1/#pages-jsonl)."""
    for info in zipped.infolist():
        if info.filename.lower() not in _PAGE_LISTS:
            continue
        try:
            lines = zipped.open(info).read(MAX_LIST_BYTES).splitlines()
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, zlib.error):
            continue  # the lists are optional
        for line in lines:
            page = _parse_json(line)
            if isinstance(page, dict) and isinstance(page.get("url"), str):
                yield page["url"]


def _parse_json(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _members(openers: Iterable[Callable[[], BinaryIO]], listed_pages: Iterable[str] = ()) -> Members:
    """Return the members of WARC files. Each damaged file has one member that raises the error."""
    from explorer.archive.convert.web_archive.crawls import Crawl  # imported here: loads warcio

    crawl = Crawl(listed_pages)
    errors: list[ArchiveError] = []
    for open_file in openers:
        try:
            crawl.add(open_file())
        except ArchiveError as error:
            errors.append(error)
    members = crawl.members()
    if errors and not members:
        raise errors[0]
    # The records before the damage are read. One document that raises the error takes the place of the others.
    return {**members, **{f"damaged-{n}.html": partial(_raise, error) for n, error in enumerate(errors, 1)}}


def _raise(error: ArchiveError) -> bytes:
    raise error


def _open_stored(zipped: BinaryIO, info: zipfile.ZipInfo) -> BinaryIO:
    """Open an uncompressed zip member in place, as it may be larger than the memory."""
    if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & _ENCRYPTED_FLAG:
        raise ArchiveError(
            f"contains {info.filename} compressed. Store it uncompressed, as the WACZ standard requires."
        )
    if info.filename.lower().endswith(_ZSTD_SUFFIX):
        raise ArchiveError(
            f"contains {info.filename} compressed with zstd, which is not supported. Compress it with gzip."
        )
    zipped.seek(info.header_offset + _LENGTHS_OFFSET)
    lengths = zipped.read(4)
    if len(lengths) < 4:
        raise ArchiveError(f"has no {info.filename} at the offset that it gives. Create it again.")
    start = info.header_offset + _LOCAL_HEADER_BYTES + sum(struct.unpack("<HH", lengths))
    return io.BufferedReader(_FileSlice(zipped, start, info.file_size))


class _FileSlice(io.RawIOBase):
    """A read-only file object for `size` bytes of another file from `start`."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._start, self._size, self._position = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._position = max(
            0, offset + {io.SEEK_CUR: self._position, io.SEEK_END: self._size}.get(whence, 0)
        )
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        self._file.seek(self._start + self._position)
        data = self._file.read(max(0, min(len(buffer), self._size - self._position)))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


WARC = Container(
    "WARC",
    "the pages of a crawl and the pictures on them, from any host; compressed with gzip, br or zstd too",
    (".warc", ".warc.gz"),
    _unpack_warc,
)
WACZ = Container("WACZ", "the WARC files in it", (".wacz",), _unpack_wacz)
