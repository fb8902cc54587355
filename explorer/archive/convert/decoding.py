"""Decode the bytes of a document: detect the encoding, then repair broken characters."""

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

from explorer.errors import ArchiveError

# Text of one document. A newsletter issue has 50 KB, a book 2 MB.
MAX_TEXT_BYTES = 32 * 1024 * 1024

_CONTRACTION = re.compile(r"(?<=[A-Za-z])β(?=(?:s|t|m|d|re|ve|ll)\b)")
_GREEK_WORD = re.compile(r"[Α-Ωα-ωά-ώ]{3,}")
_FOREIGN_RUN = re.compile(r"[^\x00-\x7f]+")
_EMOJI_REMAINS = re.compile(r"[^\x00-\x7f]*+(?:\s++(?=[)\]]))?")
_DASH = re.compile(r"(?<=\s)β(?=\s)")


def repair_lossy_greek(text: str) -> str:
    """Return the text with UTF-8 that was read as ISO 8859-7 repaired; any other text is unchanged."""
    if not _is_lossy_greek(text):
        return text
    text = _FOREIGN_RUN.sub(_redecode, text)
    text = text.replace("β¦", "…").replace("β’", "•").replace("Β ", " ")
    return "\n".join(_repair_line(line) for line in text.split("\n"))


def _is_lossy_greek(text: str) -> bool:
    """Return whether the text has two English contractions with a beta and no Greek word, as no real text has."""
    return len(_CONTRACTION.findall(text)) >= 2 and not _GREEK_WORD.search(text)


def _redecode(run: re.Match[str]) -> str:
    """Return the run decoded as UTF-8 if none of its bytes is lost, else the run unchanged."""
    try:
        return run[0].encode("iso-8859-7").decode("utf-8")
    except UnicodeError:
        return run[0]


def _repair_line(line: str) -> str:
    line = _remove_emojis(line)
    line = _DASH.sub("–", _CONTRACTION.sub("’", line))
    return _repair_quotes(line)


def _remove_emojis(line: str) -> str:
    """Return the line without the remains of emojis (`π` and what follows) and the blanks before them."""
    words, *tails = line.split("π")
    parts = [words, *(tail[_end_of_emoji(tail) :] for tail in tails)]
    return "".join([*(part.rstrip() for part in parts[:-1]), parts[-1]])


def _end_of_emoji(text: str) -> int:
    match = _EMOJI_REMAINS.match(text)
    return match.end() if match else 0


def _repair_quotes(line: str) -> str:
    is_open = False

    def replacement(beta: re.Match[str]) -> str:
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

    return re.sub("β", replacement, line)


_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_DECLARED_CHARSET = re.compile(
    rb"""<meta[^>]+charset\s*+=\s*+["']?+\s*+([\w.:-]+)|<\?xml[^>]+encoding\s*=\s*["']([\w.:-]+)""", re.I
)
# Encodings whose bytes are (nearly) valid ASCII but mean other characters.
_NOT_ASCII_COMPATIBLE = ("iso-2022-", "utf-7", "hz", "utf-16", "utf-32")
# Python's own codecs. No document uses them, and decoding may take time quadratic in the length.
_PYTHON_ONLY_CODECS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape"}
_REPAIR = ftfy.TextFixerConfig(
    unescape_html=False,  # the HTML parser does that, once
    uncurl_quotes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    normalization="NFC",
)
# ftfy takes 10 microseconds per line and does not change printable ASCII: only other lines are passed to it.
_ODD_LINE = re.compile(r"^[\t\f\x20-\x7e]*+[^\n\t\f\x20-\x7e][^\n]*+\n?", re.MULTILINE)
# Characters that ftfy always repairs: control characters, unusual line breaks, halves of surrogate pairs.
_STRAY_CHARACTER = re.compile(
    r"[\x00-\x08\x0b\r\x0e-\x1f\x7f-\x9f\u2028\u2029\u206a-\u206f\ufeff\ufff9-\ufffc\ud800-\udfff]"
)

# Java and Oracle programs write a character beyond U+FFFF as the two halves of its UTF-16 form (CESU-8).
_SURROGATE_PAIR = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
# Bytes are taken for UTF-8 if they have this many valid sequences per invalid one. The number depends on the declared
# encoding: UTF-8, none, or another one.
_VALID_IF_DECLARED, _VALID_IF_UNDECLARED, _VALID_IF_DECLARED_OTHER = 1, 2, 10


@dataclass(frozen=True, slots=True)
class Damage:
    """Invalid bytes in a text: their number, the line of the first, and the encoding in which the text was read."""

    invalid_bytes: int
    line: int
    read_as: str

    def __str__(self) -> str:
        is_utf_8 = self.read_as == "utf-8"
        consequence = (
            "read as U+FFFD" if is_utf_8 else f"so the text is read as {self.read_as}, which is a guess"
        )
        subject = "1 byte is" if self.invalid_bytes == 1 else f"{self.invalid_bytes:,} bytes are"
        return f"{subject} not valid UTF-8, first in line {self.line}: {consequence}"


_damages: ContextVar[list[Damage] | None] = ContextVar("damages", default=None)


@contextmanager
def collect_damage() -> Iterator[list[Damage]]:
    """Collect the damage that `decode` finds inside the `with` block. The readers of formats call it deep inside."""
    damages: list[Damage] = []
    token = _damages.set(damages)
    try:
        yield damages
    finally:
        _damages.reset(token)


def describe_damage(damages: list[Damage]) -> str | None:
    """Return a sentence about the damaged texts of one document, or None if there is no damage."""
    if len(damages) < 2:
        return str(damages[0]) if damages else None
    return f"{len(damages)} of its texts are damaged. In the first, {damages[0]}"


def decode(data: bytes, charset: str | None = None) -> str:
    """Return the clean text of a document, with broken characters repaired.

    The encoding is that of the BOM, else UTF-8, else the declared one, else a detected one.

    Args:
        data: The bytes of the document.
        charset: The encoding that an email or HTTP header declares, if there is one.
    """
    return repair(_decode(data, charset).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))


def repair(text: str) -> str:
    """Return the text with mojibake repaired, even where bytes are lost."""
    return _ODD_LINE.sub(_repair_odd_line, repair_lossy_greek(text))


def _repair_odd_line(match: re.Match[str]) -> str:
    line = match[0]
    if _STRAY_CHARACTER.search(line) or is_bad(line) or not unicodedata.is_normalized("NFC", line):
        return ftfy.fix_text(line, _REPAIR)
    return line


def _decode(data: bytes, charset: str | None) -> str:
    charset = _normalized_name(charset) if charset else None
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            is_utf_8 = encoding == "utf-8"
            return (
                _decode_if_mostly_valid(data[len(bom) :], 0)
                if is_utf_8
                else data.decode(encoding, errors="replace")
            )
    if charset and charset.startswith(_NOT_ASCII_COMPATIBLE):
        return _try_encoding(data, charset) or data.decode("ascii", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = [encoding for encoding in (charset, _declared_encoding(data)) if encoding]
    return _decode_mostly_utf_8(data, declared[0] if declared else None) or _decode_other(data, declared)


def _decode_mostly_utf_8(data: bytes, declared: str | None) -> str:
    """Return the text if most characters beyond ASCII are valid UTF-8, else ""."""
    if declared is None:
        return _decode_if_mostly_valid(data, _VALID_IF_UNDECLARED)
    return _decode_if_mostly_valid(
        data, _VALID_IF_DECLARED if _is_utf_8(declared) else _VALID_IF_DECLARED_OTHER
    )


def _decode_if_mostly_valid(data: bytes, min_valid_per_invalid: int) -> str:
    """Return the text, with U+FFFD for invalid bytes; "" if it has too few valid sequences per invalid one."""
    data = _SURROGATE_PAIR.sub(_join_surrogates, data)
    text = data.decode("utf-8", errors="replace")
    replaced = text.count("\ufffd")
    invalid = replaced - data.count("\ufffd".encode())
    invalid_bytes = len(data) - len(text.encode()) + len("\ufffd".encode()) * invalid
    # The remaining bytes of a truncated sequence also indicate UTF-8.
    valid = len(text) - len(text.encode("ascii", errors="ignore")) - replaced + (invalid_bytes - invalid)
    if valid < min_valid_per_invalid * invalid:
        return ""
    _record_damage(data, "utf-8", invalid_bytes)
    return text


def _join_surrogates(pair: re.Match[bytes]) -> bytes:
    halves = pair[0].decode("utf-8", errors="surrogatepass")
    return halves.encode("utf-16", errors="surrogatepass").decode("utf-16").encode()


def _decode_other(data: bytes, declared: list[str]) -> str:
    """Return the text in the first declared encoding that fits, else in the detected one."""
    for encoding in declared:
        text = _try_encoding(data, encoding)
        if text:
            return text
    encoding = _detect_encoding(data)
    if any(map(_is_utf_8, declared)):
        _record_damage(data, encoding, len(data.translate(None, delete=bytes(range(128)))))
    return data.decode(encoding, errors="replace")


def _is_utf_8(name: str) -> bool:
    try:
        return codecs.lookup(name).name == "utf-8"
    except (LookupError, ValueError):
        return False


def _record_damage(data: bytes, read_as: str, invalid_bytes: int) -> None:
    damages = _damages.get()
    if damages is None:
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        damages.append(Damage(invalid_bytes, 1 + data.count(b"\n", 0, error.start), read_as))


def _declared_encoding(data: bytes) -> str | None:
    match = _DECLARED_CHARSET.search(data[:4096])
    if match is None:
        return None
    return _normalized_name((match[1] or match[2]).decode("ascii", errors="ignore"))


def _normalized_name(name: str) -> str:
    """Return the encoding of a document that declares this name."""
    name = name.strip("\"' ").lower()
    # The WHATWG encoding standard: pages that declare Latin-1 are Windows-1252.
    return "cp1252" if name in {"iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii"} else name


def _try_encoding(data: bytes, encoding: str | None) -> str | None:
    if encoding is None or encoding.replace("_", "-") in _PYTHON_ONLY_CODECS:
        return None
    try:
        return data.decode(encoding)
    except (LookupError, ValueError):
        # cp1252 leaves five bytes undefined: a few of them do not rule out the declared encoding.
        return data.decode(encoding, errors="replace") if encoding == "cp1252" else None


def _detect_encoding(data: bytes) -> str:
    candidates = from_bytes(data[:200_000])
    best = candidates.best()
    # Among equally plausible encodings, prefer the one of most old web pages.
    likely = next(
        (
            candidate
            for candidate in candidates
            if "cp1252" in {candidate.encoding, *candidate.could_be_from_charset}
        ),
        None,
    )
    if best is None or (likely is not None and likely.chaos <= best.chaos):
        return "cp1252"
    return best.encoding


def text_of(data: bytes) -> str:
    """Return the text of a document.

    Raises:
        ArchiveError: It is not text, or too large.
    """
    if len(data) > MAX_TEXT_BYTES:
        raise ArchiveError(f"has {len(data):,} bytes of text, more than {MAX_TEXT_BYTES:,}. Split it.")
    if b"\x00" in data[:1024] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ArchiveError("is not text, in spite of its name. Rename or remove it.")
    return decode(data)
