"""Convert pages that a browser saved as one file (MHTML, RFC 2557): the page and its pictures."""

from __future__ import annotations

from itertools import islice

from explorer.archive.convert.email.mime import (
    EmbeddedPictures,
    Part,
    date_of,
    header,
    parse_message,
    source_texts,
    text_of_part,
)
from explorer.archive.convert.format_kinds import ConvertedDocument, Format
from explorer.archive.convert.html_page import saved_page
from explorer.archive.convert.markdown.shortcodes import expand_wordpress_captions
from explorer.archive.links.addresses import is_picture_address, is_remote
from explorer.errors import ArchiveError

MAX_PARTS = 5000


def _convert(data: bytes, document: str) -> ConvertedDocument:  # noqa: ARG001
    message = parse_message(data)
    parts = list(islice(message.walk(), MAX_PARTS))
    root = _root_part(message, parts)
    if root is None:
        raise ArchiveError("contains no page. Save it in the browser again.")
    location = header(root, "content-location").replace(" ", "")
    address = header(message, "snapshot-content-location").replace(" ", "") or location
    pictures = EmbeddedPictures([part for part in parts if _is_picture(part)], location or address)
    page = saved_page(text_of_part(root), address if is_remote(address) else "", date_of(message))
    return ConvertedDocument(expand_wordpress_captions(page), parts=pictures, sources=source_texts(parts))


def _root_part(message: Part, parts: list[Part]) -> Part | None:
    """Return the part that the message declares as its start, else the first page, or None."""
    start = message.get_param("start")
    pages = [part for part in parts if part.get_content_type() in {"text/html", "application/xhtml+xml"}]
    start_parts = [part for part in pages if start and header(part, "content-id") == start]
    return next(iter([*start_parts, *pages]), None)


def _is_picture(part: Part) -> bool:
    return part.get_content_maintype() == "image" or (
        not part.is_multipart() and is_picture_address(header(part, "content-location"))
    )


MHTML = Format(
    "saved page",
    "MHTML: the page, the pictures in the file, its address",
    (".mhtml", ".mht"),
    _convert,
)
