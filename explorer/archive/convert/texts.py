"""Documents that are text: HTML, Markdown of any dialect, plain text."""

from __future__ import annotations

import re

from explorer.archive.convert.decoding import decode
from explorer.archive.convert.format_kinds import ConvertedDocument, Format
from explorer.archive.convert.markdown.convert import markdown_to_html
from explorer.archive.convert.markdown.shortcodes import expand_wordpress_captions
from explorer.archive.convert.plain_text import text_to_html
from explorer.errors import ArchiveError

# Text of one document. A newsletter issue has 50 KB, a book 2 MB.
MAX_TEXT_BYTES = 32 * 1024 * 1024
# The comment that browsers and SingleFile write at the top of a saved page.
_SAVED_FROM = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(?P<address>https?://[^\s>]+)"
)


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


def _from_html(data: bytes, document: str) -> ConvertedDocument:  # noqa: ARG001
    page = text_of(data)
    comment = _SAVED_FROM.search(page[:4096])
    return ConvertedDocument(
        expand_wordpress_captions(page), {"url": comment["address"]} if comment else {}, sources=(page,)
    )


def _from_markdown(data: bytes, document: str) -> ConvertedDocument:  # noqa: ARG001
    source = text_of(data)
    return ConvertedDocument(*markdown_to_html(source), sources=(source,))


def _from_pandoc(data: bytes, document: str) -> ConvertedDocument:  # noqa: ARG001
    source = text_of(data)
    return ConvertedDocument(*markdown_to_html(source, alt_is_caption=True), sources=(source,))


def _from_text(data: bytes, document: str) -> ConvertedDocument:  # noqa: ARG001
    source = text_of(data)
    return ConvertedDocument(*text_to_html(source), sources=(source,))


HTML = Format(
    "HTML", "figures, captions, sections, the data in its head", (".html", ".htm", ".xhtml"), _from_html
)
MARKDOWN = Format(
    "Markdown",
    "Jekyll, Hugo, MyST, Obsidian or plain, with its front matter",
    (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".myst"),
    _from_markdown,
)
PANDOC = Format(
    "Pandoc or Quarto",
    "as Markdown; the text of a picture without other text in its paragraph is its caption",
    (".qmd", ".rmd", ".pandoc"),
    _from_pandoc,
)
TEXT = Format(
    "plain text",
    "paragraphs, headings, captions whose pictures are gone",
    (".txt", ".text"),
    _from_text,
)
GALLERY = Format(
    "pictures",
    "a folder with captions beside its pictures (txt, json, xmp, a table), or of nothing but pictures",
    (".gallery",),
    _from_html,
)
