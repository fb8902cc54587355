"""What a crawler kept of the web: WARC (ISO 28500), and WACZ, a zip of such files."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from posixpath import splitext
from typing import TYPE_CHECKING, BinaryIO

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
PAGE_TYPES = {"text/html", "application/xhtml+xml"}
_PAGE_SUFFIXES = (".html", ".htm", ".xhtml")
_BY_ZSTD = ".warc.zst"
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_ANY_TYPE = {"", "application/octet-stream", "binary/octet-stream"}
# Of the head of a zip's member: its length before the name, where it tells how long name and extra field are, a flag.
_LOCAL_HEAD_BYTES, _LENGTHS_AT, _IS_ENCRYPTED = 30, 26, 1


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer, and the WARC file that holds it."""

    file: BinaryIO
    answer: Answer


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
    pictures: dict[str, _Kept] = {}
    problems: list[ArchiveProblem] = []
    for opened in files:
        try:
            for kept, path in _documents(opened(), pictures):
                here = kept.answer.address.partition("://")[2]
                name = path if addresses.setdefault(path, here) == here else apart(path, here)
                members[name] = partial(_content, kept, path)
                if len(members) == MAX_DOCUMENTS:
                    raise ArchiveProblem(f"holds more than {MAX_DOCUMENTS:,} documents. Split it.")
        except ArchiveProblem as problem:
            problems.append(problem)
    if problems and not members:
        raise problems[0]
    # What was read before the damage stays; what follows it is a document that tells why it cannot be read.
    return {**members, **{f"damaged-{n}.html": partial(_tell, it) for n, it in enumerate(problems, 1)}}


def _documents(file: BinaryIO, pictures: dict[str, _Kept]) -> Iterator[tuple[_Kept, str]]:
    """The pages and pictures of a WARC file, each with its path; `pictures` are those met so far, by their digest.

    A picture that was got again from another address, which a crawler writes as a mere reference ("revisit"), is
    there as well; a page is not, as it would be the same issue twice.
    """
    from explorer.archive.formats.warc_records import answers_in

    for answer in answers_in(file):
        kept = _Kept(file, answer)
        if answer.again:
            before = pictures.get(answer.digest)
            if before is None:
                continue
            kept = _Kept(before.file, replace(before.answer, address=answer.address))
        path = document_path(kept.answer.address, kept.answer.type.partition(";")[0].strip().lower())
        if path:
            yield kept, path
            if answer.digest and not path.endswith(_PAGE_SUFFIXES):
                pictures[answer.digest] = kept


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
