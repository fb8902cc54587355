"""The list of the formats that are read. `explorer formats` prints it. A new format is a module and an entry here."""

from __future__ import annotations

from explorer.archive.convert.email.mailboxes import MBOX
from explorer.archive.convert.email.messages import EMAIL
from explorer.archive.convert.email.mhtml import MHTML
from explorer.archive.convert.epub import EPUB
from explorer.archive.convert.exports.ghost import GHOST
from explorer.archive.convert.exports.wordpress import WORDPRESS
from explorer.archive.convert.feeds.feeds import FEED
from explorer.archive.convert.feeds.json_feeds import JSON_FEED
from explorer.archive.convert.format_kinds import Container, ConvertedDocument, Format, Members
from explorer.archive.convert.markdown.convert import MARKDOWN, PANDOC
from explorer.archive.convert.notebooks import NOTEBOOK
from explorer.archive.convert.office.docx import DOCX
from explorer.archive.convert.pdf.reader import PDF
from explorer.archive.convert.plain_text import TEXT
from explorer.archive.convert.web_archive.web_archives import WACZ, WARC
from explorer.archive.convert.web_pages import GALLERY, HTML
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
