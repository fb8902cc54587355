"""The records of a WARC file: warcio reads them, within bounds, and what is damaged is told."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader, DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from explorer.archive.formats.content_encodings import without_packing
from explorer.errors import ArchiveProblem

MAX_HEAD_BYTES = 1024 * 1024
# Text compresses about 10-fold; a file that grows more than this is a bomb.
MAX_RATIO = 200
FREE_BYTES = 1024**3  # to which any file may grow
_CHUNK_BYTES = 1024 * 1024
_SNIFFED_BYTES = 4096
_CHUNK_SIZE = re.compile(rb"[0-9a-fA-F]{1,8}[^\r\n]{0,100}\r?\n")
_REDIRECTS = {"301", "302", "303", "307", "308"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a crawler got from an address: a good answer of a site, still to be read from `offset` on.

    Of one that is `again` what it had got before, by the same digest, the crawler kept nothing but the address.
    """

    address: str
    type: str  # as the site said it: `text/html; charset=utf-8`
    date: str  # when it was got, ISO 8601
    offset: int
    digest: str  # `sha1:...`; empty where the crawler wrote none
    again: bool
    head: bytes = b""  # how its content begins, unpacked; empty where that cannot be told
    leads_to: str = ""  # of a redirect: the address as the site wrote it
    framed: bool = False  # a browser asked for it to show it in a frame of another page


def answers_in(stream: BinaryIO) -> Iterator[Answer]:
    """Good answers and what was got again, in the order of the file; ArchiveProblem where it breaks off or grows absurdly."""
    stream.seek(0)
    records, number, unpacked = _records(stream), 0, 0
    try:
        for number, record in enumerate(records, 1):  # noqa: B007
            records.reader.head_bytes = 0
            begins, length = _skip(record)
            unpacked += length
            if unpacked > FREE_BYTES + MAX_RATIO * stream.tell():
                raise ArchiveProblem(f"grows to more than {unpacked:,} bytes. Crawl it again.")
            if _is_good(record) or record.rec_type == "revisit" or _leads_to(record) or _is_framed(record):
                yield _answer(record, records.get_record_offset(), begins)
    except ArchiveProblem:
        raise
    except Exception as error:  # warcio fails in ways of its own on a damaged file
        if "non-chunked gzip" in str(error):
            raise ArchiveProblem("is packed in one piece. Unpack it (gunzip), and read the .warc.") from error
        told = " ".join(str(error).split())[:120] or type(error).__name__
        raise ArchiveProblem(f"breaks off after record {number}: {told}. Fetch it again.") from error


def content_of(stream: BinaryIO, answer: Answer, limit: int) -> bytes:
    """What was got, unpacked as a browser would; ArchiveProblem when that cannot be, or has more bytes than `limit`."""
    stream.seek(answer.offset)
    try:
        record = next(iter(_records(stream)))
        headers = record.http_headers
        is_chunked = headers and (headers.get_header("transfer-encoding") or "").lower() == "chunked"
        body = ChunkedDataReader(record.raw_stream) if is_chunked else record.raw_stream
        packing = (headers and headers.get_header("content-encoding")) or ""
        data = without_packing(body.read(limit + 1), packing, limit + 1)
    except ArchiveProblem:
        raise
    except Exception as error:
        raise ArchiveProblem(
            f"cannot be unpacked: {error or type(error).__name__}. Crawl it again."
        ) from error
    if len(data) > limit:
        raise ArchiveProblem(f"has more than the {limit:,} bytes that are read.")
    return data


class _Heads(DecompressingBufferedReader):  # type: ignore[misc]
    """The file as warcio reads it: heads have an end, and damage is no line on the terminal."""

    head_bytes = 0
    decompressor: Any

    def readline(self, length: int | None = None) -> bytes:
        line: bytes = super().readline(min(length or MAX_HEAD_BYTES, MAX_HEAD_BYTES))
        self.head_bytes += len(line)
        if self.head_bytes > MAX_HEAD_BYTES:
            raise ArchiveLoadFailed("the head of a record has no end")
        return line

    def _decompress(self, data: bytes) -> bytes:
        if not self.decompressor:
            return data
        try:
            return bytes(self.decompressor.decompress(data))
        except zlib.error as error:
            if self.num_block_read:
                raise ArchiveLoadFailed(str(error)) from error
            self.decompressor = None  # no gzip at all
            return data


def _records(stream: BinaryIO) -> ArchiveIterator:
    records = ArchiveIterator(stream)
    records.reader = _Heads(stream)
    records.INC_RECORD = ""  # what it would write on the terminal; a wrong length is told by the next record
    return records


def _skip(record: ArcWarcRecord) -> tuple[bytes, int]:
    """Goes to the end of a record: how it begins, and the number of its bytes."""
    length, begins = 0, b""
    while chunk := record.raw_stream.read(_CHUNK_BYTES):
        begins = begins or chunk[:_SNIFFED_BYTES]
        length += len(chunk)
        if length > FREE_BYTES:
            raise ArchiveProblem(f"has a record of more than {FREE_BYTES:,} bytes. Crawl it again.")
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise ArchiveLoadFailed("the file is shorter than it says")
    return begins, length


def _answer(record: ArcWarcRecord, offset: int, begins: bytes) -> Answer:
    said = record.rec_headers
    return Answer(
        address=(said.get_header("WARC-Target-URI") or "").strip("<> "),
        type=_type(record),
        date=said.get_header("WARC-Date") or "",
        offset=offset,
        digest=said.get_header("WARC-Payload-Digest") or "",
        again=record.rec_type == "revisit",
        head=_unpacked(record, begins),
        leads_to=_leads_to(record),
        framed=_is_framed(record),
    )


def _unpacked(record: ArcWarcRecord, begins: bytes) -> bytes:
    """How the content begins; empty where its packing hides that."""
    headers = record.http_headers
    if headers is None:
        return begins
    try:
        if (headers.get_header("transfer-encoding") or "").lower() == "chunked":
            size = _CHUNK_SIZE.match(begins)
            begins = begins[size.end() :] if size else begins
        return without_packing(begins, headers.get_header("content-encoding") or "", _SNIFFED_BYTES)
    except (ArchiveProblem, OSError, ValueError):
        return b""


def _leads_to(record: ArcWarcRecord) -> str:
    """Where a redirect leads; "" for anything else."""
    if record.rec_type != "response" or not record.http_headers or _status(record) not in _REDIRECTS:
        return ""
    return str(record.http_headers.get_header("Location") or "").strip()


def _is_framed(record: ArcWarcRecord) -> bool:
    """Whether this is a browser's request for what a frame shows (https://www.w3.org/TR/fetch-metadata/)."""
    if record.rec_type != "request" or not record.http_headers:
        return False
    return (record.http_headers.get_header("Sec-Fetch-Dest") or "").lower() in {
        "iframe",
        "frame",
        "embed",
        "object",
    }


def _is_good(record: ArcWarcRecord) -> bool:
    if record.rec_type == "resource":
        return True
    return record.rec_type == "response" and bool(record.http_headers) and _status(record) == "200"


def _status(record: ArcWarcRecord) -> str:
    return str(record.http_headers.get_statuscode())


def _type(record: ArcWarcRecord) -> str:
    headers = record.http_headers or record.rec_headers
    return str(headers.get_header("Content-Type") or "")
