"""Content-Encoding (RFC 9110, 8.4): how servers pack what they answer, undone within bounds."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

from explorer.errors import ArchiveError

MAX_LAYERS = 4  # servers pack once, proxies sometimes again
_CHUNK_BYTES, _SMALL_BYTES = 1024 * 1024, 4096
_CODECS = {"br": "brotli", "zstd": "zstd"}
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f]")

Unpack = Callable[[bytes, int], bytes]


def decode_content_encoding(data: bytes, packing: str, limit: int) -> bytes:
    """The data, `limit` bytes of it at most, without what its header `Content-Encoding` says that it is packed by.

    ArchiveError when that cannot be undone. Crawlers that unpack leave the header where it was: then it is plain.
    """
    names = _names(packing)
    if len(names) > MAX_LAYERS:
        raise ArchiveError(f"is packed {len(names)} times over. Crawl it again.")
    for name in reversed(names):
        data = _without(name, data, limit)
    return data[:limit]


def beginning_of(data: bytes, packing: str, limit: int) -> bytes | None:
    """As much of the beginning of data that may break off as can be unpacked: `limit` bytes at most, to look at.

    None where nothing can be.
    """
    try:
        for name in reversed(_names(packing)[:MAX_LAYERS]):
            data = _without(name, data, limit, is_whole=False)
    except ArchiveError:
        return None
    return data[:limit]


def _names(packing: str) -> list[str]:
    return [name for name in re.split(r"[\s,]+", packing.lower()) if name and name != "identity"]


def _without(name: str, data: bytes, limit: int, *, is_whole: bool = True) -> bytes:
    unpack = _WAYS.get(name)
    try:
        if name in _CODECS and not is_whole:
            return _streamed(data, _CODECS[name], limit, is_whole=False)
        if unpack:
            return unpack(data, limit)
    except (OSError, zlib.error):
        if not _is_plain(data):
            raise ArchiveError(f"is packed by {name}, and damaged. Crawl it again.") from None
    if not _is_plain(data):
        raise ArchiveError(f"is packed by {name}, which is not read. Crawl it without.")
    return data


def _is_plain(data: bytes) -> bool:
    """Whether it is no longer packed: text, or a picture."""
    from images.sniff import sniff_format  # here: brings Pillow

    return not _NO_TEXT.search(data[:1024]) or sniff_format(data) is not None


def _gunzip(data: bytes, limit: int) -> bytes:
    return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, limit) if data.startswith(_GZIP) else data


def _inflate(data: bytes, limit: int) -> bytes:
    """With the head that the standard wants, or without, as some servers write it."""
    try:
        return zlib.decompressobj().decompress(data, limit)
    except zlib.error:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, limit)


def _unzstd(data: bytes, limit: int) -> bytes:
    return _streamed(data, "zstd", limit) if data.startswith(_ZSTD) else data


def _unbrotli(data: bytes, limit: int) -> bytes:
    return _streamed(data, "brotli", limit)


def _streamed(data: bytes, codec: str, limit: int, *, is_whole: bool = True) -> bytes:
    """Unpacked piece by piece: what a bomb would grow to is never held. OSError when the data are damaged.

    Of data that are not whole, what can be unpacked before they break off.
    """
    import pyarrow as pa  # here: a third of a second

    stream = pa.CompressedInputStream(pa.py_buffer(data), codec)
    whole = bytearray()
    piece_bytes = _CHUNK_BYTES if is_whole else _SMALL_BYTES
    try:
        while len(whole) < limit and (piece := stream.read(min(piece_bytes, limit - len(whole)))):
            whole += piece
    except OSError:
        if is_whole or not whole:
            raise
    return bytes(whole)


_WAYS: dict[str, Unpack] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
