"""Text whose blank lines are its paragraphs, as blogs keep it, into HTML."""

from __future__ import annotations

import html
import re

_KEPT = re.compile(r"(<(pre|script|style|textarea)\b.*?(?:</\2>|\Z))", re.DOTALL | re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_OPENS_WITH_BLOCK = re.compile(
    r"\s*<!--|\s*</?(?:address|article|aside|blockquote|details|div|dl|dt|dd|figcaption|figure|footer|form|h[1-6]|header|hr|li|"
    r"main|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul)\b",
    re.IGNORECASE,
)


def paragraphs_of_markup(source: str) -> str:
    """HTML in which whatever stands between blank lines and opens no block of its own is a paragraph.

    After wpautop of WordPress, as far as paragraphs go: what it keeps in posts has none.
    """
    parts = _KEPT.split(source.replace("\r\n", "\n"))
    return "".join(
        _paragraphs(text) + kept for text, kept in zip(parts[::3], [*parts[1::3], ""], strict=True)
    )


def paragraphs_of_text(text: str) -> str:
    """The same for text that is no HTML."""
    return paragraphs_of_markup(html.escape(text, quote=False))


def _paragraphs(markup: str) -> str:
    chunks = (chunk.strip() for chunk in _BLANK_LINES.split(markup))
    return "\n".join(_paragraph(chunk) for chunk in chunks if chunk)


def _paragraph(chunk: str) -> str:
    if _OPENS_WITH_BLOCK.match(chunk):
        return chunk
    return f"<p>{'<br>'.join(chunk.split(chr(10)))}</p>"
