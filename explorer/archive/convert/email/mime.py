"""Messages of parts, as letters and saved pages are written (RFC 2045): their heads, texts and pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TypeAlias
from urllib.parse import unquote, urldefrag, urljoin

from explorer.archive.convert.decoding import collect_damage, decode
from explorer.archive.convert.texts import MAX_TEXT_BYTES
from explorer.archive.model import Read
from explorer.errors import ArchiveError

# Providers pass on 25 to 50 MB; parsing takes about eight times as much memory.
MAX_MESSAGE_BYTES = 64 * 1024 * 1024
MAX_HEADER_CHARS = 8000
_LINE_FOLD = re.compile(r"\r?\n(?=[ \t])")

Part: TypeAlias = "Message[str, str]"


class _Bounded(Compat32):
    """The lenient policy, with the beginning of each header: taking one apart costs the square of its length."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_HEADER_CHARS]


_BOUNDED = _Bounded()


def message_of(data: bytes) -> Part:
    """The message in `data`; ArchiveError when it is too large.

    Parsed by the lenient policy, the default: the strict one raises on heads that real letters have.
    """
    if len(data) > MAX_MESSAGE_BYTES:
        raise ArchiveError(f"has {len(data):,} bytes, more than the {MAX_MESSAGE_BYTES:,} of a message.")
    return message_from_bytes(data, policy=_BOUNDED)


def header(part: Part, name: str) -> str:
    """A header in clean text, its encoded words (RFC 2047) and bare bytes decoded; "" where there is none."""
    written = next((value for key, value in part.raw_items() if key.lower() == name.lower()), None)
    if not isinstance(written, str):
        return ""
    written = _LINE_FOLD.sub("", written[:MAX_HEADER_CHARS])
    bare = decode(_bytes(written))
    try:
        pieces = decode_header(bare)
    except (HeaderParseError, MessageError, ValueError):
        return " ".join(bare.split())
    text = "".join(_decoded(piece, charset) for piece, charset in pieces)
    return " ".join(text.split())


def date_of(part: Part) -> str | None:
    """The day of its Date header in ISO 8601, where the writer was."""
    try:
        return parsedate_to_datetime(header(part, "date")).date().isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def text_of_part(part: Part) -> str:
    """The text of a part: in the charset it names, unless its bytes tell otherwise."""
    data = content_of(part)
    if len(data) > MAX_TEXT_BYTES:
        raise ArchiveError(f"has {len(data):,} bytes of text, more than {MAX_TEXT_BYTES:,}. Split it.")
    charset = part.get_param("charset")
    # "US-ASCII" is what programs write that know nothing.
    is_said = isinstance(charset, str) and charset.lower() != "us-ascii"
    return decode(data, str(charset) if is_said else None)


def content_of(part: Part) -> bytes:
    """The bytes of a part, its transfer encoding undone; what is broken of it stays as it was written."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, MessageError) as error:
        raise ArchiveError(f"holds a part that cannot be decoded: {error}.") from error
    return data if isinstance(data, bytes) else b""


def texts_in(parts: Iterable[Part]) -> tuple[str, ...]:
    """Whatever is text among the parts of a message: pages, their styles, their plain twins."""
    texts = []
    with collect_damage():  # told where they are shown, as is what cannot be decoded
        for part in parts:
            if part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment":
                with suppress(ArchiveError):
                    texts.append(text_of_part(part))
    return tuple(texts)


def file_name_of(part: Part) -> str:
    """The name that an attachment was sent under; "" where there is none."""
    try:
        return decode_name(part.get_filename() or "")
    except (ValueError, LookupError, TypeError):
        return ""


def decode_name(written: str) -> str:
    """A file name without its folders, encoded words decoded, as many programs write them against the rules."""
    carrier: Part = Message()
    carrier.set_raw("name", written)
    return header(carrier, "name").replace("\\", "/").rpartition("/")[2]


class CarriedPictures(Mapping[str, Read]):
    """The pictures among the parts of a message, by Content-ID (`cid:...`) and Content-Location.

    An address may be written relative to `base`, and with or without the escapes of URLs.
    """

    def __init__(self, pictures: list[Part], base: str = "") -> None:
        self._base = base
        self._parts: dict[str, Part] = {}
        for number, part in enumerate(pictures):
            for name in names_of(part, number):
                self._parts.setdefault(spelled(name, base), part)

    def __getitem__(self, written: str) -> Read:
        return partial(content_of, self._parts[spelled(written, self._base)])

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def names_of_each(self) -> Iterator[tuple[str, ...]]:
        """All names of a picture, for each of them."""
        names: dict[int, list[str]] = {}
        for name, part in self._parts.items():
            names.setdefault(id(part), []).append(name)
        return (tuple(several) for several in names.values())


def names_of(part: Part, number: int) -> Iterator[str]:
    """The addresses under which a document may show a part; the last one always is there."""
    content_id = header(part, "content-id").strip("<> ")
    location = header(part, "content-location")
    if content_id:
        yield f"cid:{content_id}"
    if location:
        yield location.replace(" ", "") if "://" in location else location
    yield f"cid:{number + 1}/{file_name_of(part) or 'picture'}"


def spelled(address: str, base: str = "") -> str:
    """An address in one spelling: `CID:` in small letters, decoded, counted from `base`, without a fragment."""
    if address[:4].lower() == "cid:":
        return "cid:" + unquote(address[4:])
    try:
        return unquote(urldefrag(urljoin(base, address)).url)
    except ValueError:  # brackets that are no IPv6 address
        return address


def _bytes(written: str) -> bytes:
    return written.encode("utf-8", errors="surrogateescape")


def _decoded(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    # What stands between encoded words comes in the one spelling that decode_header gives it.
    return decode(piece, charset) if charset else piece.decode("raw-unicode-escape", errors="replace")
