"""E-mail letters: their HTML or text, the pictures they carry, and the letters they pass on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parseaddr
from html import escape, unescape
from itertools import islice
from posixpath import splitext
from typing import Any

from explorer.archive.convert.email.mime import (
    CarriedPictures,
    Part,
    date_of,
    file_name_of,
    header,
    message_of,
    names_of,
    spelled,
    text_of_part,
    texts_in,
)
from explorer.archive.convert.format_kinds import ConvertedDocument, Format
from explorer.archive.convert.plain_text import text_to_html
from explorer.archive.links.addresses import is_picture_address
from explorer.archive.model import ExcludedPicture
from explorer.errors import ArchiveError

MAX_DEPTH = 20  # letters in letters, parts in parts
MAX_PARTS = 2000
HEADERS = ("from", "date", "subject", "message-id", "received", "content-type")
_ENCRYPTED = {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
_TNEF = "Outlook's own packing (TNEF), which is not read: save what is in it from the mail program"
_SIGNED = "signed or encrypted as a whole (S/MIME), which is not read: save the letter without the signature"
_CLOSED = {
    "application/ms-tnef": _TNEF,
    "application/vnd.ms-tnef": _TNEF,
    "application/pkcs7-mime": _SIGNED,
    "application/x-pkcs7-mime": _SIGNED,
}
_LENGTH_LINE = re.compile(rb"\A\s*(\d{1,9})[ \t]*\r?\n")
_BETWEEN_WORDS = re.compile(r"[\"'\s<>]+")
_CONTENT_ID = re.compile(r"cid:.+", re.IGNORECASE)  # url(cid:...)
_NAME_BREAKS = re.compile(r"[-_.\s]+")
_NAME_WORD = re.compile(r"[^\W\d_]{3,}")


def _from_letter(data: bytes, document: str) -> ConvertedDocument:  # noqa: ARG001
    message = message_of(_without_frame(data))
    if not any(header(message, name) for name in HEADERS):
        raise ArchiveError(
            "has no head of a letter (From, Date, Subject). Save it from the mail program anew."
        )
    if str(message.get_param("smime-type", "")).lower() == "signed-data":
        raise ArchiveError(
            "is signed as a whole (S/MIME), so its text is packed. Save it without the signature."
        )
    if message.get_content_type() in _ENCRYPTED:
        raise ArchiveError("is encrypted. Save it decrypted.")
    html, pictures = _shown(message)
    sources = texts_in(islice(message.walk(), MAX_PARTS))
    return ConvertedDocument(html, _said_by(message), pictures, sources, tuple(_closed_parts(message)))


def _closed_parts(message: Part) -> Iterator[ExcludedPicture]:
    """Parts that hold what other programs packed, perhaps pictures among it, for the ledger."""
    for part in islice(message.walk(), MAX_PARTS):
        reason = _CLOSED.get(part.get_content_type())
        name = file_name_of(part)
        if reason is None and name.lower() == "winmail.dat":
            reason = _TNEF
        if reason:
            yield ExcludedPicture(name or part.get_content_type(), reason)


def _without_frame(data: bytes) -> bytes:
    """The letter itself: Apple Mail writes its length before it, and a property list behind."""
    length = _LENGTH_LINE.match(data)
    return data[length.end() : length.end() + int(length[1])] if length else data


def _said_by(message: Part) -> dict[str, Any]:
    name, address = parseaddr(header(message, "from"))
    return {
        "title": header(message, "subject"),
        "date": date_of(message),
        "author": name or address,
        "language": header(message, "content-language"),
        "url": header(message, "archived-at").strip("<> "),
    }


def _shown(message: Part) -> tuple[str, CarriedPictures]:
    """The letter in HTML; a picture that its HTML does not show stands where it was attached."""
    parts = list(islice(_parts(message, 0), MAX_PARTS))
    pictures = [part for part in parts if not isinstance(part, str)]
    shown = _addresses_in("\n".join(part for part in parts if isinstance(part, str)))
    addresses = {id(part): list(names_of(part, number)) for number, part in enumerate(pictures)}
    html = (part if isinstance(part, str) else _attached(part, addresses[id(part)], shown) for part in parts)
    return "\n".join(html), CarriedPictures(pictures)


def _parts(part: Part, depth: int) -> Iterator[str | Part]:
    """What a part shows: HTML, and pictures as parts."""
    kind = part.get_content_type()
    children = part.get_payload() if part.is_multipart() else []
    if depth > MAX_DEPTH:
        return
    if kind == "multipart/alternative":
        yield from _parts(_richest(part), depth + 1) if children else ()
    elif kind == "message/rfc822":
        yield from _passed_on(part, depth)
    elif part.is_multipart():
        for child in _children(part):
            yield from _parts(child, depth + 1)
    elif kind.startswith("image/") or is_picture_address(file_name_of(part)):
        yield part
    elif part.get_content_disposition() == "attachment":
        return
    elif kind == "text/html":
        yield text_of_part(part)
    elif kind in {"text/plain", "text/markdown", "text/enriched"}:
        yield text_to_html(text_of_part(part))[0]


def _passed_on(part: Part, depth: int) -> Iterator[str | Part]:
    for letter in _children(part):
        yield f"<h2>{escape(header(letter, 'subject'))}</h2>\n<p>{escape(header(letter, 'from'))}</p>"
        yield from _parts(letter, depth + 1)


def _richest(alternatives: Part) -> Part:
    """The last alternative with HTML, else the last that is text: the sender puts the best last (RFC 2046, 5.1.4)."""
    children = _children(alternatives)
    for kind in ("text/html", "text/plain"):
        for child in reversed(children):
            if any(inner.get_content_type() == kind for inner in child.walk()):
                return child
    return children[-1]


def _children(part: Part) -> list[Part]:
    payload = part.get_payload()
    return [child for child in payload if not isinstance(child, str)] if isinstance(payload, list) else []


def _addresses_in(html: str) -> set[str]:
    """Every word in HTML that may be an address, in quotation marks or without."""
    words = set(_BETWEEN_WORDS.split(unescape(html)))
    in_styles = {found[0].rstrip(");") for word in words if (found := _CONTENT_ID.search(word))}
    return {spelled(it) for it in (*words, *(word.partition("=")[2] for word in words), *in_styles)}


def _attached(picture: Part, addresses: list[str], shown: set[str]) -> str:
    """An element for a picture, unless it is among those that the HTML of the letter shows."""
    if shown.intersection(map(spelled, addresses[:-1])):  # the last one is our own
        return ""
    words = _NAME_BREAKS.sub(" ", splitext(file_name_of(picture))[0])
    alt = words if len(_NAME_WORD.findall(words)) > 1 else ""  # `IMG_2031` says nothing
    return f'<p><img src="{escape(addresses[0])}" alt="{escape(alt)}"></p>'


LETTER = Format(
    "e-mail",
    "its HTML or text, the pictures that it carries, subject, date and sender",
    (".eml", ".emlx"),
    _from_letter,
)
