"""Convert text with paragraphs between blank lines, as blogs store it, to HTML."""

from __future__ import annotations

import html
import re

_VERBATIM_ELEMENT = re.compile(r"(<(pre|script|style|textarea)\b.*?(?:</\2>|\Z))", re.DOTALL | re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_OPENS_WITH_BLOCK = re.compile(
    r"\s*<!--|\s*</?(?:address|article|aside|blockquote|details|div|dl|dt|dd|figcaption|figure|footer|form|h[1-6]|header|hr|li|"
    r"main|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul)\b",
    re.IGNORECASE,
)


def paragraphs_of_markup(source: str) -> str:
    """Return the HTML with `<p>` around each text between blank lines that does not begin with a block element.

    The rules are those of `wpautop` in WordPress, which stores posts without `<p>`.
    """
    parts = _VERBATIM_ELEMENT.split(source.replace("\r\n", "\n"))
    return "".join(
        _paragraphs(text) + verbatim for text, verbatim in zip(parts[::3], [*parts[1::3], ""], strict=True)
    )


def paragraphs_of_text(text: str) -> str:
    """Return plain text as HTML with `<p>` around each text between blank lines."""
    return paragraphs_of_markup(html.escape(text, quote=False))


def _paragraphs(markup: str) -> str:
    chunks = (chunk.strip() for chunk in _BLANK_LINES.split(markup))
    return "\n".join(_paragraph(chunk) for chunk in chunks if chunk)


def _paragraph(chunk: str) -> str:
    if _OPENS_WITH_BLOCK.match(chunk):
        return chunk
    return f"<p>{'<br>'.join(chunk.split(chr(10)))}</p>"
