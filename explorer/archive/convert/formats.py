"""The list of the formats that are read. `explorer formats` prints it. A new format is a module and an entry here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from explorer.archive.convert.email.mailboxes import MBOX
from explorer.archive.convert.email.messages import EMAIL
from explorer.archive.convert.email.mhtml import MHTML
from explorer.archive.convert.epub import EPUB
from explorer.archive.convert.exports.ghost import GHOST
from explorer.archive.convert.exports.wordpress import WORDPRESS
from explorer.archive.convert.feeds.feeds import FEED
from explorer.archive.convert.feeds.json_feeds import JSON_FEED
from explorer.archive.convert.format_kinds import Container, ConvertedDocument, Format, Members
from explorer.archive.convert.notebooks import NOTEBOOK
from explorer.archive.convert.office.docx import DOCX
from explorer.archive.convert.pdf.reader import PDF
from explorer.archive.convert.texts import GALLERY, HTML, MARKDOWN, PANDOC, TEXT
from explorer.archive.convert.web_archive.web_archives import WACZ, WARC
from explorer.archive.convert.zipped import ZIP

__all__ = [
    "CONTAINERS",
    "FORMATS",
    "HEAD_BYTES",
    "TEXT",
    "Container",
    "ConvertedDocument",
    "Format",
    "Members",
    "container_of",
    "format_of",
]

HEAD_BYTES = 4096
"""Number of bytes at the start of a file by which formats with the same suffix are distinguished."""

FORMATS: tuple[Format, ...] = (
    HTML,
    MARKDOWN,
    PANDOC,
    TEXT,
    EMAIL,
    NOTEBOOK,
    MHTML,
    EPUB,
    DOCX,
    GALLERY,
    PDF,
)
CONTAINERS: tuple[Container, ...] = (
    ZIP,
    MBOX,
    WARC,
    WACZ,
    WORDPRESS,
    FEED,
    JSON_FEED,
    GHOST,
)

Kind = TypeVar("Kind", Format, Container)


def format_of(path: str, head: Callable[[], bytes]) -> Format | None:
    """Return the format of the document at `path`, or None. `head` reads the first HEAD_BYTES if they are needed."""
    return _matching_format(FORMATS, path, head)


def container_of(path: str, head: Callable[[], bytes]) -> Container | None:
    """Return the container format of the file at `path`, or None if it is not a container."""
    return _matching_format(CONTAINERS, path, head)


def _matching_format(kinds: tuple[Kind, ...], path: str, head: Callable[[], bytes]) -> Kind | None:
    candidates = [kind for kind in kinds if path.lower().endswith(kind.suffixes)]
    if any(kind.recognises for kind in candidates):
        start = head()
        candidates = [kind for kind in candidates if not kind.recognises or kind.recognises(start)]
    return candidates[0] if candidates else None
