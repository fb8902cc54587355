"""Detection of formats from bytes: file names and the `Content-Type` of crawls are often wrong."""

from __future__ import annotations

import codecs
import re

GZIP = b"\x1f\x8b"
HEAD = 64 * 1024  # Illustrator writes kilobytes of DOCTYPE before the first tag

MAGIC: tuple[tuple[bytes, str], ...] = (
    (rb"\x89PNG\r\n\x1a\n", "png"),
    (rb"\xff\xd8\xff", "jpeg"),
    (rb"GIF8[79]a", "gif"),
    (rb"RIFF....WEBP", "webp"),
    (rb"....ftyp(?:avif|avis)", "avif"),
    (rb"....ftypmif1.{4}(?:.{4})*?(?:avif|avis)", "avif"),
    # Two letters are not enough: the size of the header that follows identifies a bitmap.
    (rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", "bmp"),
    (rb"II[*+]\0|MM\0[*+]", "tiff"),
    (rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51", "jpeg2000"),
    (rb"P[1-6][\s#]", "ppm"),
)

REFUSED: tuple[tuple[bytes, str], ...] = (
    (rb"....ftyp(?:hei[cfsxm]|hevc|mif1|msf1)", "a HEIC photo"),
    (rb"....ftyp|\x1aE\xdf\xa3", "a video"),
    (rb"8BPS", "a Photoshop file"),
    (rb"%PDF", "a PDF"),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "a PostScript file"),
    (rb"\0\0[\x01\x02]\0", "a Windows icon"),
    (rb"\xff\x0a|\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (rb"\xd7\xcd\xc6\x9a|\x01\0\0\0.{36} EMF", "a Windows metafile"),
    (rb"version https://git-lfs", "a Git LFS pointer: the picture itself was never fetched"),
    (rb"PK\x03\x04", "a zip file"),
)

# Atomic and possessive, so that hostile text cannot cause backtracking.
BEFORE_ROOT = rb"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+"
SVG_ROOT = re.compile(BEFORE_ROOT + rb"<(?:[\w.-]+:)?svg[\s/>]", re.DOTALL)
HTML_ROOT = re.compile(
    BEFORE_ROOT + rb"<(?:html|head|body|div|p|a)\b|\s*<!doctype html", re.DOTALL | re.IGNORECASE
)


def _compile(rows: tuple[tuple[bytes, str], ...]) -> tuple[tuple[re.Pattern[bytes], str], ...]:
    return tuple((re.compile(pattern, re.DOTALL), name) for pattern, name in rows)


_MAGIC, _REFUSED = _compile(MAGIC), _compile(REFUSED)


def sniff_format(data: bytes) -> str | None:
    """Return the format as which `open_picture` decodes these bytes, or None.

    One of png, jpeg, gif, webp, avif, bmp, tiff, jpeg2000, ppm, svg (also for gzipped SVG).
    """
    format = next((name for pattern, name in _MAGIC if pattern.match(data[:512])), None)
    if format is None and (data.startswith(GZIP) or SVG_ROOT.match(_text_head(data))):
        return "svg"
    return format


def describe_unsupported(data: bytes) -> str:
    """Describe an unsupported file in words: `a PDF`."""
    description = next((name for pattern, name in _REFUSED if pattern.match(data[:512])), None)
    if description is None and HTML_ROOT.match(_text_head(data)):
        return "a web page"
    return description or "not a known picture format"


def _text_head(data: bytes) -> bytes:
    head = data[:HEAD]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    return head.removeprefix(codecs.BOM_UTF8)
