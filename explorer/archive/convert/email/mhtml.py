"""Pages that a browser saved into one file (MHTML, RFC 2557): the page, and the pictures that it shows."""

from __future__ import annotations

from itertools import islice

from explorer.archive.convert.email.mime import (
    CarriedPictures,
    Part,
    date_of,
    header,
    message_of,
    text_of_part,
    texts_in,
)
from explorer.archive.convert.format_kinds import ConvertedDocument, Format
from explorer.archive.convert.html_page import saved_page
from explorer.archive.convert.markdown.shortcodes import expand_wordpress_captions
from explorer.archive.links.addresses import is_picture_address, is_remote
from explorer.errors import ArchiveError

MAX_PARTS = 5000


def _from_mhtml(data: bytes, document: str) -> ConvertedDocument:  # noqa: ARG001
    message = message_of(data)
    parts = list(islice(message.walk(), MAX_PARTS))
    root = _root(message, parts)
    if root is None:
        raise ArchiveError("holds no page. Save it in the browser anew.")
    location = header(root, "content-location").replace(" ", "")
    address = header(message, "snapshot-content-location").replace(" ", "") or location
    pictures = CarriedPictures([part for part in parts if _is_picture(part)], location or address)
    page = saved_page(text_of_part(root), address if is_remote(address) else "", date_of(message))
    return ConvertedDocument(expand_wordpress_captions(page), parts=pictures, sources=texts_in(parts))


def _root(message: Part, parts: list[Part]) -> Part | None:
    """The part that the message names as its start, else the first page in it."""
    start = message.get_param("start")
    pages = [part for part in parts if part.get_content_type() in {"text/html", "application/xhtml+xml"}]
    named = [part for part in pages if start and header(part, "content-id") == start]
    return next(iter([*named, *pages]), None)


def _is_picture(part: Part) -> bool:
    return part.get_content_maintype() == "image" or (
        not part.is_multipart() and is_picture_address(header(part, "content-location"))
    )


MHTML = Format(
    "saved page",
    "MHTML: the page, the pictures in the file, its address",
    (".mhtml", ".mht"),
    _from_mhtml,
)
