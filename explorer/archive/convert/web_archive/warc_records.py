"""Read the records of a WARC file with warcio, within size limits. Damage raises an ArchiveError."""

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

from explorer.archive.convert.web_archive.content_encodings import decode_beginning, decode_content_encoding
from explorer.archive.convert.web_archive.media_types import HEAD_BYTES, media_type, plain_type
from explorer.archive.site.copy_paths import absolute
from explorer.errors import ArchiveError

MAX_HEADER_BYTES = 1024 * 1024
# Text compresses about 10-fold. A file that grows more than this is a decompression bomb.
MAX_RATIO = 200
ALWAYS_ALLOWED_BYTES = 1024**3  # any file may grow to this size
_CHUNK_BYTES = 1024 * 1024
# How much of a response is examined: for its media type, and for the frames and links of a page.
_PREVIEW_BYTES = 1024 * 1024
_REDIRECT_STATUSES = frozenset(("301", "302", "303", "307", "308"))
_WHOLE_RANGE = re.compile(r"bytes 0-(\d{1,15})/(\d{1,15})")


@dataclass(frozen=True, slots=True)
class Capture:
    """What a crawler got from an address: a response whose content begins at `offset`, or a redirect.

    A revisit has no content of its own. Its content is that of an earlier capture: the one with the same digest, or the
    one of the address that it `refers_to`.
    """

    address: str
    content_type: str  # as declared by the site: `text/html; charset=utf-8`
    media_type: str  # by its bytes; empty for redirects and revisits
    date: str  # of the capture, ISO 8601
    offset: int
    digest: str  # `sha1:...`; empty if the crawler wrote none
    is_revisit: bool
    refers_to: str
    redirect_target: str  # an address; empty if the capture is no redirect


@dataclass(frozen=True, slots=True)
class Request:
    """A request of a browser, and where it displays the response: `document`, `iframe`, ..."""

    address: str
    destination: str


def records_in(stream: BinaryIO) -> Iterator[tuple[Capture | Request, bytes]]:
    """Yield usable responses, redirects, revisits and requests in file order, with the start of their content.

    Raises:
        ArchiveError: The file is truncated, or grows beyond the limit.
    """
    stream.seek(0)
    records, number, total_bytes = _records(stream), 0, 0
    try:
        for number, record in enumerate(records, 1):  # noqa: B007
            records.reader.header_bytes = 0
            length, content = _skip_record(record)
            total_bytes += length
            if total_bytes > ALWAYS_ALLOWED_BYTES + MAX_RATIO * stream.tell():
                raise ArchiveError(f"unpacks to more than {total_bytes:,} bytes. Crawl it again.")
            if record.rec_type == "request":
                yield Request(_address(record), _header(record, "Sec-Fetch-Dest").lower()), b""
            elif _is_usable(record) or record.rec_type == "revisit":
                head = _decode_preview(record, content)
                yield _capture_of(record, records.get_record_offset(), head), head or b""
    except ArchiveError:
        raise
    except Exception as error:  # warcio raises exceptions of many types on a damaged file
        if "non-chunked gzip" in str(error):
            raise ArchiveError(
                "is compressed in one piece. Decompress it (gunzip), and read the .warc."
            ) from error
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise ArchiveError(f"is damaged after record {number}: {reason}. Download it again.") from error


def content_of(stream: BinaryIO, capture: Capture, limit: int) -> bytes:
    """Return the content of a capture, decoded like in a browser.

    Raises:
        ArchiveError: The content cannot be decoded, or has more than `limit` bytes.
    """
    stream.seek(capture.offset)
    try:
        record = next(iter(_records(stream)))
        body = ChunkedDataReader(record.raw_stream) if _is_chunked(record) else record.raw_stream
        data = decode_content_encoding(body.read(limit + 1), _header(record, "Content-Encoding"), limit + 1)
    except ArchiveError:
        raise
    except Exception as error:
        raise ArchiveError(f"cannot be decoded: {error or type(error).__name__}. Crawl it again.") from error
    if len(data) > limit:
        raise ArchiveError(f"has more than the {limit:,} bytes that are read.")
    return data


class _BoundedReader(DecompressingBufferedReader):  # type: ignore[misc]
    """The reader of warcio with bounded headers. Damage raises an exception instead of printing a line."""

    header_bytes = 0
    decompressor: Any

    def readline(self, length: int | None = None) -> bytes:
        line: bytes = super().readline(min(length or MAX_HEADER_BYTES, MAX_HEADER_BYTES))
        self.header_bytes += len(line)
        if self.header_bytes > MAX_HEADER_BYTES:
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
            self.decompressor = None  # not gzip at all
            return data


def _records(stream: BinaryIO) -> ArchiveIterator:
    records = ArchiveIterator(stream)
    records.reader = _BoundedReader(stream)
    records.INC_RECORD = ""  # warcio would print it; the next record reveals a wrong length
    return records


def _skip_record(record: ArcWarcRecord) -> tuple[int, bytes]:
    """Read to the end of a record. Return its number of bytes, and the first of them."""
    length, head = 0, bytearray()
    while chunk := record.raw_stream.read(_CHUNK_BYTES):
        length += len(chunk)
        head += chunk[: max(0, _PREVIEW_BYTES - len(head))]
        if length > ALWAYS_ALLOWED_BYTES:
            raise ArchiveError(f"has a record of more than {ALWAYS_ALLOWED_BYTES:,} bytes. Crawl it again.")
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise ArchiveLoadFailed("the file is shorter than its headers state")
    return length, bytes(head)


def _decode_preview(record: ArcWarcRecord, content: bytes) -> bytes | None:
    """Return as much of the start of the content as can be decoded, or None."""
    if _is_chunked(record):
        content = ChunkedDataReader(BytesIO(content)).read(_PREVIEW_BYTES)
    return decode_beginning(content, _header(record, "Content-Encoding"), _PREVIEW_BYTES)


def _capture_of(record: ArcWarcRecord, offset: int, head: bytes | None) -> Capture:
    warc_headers = record.rec_headers
    address, content_type = _address(record), _content_type(record)
    is_redirect = record.rec_type != "resource" and _status(record) in _REDIRECT_STATUSES
    is_revisit = record.rec_type == "revisit"
    detected_type = plain_type(content_type) if head is None else media_type(content_type, head[:HEAD_BYTES])
    return Capture(
        address=address,
        content_type=content_type,
        media_type="" if is_redirect or is_revisit else detected_type,
        date=warc_headers.get_header("WARC-Date") or "",
        offset=offset,
        digest=warc_headers.get_header("WARC-Payload-Digest") or "",
        is_revisit=is_revisit,
        refers_to=warc_headers.get_header("WARC-Refers-To-Target-URI") or "",
        redirect_target=absolute(_header(record, "Location"), address) if is_redirect else "",
    )


def _address(record: ArcWarcRecord) -> str:
    return (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")


def _is_usable(record: ArcWarcRecord) -> bool:
    """Return whether a record is a complete response or a redirect."""
    if record.rec_type == "resource":
        return True
    if record.rec_type != "response" or not record.http_headers:
        return False
    status = _status(record)
    if status == "206":
        byte_range = _WHOLE_RANGE.fullmatch(_header(record, "Content-Range").strip())
        return byte_range is not None and int(byte_range[1]) + 1 == int(byte_range[2])
    return status in {"200", "203"} or (status in _REDIRECT_STATUSES and bool(_header(record, "Location")))


def _is_chunked(record: ArcWarcRecord) -> bool:
    return _header(record, "Transfer-Encoding").lower() == "chunked"


def _status(record: ArcWarcRecord) -> str:
    return str(record.http_headers.get_statuscode()) if record.http_headers else ""


def _header(record: ArcWarcRecord, name: str) -> str:
    """Return an HTTP header of the response, or "" if it is missing."""
    return str((record.http_headers and record.http_headers.get_header(name)) or "")


def _content_type(record: ArcWarcRecord) -> str:
    headers = record.http_headers or record.rec_headers
    return str(headers.get_header("Content-Type") or "")
