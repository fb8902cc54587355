"""Decode the Content-Encoding of HTTP responses (RFC 9110, 8.4) up to a size limit."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

from explorer.errors import ArchiveError

MAX_LAYERS = 4  # servers compress once, proxies sometimes again
_CHUNK_BYTES, _SMALL_BYTES = 1024 * 1024, 4096
_CODECS = {"br": "brotli", "zstd": "zstd"}
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_BINARY_BYTE = re.compile(rb"[\x00-\x08\x0e-\x1f]")

Decoder = Callable[[bytes, int], bytes]


def decode_content_encoding(data: bytes, content_encoding: str, limit: int) -> bytes:
    """Return at most `limit` bytes of the decoded data. Data that a crawler has decoded already is returned as it is.

    Raises:
        ArchiveError: The data is damaged, or its encoding is not supported.
    """
    names = _encoding_names(content_encoding)
    if len(names) > MAX_LAYERS:
        raise ArchiveError(f"is compressed {len(names)} times, which is not supported. Crawl it again.")
    for name in reversed(names):
        data = _decode_layer(name, data, limit)
    return data[:limit]


def decode_beginning(data: bytes, content_encoding: str, limit: int) -> bytes | None:
    """Return as much as can be decoded of data that may be truncated, at most `limit` bytes, or None."""
    try:
        for name in reversed(_encoding_names(content_encoding)[:MAX_LAYERS]):
            data = _decode_layer(name, data, limit, is_complete=False)
    except ArchiveError:
        return None
    return data[:limit]


def _encoding_names(content_encoding: str) -> list[str]:
    return [name for name in re.split(r"[\s,]+", content_encoding.lower()) if name and name != "identity"]


def _decode_layer(name: str, data: bytes, limit: int, *, is_complete: bool = True) -> bytes:
    decoder = _DECODERS.get(name)
    try:
        if name in _CODECS and not is_complete:
            return _decompress_stream(data, _CODECS[name], limit, is_complete=False)
        if decoder:
            return decoder(data, limit)
    except (OSError, zlib.error):
        if not _is_decoded(data):
            raise ArchiveError(f"is compressed with {name}, and damaged. Crawl it again.") from None
    if not _is_decoded(data):
        raise ArchiveError(
            f"is compressed with {name}, which is not supported. Crawl it again without this encoding."
        )
    return data


def _is_decoded(data: bytes) -> bool:
    """Return whether data is decoded already: text or a picture."""
    from images.sniff import sniff_format  # imported here: loads Pillow

    return not _BINARY_BYTE.search(data[:1024]) or sniff_format(data) is not None


def _gunzip(data: bytes, limit: int) -> bytes:
    return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, limit) if data.startswith(_GZIP) else data


def _inflate(data: bytes, limit: int) -> bytes:
    """Decompress with the zlib header that the standard demands, or without it, as some servers write it."""
    try:
        return zlib.decompressobj().decompress(data, limit)
    except zlib.error:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, limit)


def _unzstd(data: bytes, limit: int) -> bytes:
    return _decompress_stream(data, "zstd", limit) if data.startswith(_ZSTD) else data


def _unbrotli(data: bytes, limit: int) -> bytes:
    return _decompress_stream(data, "brotli", limit)


def _decompress_stream(data: bytes, codec: str, limit: int, *, is_complete: bool = True) -> bytes:
    """Decompress chunk by chunk, so that a decompression bomb never fills the memory.

    If the data is not complete, return what precedes the truncation.

    Raises:
        OSError: The data is damaged.
    """
    import pyarrow as pa  # imported here: takes a third of a second

    stream = pa.CompressedInputStream(pa.py_buffer(data), codec)
    decompressed = bytearray()
    chunk_bytes = _CHUNK_BYTES if is_complete else _SMALL_BYTES
    try:
        while len(decompressed) < limit and (
            chunk := stream.read(min(chunk_bytes, limit - len(decompressed)))
        ):
            decompressed += chunk
    except OSError:
        if is_complete or not decompressed:
            raise
    return bytes(decompressed)


_DECODERS: dict[str, Decoder] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
