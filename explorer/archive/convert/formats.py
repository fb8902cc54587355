"""Every format that is read, one row each. `explorer formats` lists them; a new one is a module and a row."""

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
from explorer.archive.convert.format_kinds import Container, Converted, Format, Members
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
    "Converted",
    "Format",
    "Members",
    "container_of",
    "format_of",
]

HEAD_BYTES = 4096
"""How much of a file is looked at to tell formats apart that share a suffix."""

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
    """The format of the document at `path`, whose first HEAD_BYTES `head` reads if they are needed."""
    return _the_one(FORMATS, path, head)


def container_of(path: str, head: Callable[[], bytes]) -> Container | None:
    """What kind of container the file at `path` is, if it is one."""
    return _the_one(CONTAINERS, path, head)


def _the_one(kinds: tuple[Kind, ...], path: str, head: Callable[[], bytes]) -> Kind | None:
    named = [kind for kind in kinds if path.lower().endswith(kind.suffixes)]
    if any(kind.recognises for kind in named):
        start = head()
        named = [kind for kind in named if not kind.recognises or kind.recognises(start)]
    return named[0] if named else None
