"""The records of a WARC file: warcio reads them, within bounds, and what is damaged is told."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader, DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from explorer.archive.convert.web_archive.content_encodings import beginning_of, decode_content_encoding
from explorer.archive.convert.web_archive.media_types import HEAD_BYTES, media_type, plain_type
from explorer.archive.site.copy_paths import absolute
from explorer.errors import ArchiveError

MAX_HEAD_BYTES = 1024 * 1024
# Text compresses about 10-fold; a file that grows more than this is a bomb.
MAX_RATIO = 200
FREE_BYTES = 1024**3  # to which any file may grow
_CHUNK_BYTES = 1024 * 1024


# How much of an answer is looked at: what it is, and what a page frames and links to.
_LOOKED_AT_BYTES = 1024 * 1024
_MOVES = frozenset(("301", "302", "303", "307", "308"))
_WHOLE_RANGE = re.compile(r"bytes 0-(\d{1,15})/(\d{1,15})")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a crawler got from an address: a good answer of a site, still to be read from `offset` on, or a redirect.

    Of one that is `again` what it had got before, by the same digest or at the address that it `refers_to`, the crawler
    kept nothing but the address.
    """

    address: str
    type: str  # as the site said it: `text/html; charset=utf-8`
    kind: str  # the media type by its bytes; empty where there are none
    date: str  # when it was got, ISO 8601
    offset: int
    digest: str  # `sha1:...`; empty where the crawler wrote none
    again: bool
    refers_to: str
    moved_to: str  # the address to which a redirect leads; empty where it is none


@dataclass(frozen=True, slots=True)
class Request:
    """What a browser asked for, and where it was going to show it: `document`, `iframe`, ..."""

    address: str
    destination: str


def records_in(stream: BinaryIO) -> Iterator[tuple[Answer | Request, bytes]]:
    """Yield good answers, redirects, what was got again, and requests, each with the beginning of its content.

    In the order of the file; ArchiveError where it breaks off or grows absurdly.
    """
    stream.seek(0)
    records, number, unpacked = _records(stream), 0, 0
    try:
        for number, record in enumerate(records, 1):  # noqa: B007
            records.reader.head_bytes = 0
            length, content = _skip(record)
            unpacked += length
            if unpacked > FREE_BYTES + MAX_RATIO * stream.tell():
                raise ArchiveError(f"grows to more than {unpacked:,} bytes. Crawl it again.")
            if record.rec_type == "request":
                yield Request(_address(record), _header(record, "Sec-Fetch-Dest").lower()), b""
            elif _is_good(record) or record.rec_type == "revisit":
                head = _unpacked(record, content)
                yield _answer(record, records.get_record_offset(), head), head or b""
    except ArchiveError:
        raise
    except Exception as error:  # warcio fails in ways of its own on a damaged file
        if "non-chunked gzip" in str(error):
            raise ArchiveError("is packed in one piece. Unpack it (gunzip), and read the .warc.") from error
        told = " ".join(str(error).split())[:120] or type(error).__name__
        raise ArchiveError(f"breaks off after record {number}: {told}. Fetch it again.") from error


def content_of(stream: BinaryIO, answer: Answer, limit: int) -> bytes:
    """What was got, unpacked as a browser would; ArchiveError when that cannot be, or has more bytes than `limit`."""
    stream.seek(answer.offset)
    try:
        record = next(iter(_records(stream)))
        body = ChunkedDataReader(record.raw_stream) if _is_chunked(record) else record.raw_stream
        data = decode_content_encoding(body.read(limit + 1), _header(record, "Content-Encoding"), limit + 1)
    except ArchiveError:
        raise
    except Exception as error:
        raise ArchiveError(f"cannot be unpacked: {error or type(error).__name__}. Crawl it again.") from error
    if len(data) > limit:
        raise ArchiveError(f"has more than the {limit:,} bytes that are read.")
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


def _skip(record: ArcWarcRecord) -> tuple[int, bytes]:
    """Goes to the end of a record; how many bytes it has, and the first of them."""
    length, head = 0, bytearray()
    while chunk := record.raw_stream.read(_CHUNK_BYTES):
        length += len(chunk)
        head += chunk[: max(0, _LOOKED_AT_BYTES - len(head))]
        if length > FREE_BYTES:
            raise ArchiveError(f"has a record of more than {FREE_BYTES:,} bytes. Crawl it again.")
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise ArchiveLoadFailed("the file is shorter than it says")
    return length, bytes(head)


def _unpacked(record: ArcWarcRecord, content: bytes) -> bytes | None:
    """As much of the beginning of what a site sent as can be unpacked; None where nothing can be."""
    if _is_chunked(record):
        content = ChunkedDataReader(BytesIO(content)).read(_LOOKED_AT_BYTES)
    return beginning_of(content, _header(record, "Content-Encoding"), _LOOKED_AT_BYTES)


def _answer(record: ArcWarcRecord, offset: int, head: bytes | None) -> Answer:
    said = record.rec_headers
    address, type = _address(record), _type(record)
    is_move = record.rec_type != "resource" and _status(record) in _MOVES
    is_again = record.rec_type == "revisit"
    kind = plain_type(type) if head is None else media_type(type, head[:HEAD_BYTES])
    return Answer(
        address=address,
        type=type,
        kind="" if is_move or is_again else kind,
        date=said.get_header("WARC-Date") or "",
        offset=offset,
        digest=said.get_header("WARC-Payload-Digest") or "",
        again=is_again,
        refers_to=said.get_header("WARC-Refers-To-Target-URI") or "",
        moved_to=absolute(_header(record, "Location"), address) if is_move else "",
    )


def _address(record: ArcWarcRecord) -> str:
    return (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")


def _is_good(record: ArcWarcRecord) -> bool:
    """Whether a site answered with all that is at an address, or with where else it is."""
    if record.rec_type == "resource":
        return True
    if record.rec_type != "response" or not record.http_headers:
        return False
    status = _status(record)
    if status == "206":
        part = _WHOLE_RANGE.fullmatch(_header(record, "Content-Range").strip())
        return part is not None and int(part[1]) + 1 == int(part[2])
    return status in {"200", "203"} or (status in _MOVES and bool(_header(record, "Location")))


def _is_chunked(record: ArcWarcRecord) -> bool:
    return _header(record, "Transfer-Encoding").lower() == "chunked"


def _status(record: ArcWarcRecord) -> str:
    return str(record.http_headers.get_statuscode()) if record.http_headers else ""


def _header(record: ArcWarcRecord, name: str) -> str:
    """What a site said under a name; empty where it said nothing."""
    return str((record.http_headers and record.http_headers.get_header(name)) or "")


def _type(record: ArcWarcRecord) -> str:
    headers = record.http_headers or record.rec_headers
    return str(headers.get_header("Content-Type") or "")
