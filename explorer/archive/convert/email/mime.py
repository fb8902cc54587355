"""Read MIME messages (RFC 2045), the form of e-mails and saved pages: headers, texts and pictures."""

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

from explorer.archive.convert.decoding import MAX_TEXT_BYTES, collect_damage, decode
from explorer.archive.model import Read
from explorer.errors import ArchiveError

# Mail providers accept 25 to 50 MB. Parsing needs about eight times as much memory.
MAX_MESSAGE_BYTES = 64 * 1024 * 1024
MAX_HEADER_CHARS = 8000
_LINE_FOLD = re.compile(r"\r?\n(?=[ \t])")

Part: TypeAlias = "Message[str, str]"


class _BoundedPolicy(Compat32):
    """The lenient policy with truncated headers: parsing a header takes quadratic time."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_HEADER_CHARS]


_POLICY = _BoundedPolicy()


def parse_message(data: bytes) -> Part:
    """Parse a message with the lenient policy: the strict one raises on headers of real messages.

    Raises:
        ArchiveError: The message is too large.
    """
    if len(data) > MAX_MESSAGE_BYTES:
        raise ArchiveError(
            f"has {len(data):,} bytes, more than the {MAX_MESSAGE_BYTES:,} that a message may have."
        )
    return message_from_bytes(data, policy=_POLICY)


def header(part: Part, name: str) -> str:
    """Return a header as text, with encoded words (RFC 2047) and raw bytes decoded, or "" if it is missing."""
    raw_value = next((value for key, value in part.raw_items() if key.lower() == name.lower()), None)
    if not isinstance(raw_value, str):
        return ""
    raw_value = _LINE_FOLD.sub("", raw_value[:MAX_HEADER_CHARS])
    decoded = decode(_to_bytes(raw_value))
    try:
        pieces = decode_header(decoded)
    except (HeaderParseError, MessageError, ValueError):
        return " ".join(decoded.split())
    text = "".join(_decode_piece(piece, charset) for piece, charset in pieces)
    return " ".join(text.split())


def date_of(part: Part) -> str | None:
    """Return the day of the Date header in ISO 8601, in the time zone of the sender, or None."""
    try:
        return parsedate_to_datetime(header(part, "date")).date().isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def text_of_part(part: Part) -> str:
    """Return the text of a part, decoded by its declared charset unless its bytes contradict it."""
    data = content_of(part)
    if len(data) > MAX_TEXT_BYTES:
        raise ArchiveError(f"has {len(data):,} bytes of text, more than {MAX_TEXT_BYTES:,}. Split it.")
    charset = part.get_param("charset")
    # Programs write "US-ASCII" when they do not know the charset.
    is_declared = isinstance(charset, str) and charset.lower() != "us-ascii"
    return decode(data, str(charset) if is_declared else None)


def content_of(part: Part) -> bytes:
    """Return the bytes of a part without its transfer encoding. Broken encoding is kept as it is."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, MessageError) as error:
        raise ArchiveError(f"contains a part that cannot be decoded: {error}.") from error
    return data if isinstance(data, bytes) else b""


def source_texts(parts: Iterable[Part]) -> tuple[str, ...]:
    """Return all texts among the parts of a message: pages, style sheets, plain-text alternatives."""
    texts = []
    with collect_damage():  # damage and decoding errors are reported where the text is displayed
        for part in parts:
            if part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment":
                with suppress(ArchiveError):
                    texts.append(text_of_part(part))
    return tuple(texts)


def file_name_of(part: Part) -> str:
    """Return the file name of an attachment, or "" if it has none."""
    try:
        return decode_file_name(part.get_filename() or "")
    except (ValueError, LookupError, TypeError):
        return ""


def decode_file_name(name: str) -> str:
    """Return a file name without folders. Encoded words are decoded: many programs write them against the standard."""
    message: Part = Message()
    message.set_raw("name", name)
    return header(message, "name").replace("\\", "/").rpartition("/")[2]


class EmbeddedPictures(Mapping[str, Read]):
    """The pictures of a message by Content-ID (`cid:...`) and Content-Location.

    Addresses may be relative to `base`, and with or without percent-encoding.
    """

    def __init__(self, pictures: list[Part], base: str = "") -> None:
        self._base = base
        self._parts: dict[str, Part] = {}
        for number, part in enumerate(pictures):
            for name in addresses_of(part, number):
                self._parts.setdefault(normalize_address(name, base), part)

    def __getitem__(self, address: str) -> Read:
        return partial(content_of, self._parts[normalize_address(address, self._base)])

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def names_by_picture(self) -> Iterator[tuple[str, ...]]:
        """Yield all names of a picture, for each picture."""
        names_by_part: dict[int, list[str]] = {}
        for name, part in self._parts.items():
            names_by_part.setdefault(id(part), []).append(name)
        return (tuple(names) for names in names_by_part.values())


def addresses_of(part: Part, number: int) -> Iterator[str]:
    """Yield the addresses by which a document may show a part. The last one is ours, and always present."""
    content_id = header(part, "content-id").strip("<> ")
    location = header(part, "content-location")
    if content_id:
        yield f"cid:{content_id}"
    if location:
        yield location.replace(" ", "") if "://" in location else location
    yield f"cid:{number + 1}/{file_name_of(part) or 'picture'}"


def normalize_address(address: str, base: str = "") -> str:
    """Normalize an address: `cid:` in lower case, percent-decoded, absolute by `base`, without a fragment."""
    if address[:4].lower() == "cid:":
        return "cid:" + unquote(address[4:])
    try:
        return unquote(urldefrag(urljoin(base, address)).url)
    except ValueError:  # brackets around something that is no IPv6 address
        return address


def _to_bytes(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogateescape")


def _decode_piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    # decode_header returns the text between encoded words in this encoding.
    return decode(piece, charset) if charset else piece.decode("raw-unicode-escape", errors="replace")
