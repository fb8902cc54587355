"""Bytes of a document to clean text: the encoding it was written in, then the repair of broken characters."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import ftfy
from charset_normalizer import from_bytes
from ftfy.badness import is_bad

_CONTRACTION = re.compile(r"(?<=[A-Za-z])β(?=(?:s|t|m|d|re|ve|ll)\b)")
_GREEK_WORD = re.compile(r"[Α-Ωα-ωά-ώ]{3,}")
_FOREIGN_RUN = re.compile(r"[^\x00-\x7f]+")
_REST_OF_EMOJI = re.compile(r"[^\x00-\x7f]*+(?:\s++(?=[)\]]))?")
_DASH = re.compile(r"(?<=\s)β(?=\s)")


def mend_lossy_greek(text: str) -> str:
    """`text` with such breakage undone; any other text unchanged."""
    if not _is_lossy_greek(text):
        return text
    text = _FOREIGN_RUN.sub(_read_again, text)
    text = text.replace("β¦", "…").replace("β’", "•").replace("Β ", " ")
    return "\n".join(_mend_line(line) for line in text.split("\n"))


def _is_lossy_greek(text: str) -> bool:
    """Two English contractions around a beta and no Greek word: no living text looks like that."""
    return len(_CONTRACTION.findall(text)) >= 2 and not _GREEK_WORD.search(text)


def _read_again(run: re.Match[str]) -> str:
    """A run all of whose bytes survived is simply read in the right encoding."""
    try:
        return run[0].encode("iso-8859-7").decode("utf-8")
    except UnicodeError:
        return run[0]


def _mend_line(line: str) -> str:
    line = _without_emojis(line)
    line = _DASH.sub("–", _CONTRACTION.sub("’", line))
    return _mend_quotes(line)


def _without_emojis(line: str) -> str:
    """A line without each `π`, what was left of its emoji, and the blanks before it."""
    words, *rests = line.split("π")
    kept = [words, *(rest[_end_of_emoji(rest) :] for rest in rests)]
    return "".join([*(part.rstrip() for part in kept[:-1]), kept[-1]])


def _end_of_emoji(rest: str) -> int:
    found = _REST_OF_EMOJI.match(rest)
    return found.end() if found else 0


def _mend_quotes(line: str) -> str:
    is_open = False

    def mend(beta: re.Match[str]) -> str:
        nonlocal is_open
        after_word = line[max(0, beta.start() - 1) : beta.start()].isalnum()
        before_word = line[beta.end() : beta.end() + 1].isalnum()
        if before_word and not after_word:
            is_open = True
            return "“"
        if is_open and not before_word:
            is_open = False
            return "”"
        return "’"

    return re.sub("β", mend, line)


_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
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

# Programs of Java and Oracle write a letter beyond U+FFFF as the two halves of its UTF-16 form (CESU-8).
_SURROGATE_PAIR = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
# How many valid sequences for each invalid one make bytes UTF-8: where the document says so, where it says nothing,
# and where it names another encoding.
_VALID_IF_DECLARED, _VALID_IF_SILENT, _VALID_IF_DENIED = 1, 2, 10


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of a text that are not in its encoding: how many, the line of the first, and how the text was read."""

    invalid_bytes: int
    line: int
    read_as: str

    def __str__(self) -> str:
        is_utf_8 = self.read_as == "utf-8"
        how = "read as U+FFFD" if is_utf_8 else f"so the text is read as {self.read_as}, which is a guess"
        counted = "1 byte is" if self.invalid_bytes == 1 else f"{self.invalid_bytes:,} bytes are"
        return f"{counted} not valid UTF-8, first in line {self.line}: {how}"


_damages: ContextVar[list[Damage] | None] = ContextVar("damages", default=None)


@contextmanager
def noting_damage() -> Iterator[list[Damage]]:
    """Collects what `decode` finds damaged meanwhile: it is called deep inside the readers of formats."""
    found: list[Damage] = []
    token = _damages.set(found)
    try:
        yield found
    finally:
        _damages.reset(token)


def damage_of(found: list[Damage]) -> str | None:
    """What is damaged in the texts of one document, in words; None when nothing is."""
    if len(found) < 2:
        return str(found[0]) if found else None
    return f"{len(found)} of its texts are damaged. In the first, {found[0]}"


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
            is_utf_8 = encoding == "utf-8"
            return _nearly_utf_8(data[len(bom) :], 0) if is_utf_8 else data.decode(encoding, errors="replace")
    if charset and charset.startswith(_NOT_ABOVE_ASCII):
        return _try_encoding(data, charset) or data.decode("ascii", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    stated = [encoding for encoding in (charset, _declared(data)) if encoding]
    return _of_nearly_utf_8(data, stated[0] if stated else None) or _of_other(data, stated)


def _of_nearly_utf_8(data: bytes, stated: str | None) -> str:
    """The text of bytes most of whose letters are valid UTF-8; "" for others."""
    if stated is None:
        return _nearly_utf_8(data, _VALID_IF_SILENT)
    return _nearly_utf_8(data, _VALID_IF_DECLARED if _is_utf_8(stated) else _VALID_IF_DENIED)


def _nearly_utf_8(data: bytes, valid_for_each: int) -> str:
    """The text, U+FFFD for what is invalid, if it has so many valid sequences for each invalid one; else ""."""
    data = _SURROGATE_PAIR.sub(_joined_pair, data)
    text = data.decode("utf-8", errors="replace")
    replaced = text.count("\ufffd")
    invalid = replaced - data.count("\ufffd".encode())
    invalid_bytes = len(data) - len(text.encode()) + len("\ufffd".encode()) * invalid
    # A sequence that was cut short says as well what it was the beginning of.
    valid = len(text) - len(text.encode("ascii", errors="ignore")) - replaced + (invalid_bytes - invalid)
    if valid < valid_for_each * invalid:
        return ""
    _note(data, "utf-8", invalid_bytes)
    return text


def _joined_pair(pair: re.Match[bytes]) -> bytes:
    halves = pair[0].decode("utf-8", errors="surrogatepass")
    return halves.encode("utf-16", errors="surrogatepass").decode("utf-16").encode()


def _of_other(data: bytes, stated: list[str]) -> str:
    """The text in the encodings that were stated, or in the one that is likely."""
    for encoding in stated:
        text = _try_encoding(data, encoding)
        if text:
            return text
    encoding = _detected(data)
    if any(map(_is_utf_8, stated)):
        _note(data, encoding, len(data.translate(None, delete=bytes(range(128)))))
    return data.decode(encoding, errors="replace")


def _is_utf_8(name: str) -> bool:
    try:
        return codecs.lookup(name).name == "utf-8"
    except (LookupError, ValueError):
        return False


def _note(data: bytes, read_as: str, invalid_bytes: int) -> None:
    found = _damages.get()
    if found is None:
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        found.append(Damage(invalid_bytes, 1 + data.count(b"\n", 0, error.start), read_as))


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
        return "cp1252"
    return best.encoding
