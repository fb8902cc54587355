"""Bytes of a document to clean text: the encoding it was written in, then the repair of broken characters."""

from __future__ import annotations

import codecs
import re
import unicodedata

import ftfy
from charset_normalizer import from_bytes
from ftfy.badness import is_bad

from explorer.archive.mojibake import mend_lossy_greek

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_DECLARED = re.compile(
    rb"""<meta[^>]+charset\s*+=\s*+["']?+\s*+([\w.:-]+)|<\?xml[^>]+encoding\s*=\s*["']([\w.:-]+)""", re.I
)
# Encodings whose bytes are valid ASCII, or nearly, and mean something else.
_NOT_ABOVE_ASCII = ("iso-2022-", "utf-7", "hz", "utf-16", "utf-32")
# Python's own, which no document is written in; reading them may cost the square of its length.
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape"}
_REPAIR = ftfy.TextFixerConfig(
    unescape_html=False,  # the HTML parser does that, once
    uncurl_quotes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    normalization="NFC",
)
# ftfy repairs line by line, at 10 microseconds each, and leaves printable ASCII as it is.
_ODD_LINE = re.compile(r"^[\t\f\x20-\x7e]*+[^\n\t\f\x20-\x7e][^\n]*+\n?", re.MULTILINE)
# What it mends wherever it stands: control characters, line breaks of other systems, halves of surrogate pairs.
_STRAY = re.compile(
    r"[\x00-\x08\x0b\r\x0e-\x1f\x7f-\x9f\u2028\u2029\u206a-\u206f\ufeff\ufff9-\ufffc\ud800-\udfff]"
)


def decode(data: bytes, charset: str | None = None) -> str:
    """Clean text of a document: BOM, UTF-8, declared encoding, then detection; broken characters repaired.

    `charset` is what was said of it elsewhere, in the head of a letter or of an HTTP answer.
    """
    return repair(_decode(data, charset).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))


def repair(text: str) -> str:
    """Text with its mojibake undone, also where the breakage lost bytes on the way."""
    return _ODD_LINE.sub(_repaired, mend_lossy_greek(text))


def _repaired(line: re.Match[str]) -> str:
    written = line[0]
    if _STRAY.search(written) or is_bad(written) or not unicodedata.is_normalized("NFC", written):
        return ftfy.fix_text(written, _REPAIR)
    return written


def _decode(data: bytes, charset: str | None) -> str:
    charset = _usual(charset) if charset else None
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    if charset and charset.startswith(_NOT_ABOVE_ASCII):
        return _try_encoding(data, charset) or data.decode("ascii", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    stated = (_try_encoding(data, encoding) for encoding in (charset, _declared(data)))
    return next((text for text in stated if text), None) or _detected(data)


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:4096])
    if found is None:
        return None
    return _usual((found[1] or found[2]).decode("ascii", errors="ignore"))


def _usual(name: str) -> str:
    """The encoding that is meant by its name."""
    name = name.strip("\"' ").lower()
    # The WHATWG encoding standard: pages that say Latin-1 mean Windows-1252.
    return "cp1252" if name in {"iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii"} else name


def _try_encoding(data: bytes, encoding: str | None) -> str | None:
    if encoding is None or encoding.replace("_", "-") in _NO_CHARSETS:
        return None
    try:
        return data.decode(encoding)
    except (LookupError, ValueError):
        # A handful of stray bytes must not cost the declared encoding; cp1252 leaves five undefined.
        return data.decode(encoding, errors="replace") if encoding == "cp1252" else None


def _detected(data: bytes) -> str:
    found = from_bytes(data[:200_000])
    best = found.best()
    # Among encodings that read equally well, the one that most of the web's old pages are in.
    likely = next((one for one in found if "cp1252" in {one.encoding, *one.could_be_from_charset}), None)
    if best is None or (likely is not None and likely.chaos <= best.chaos):
        return data.decode("cp1252", errors="replace")
    return data.decode(best.encoding, errors="replace")
