"""Documents that are web pages, and the pages of folders of pictures."""

from __future__ import annotations

import re

from explorer.archive.convert.decoding import text_of
from explorer.archive.convert.format_kinds import ConvertedDocument, Format
from explorer.archive.convert.markdown.shortcodes import expand_wordpress_captions

# The comment that browsers and SingleFile write at the top of a saved page.
_SAVED_FROM = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(?P<address>https?://[^\s>]+)"
)


def _from_html(data: bytes, document: str) -> ConvertedDocument:  # noqa: ARG001
    page = text_of(data)
    comment = _SAVED_FROM.search(page[:4096])
    return ConvertedDocument(
        expand_wordpress_captions(page), {"url": comment["address"]} if comment else {}, sources=(page,)
    )


HTML = Format(
    "HTML", "figures, captions, sections, the data in its head", (".html", ".htm", ".xhtml"), _from_html
)
GALLERY = Format(
    "pictures",
    "a folder with captions beside its pictures (txt, json, xmp, a table), or of nothing but pictures",
    (".gallery",),
    _from_html,
)
