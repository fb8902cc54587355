"""Convert e-mail messages: HTML or text, embedded pictures and forwarded messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parseaddr
from html import escape, unescape
from itertools import islice
from posixpath import splitext
from typing import Any

from explorer.archive.convert.email.mime import (
    EmbeddedPictures,
    Part,
    addresses_of,
    date_of,
    file_name_of,
    header,
    normalize_address,
    parse_message,
    source_texts,
    text_of_part,
)
from explorer.archive.convert.format_kinds import ConvertedDocument, Format
from explorer.archive.convert.plain_text import text_to_html
from explorer.archive.links.addresses import is_picture_address
from explorer.archive.model import ExcludedPicture
from explorer.errors import ArchiveError

MAX_DEPTH = 20  # of forwarded messages and multipart parts
MAX_PARTS = 2000
HEADERS = ("from", "date", "subject", "message-id", "received", "content-type")
_ENCRYPTED = {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
_TNEF = "Outlook's own format (TNEF), which is not read: save its content from the mail program"
_SIGNED = "signed or encrypted as a whole (S/MIME), which is not read: save the message without the signature"
_UNREADABLE_TYPES = {
    "application/ms-tnef": _TNEF,
    "application/vnd.ms-tnef": _TNEF,
    "application/pkcs7-mime": _SIGNED,
    "application/x-pkcs7-mime": _SIGNED,
}
_LENGTH_LINE = re.compile(rb"\A\s*(\d{1,9})[ \t]*\r?\n")
_WORD_SEPARATORS = re.compile(r"[\"'\s<>]+")
_CONTENT_ID = re.compile(r"cid:.+", re.IGNORECASE)  # url(cid:...)
_NAME_BREAKS = re.compile(r"[-_.\s]+")
_NAME_WORD = re.compile(r"[^\W\d_]{3,}")


def _convert(data: bytes, document: str) -> ConvertedDocument:  # noqa: ARG001
    message = parse_message(_strip_apple_mail_frame(data))
    if not any(header(message, name) for name in HEADERS):
        raise ArchiveError(
            "has no e-mail headers (From, Date, Subject). Save it from the mail program again."
        )
    if str(message.get_param("smime-type", "")).lower() == "signed-data":
        raise ArchiveError(
            "is signed as a whole (S/MIME), so its text cannot be read. Save it without the signature."
        )
    if message.get_content_type() in _ENCRYPTED:
        raise ArchiveError("is encrypted. Save it decrypted.")
    html, pictures = _render(message)
    sources = source_texts(islice(message.walk(), MAX_PARTS))
    return ConvertedDocument(
        html, _front_matter(message), pictures, sources, tuple(_unreadable_parts(message))
    )


def _unreadable_parts(message: Part) -> Iterator[ExcludedPicture]:
    """Yield ledger entries for parts in formats that cannot be read and may contain pictures."""
    for part in islice(message.walk(), MAX_PARTS):
        reason = _UNREADABLE_TYPES.get(part.get_content_type())
        name = file_name_of(part)
        if reason is None and name.lower() == "winmail.dat":
            reason = _TNEF
        if reason:
            yield ExcludedPicture(name or part.get_content_type(), reason)


def _strip_apple_mail_frame(data: bytes) -> bytes:
    """Return the message without the length before it and the property list after it, both written by Apple Mail."""
    length = _LENGTH_LINE.match(data)
    return data[length.end() : length.end() + int(length[1])] if length else data


def _front_matter(message: Part) -> dict[str, Any]:
    name, address = parseaddr(header(message, "from"))
    return {
        "title": header(message, "subject"),
        "date": date_of(message),
        "author": name or address,
        "language": header(message, "content-language"),
        "url": header(message, "archived-at").strip("<> "),
    }


def _render(message: Part) -> tuple[str, EmbeddedPictures]:
    """Return the message in HTML. A picture that its HTML does not show is placed where it was attached."""
    parts = list(islice(_displayed_parts(message, 0), MAX_PARTS))
    pictures = [part for part in parts if not isinstance(part, str)]
    addresses_in_html = _possible_addresses("\n".join(part for part in parts if isinstance(part, str)))
    addresses = {id(part): list(addresses_of(part, number)) for number, part in enumerate(pictures)}
    html = (
        part
        if isinstance(part, str)
        else _attached_picture_html(part, addresses[id(part)], addresses_in_html)
        for part in parts
    )
    return "\n".join(html), EmbeddedPictures(pictures)


def _displayed_parts(part: Part, depth: int) -> Iterator[str | Part]:
    """Yield what a part displays: HTML as strings, pictures as parts."""
    media_type = part.get_content_type()
    children = part.get_payload() if part.is_multipart() else []
    if depth > MAX_DEPTH:
        return
    if media_type == "multipart/alternative":
        yield from _displayed_parts(_best_alternative(part), depth + 1) if children else ()
    elif media_type == "message/rfc822":
        yield from _forwarded(part, depth)
    elif part.is_multipart():
        for child in _children(part):
            yield from _displayed_parts(child, depth + 1)
    elif media_type.startswith("image/") or is_picture_address(file_name_of(part)):
        yield part
    elif part.get_content_disposition() == "attachment":
        return
    elif media_type == "text/html":
        yield text_of_part(part)
    elif media_type in {"text/plain", "text/markdown", "text/enriched"}:
        yield text_to_html(text_of_part(part))[0]


def _forwarded(part: Part, depth: int) -> Iterator[str | Part]:
    for message in _children(part):
        yield f"<h2>{escape(header(message, 'subject'))}</h2>\n<p>{escape(header(message, 'from'))}</p>"
        yield from _displayed_parts(message, depth + 1)


def _best_alternative(alternatives: Part) -> Part:
    """Return the last alternative with HTML, else the last with text: senders put the best last (RFC 2046, 5.1.4)."""
    children = _children(alternatives)
    for media_type in ("text/html", "text/plain"):
        for child in reversed(children):
            if any(inner.get_content_type() == media_type for inner in child.walk()):
                return child
    return children[-1]


def _children(part: Part) -> list[Part]:
    payload = part.get_payload()
    return [child for child in payload if not isinstance(child, str)] if isinstance(payload, list) else []


def _possible_addresses(html: str) -> set[str]:
    """Return all words of the HTML that may be addresses, quoted or not."""
    words = set(_WORD_SEPARATORS.split(unescape(html)))
    content_ids = {match[0].rstrip(");") for word in words if (match := _CONTENT_ID.search(word))}
    return {
        normalize_address(word)
        for word in (*words, *(word.partition("=")[2] for word in words), *content_ids)
    }


def _attached_picture_html(picture: Part, addresses: list[str], addresses_in_html: set[str]) -> str:
    """Return an `img` element for a picture, or "" if the HTML of the message shows the picture."""
    if addresses_in_html.intersection(
        map(normalize_address, addresses[:-1])
    ):  # the last address is ours, not the sender's
        return ""
    name = _NAME_BREAKS.sub(" ", splitext(file_name_of(picture))[0])
    alt = name if len(_NAME_WORD.findall(name)) > 1 else ""  # `IMG_2031` is no alt text
    return f'<p><img src="{escape(addresses[0])}" alt="{escape(alt)}"></p>'


EMAIL = Format(
    "e-mail",
    "its HTML or text, embedded pictures, subject, date and sender",
    (".eml", ".emlx"),
    _convert,
)
