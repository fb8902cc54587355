"""Convert plain text to HTML: paragraphs, headings, lists, and captions whose pictures are missing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from explorer.archive.convert.decoding import text_of
from explorer.archive.convert.format_kinds import ConvertedDocument, Format
from explorer.archive.html.caption_marks import MAX_CAPTION_CHARS, split_credit
from explorer.archive.html.labels import Kind, fold, kinds, opens_caption

_LIST_ITEM = re.compile(r"^\s*(?:[-*•·–]\s+|\d{1,2}[.)]\s+|\(?[a-z][.)]\s+)")
_NUMBERED = re.compile(r"^\s*\d{1,3}[.)]\s+\S")
_UNDERLINE = re.compile(r"^\s*([=\-~_*])\1{2,}\s*$")
_PICTURE_MARK = re.compile(
    r"^\s*\[(?:image|picture|photo|figure|img|illustration)(?:\s*+[:#]?+\s*+(?P<words>[^\]]*+))?\]\s*$", re.I
)
# The same in any language: a word for picture, alone or before a colon.
_NAMED_MARK = re.compile(
    r"^\s*[\[［【](?P<name>[^\]:：]{1,24})(?:[:：]\s*+(?P<words>[^\]］】]*+))?[\]］】]\s*$"
)
_SENTENCE_END = re.compile(r"[.!?…][”\"')\]]*$")
MAX_HEADING_CHARS = 130
# A longer paragraph with a source at its end is a text with a reference, not a caption.
MAX_CREDITED_CHARS = 800


# Characters at the start of a text in which an email header is looked for; a title may precede it.
MAX_HEADER_CHARS = 1500
_HEADER_LINES = re.compile(
    r"(?:\A|(?<=\n))(?:(?:date|sent|author|from|by|to|cc|subject|title|issue|number|list-id|reply-to|language):"
    r"[ \t]*\S[^\n]*\n)+(?=[ \t]*(?:\n|\Z))",
    re.IGNORECASE,
)
_AUTHOR_OR_DATE = re.compile(r"^(?:date|sent|author|from|by):", re.IGNORECASE | re.MULTILINE)
_HEADER_KEYS = {"sent": "date", "from": "author", "by": "author", "subject": "title"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, its number of lines, and whether a blank line precedes it."""

    text: str
    after_blank: bool
    lines: int = 1


def text_to_html(source: str) -> tuple[str, dict[str, str]]:
    """Return the HTML of a plain-text document and the fields of its header (`Date: ...`, `From: ...`)."""
    header, source = split_header(source)
    return _body_html(source), header


def split_header(source: str) -> tuple[dict[str, str], str]:
    """Return the fields of the first header near the top (`Date:`, `Author:`, ...), and the text without it."""
    top = source[:MAX_HEADER_CHARS]
    match = next((block for block in _HEADER_LINES.finditer(top) if _AUTHOR_OR_DATE.search(block[0])), None)
    if match is None:
        return {}, source
    lines = (line.partition(":") for line in match[0].strip().split("\n"))
    header = {
        _HEADER_KEYS.get(name.strip().lower(), name.strip().lower()): value.strip()
        for name, _, value in lines
    }
    if "author" in header:
        header["author"] = re.sub(r"\s*<[^<>]*>", "", header["author"]).strip("\"' ")
    return header, source[: match.start()] + "\n" + source[match.end() :]


def _body_html(source: str) -> str:
    """Return the HTML of a text whose paragraphs are single lines or blocks between blank lines."""
    lines = source.expandtabs().split("\n")
    if _has_one_line_paragraphs(lines):
        return _html_of_lines([Paragraph(line.strip(), blank) for line, blank in _nonblank_lines(lines)])
    return _html_of_blocks(list(_blocks(lines)))


def _has_one_line_paragraphs(lines: list[str]) -> bool:
    """Return whether each line is a paragraph: then a blank line marks where a picture was."""
    nonblank = [line for line in lines if line.strip()]
    adjacent = sum(bool(line.strip() and next_line.strip()) for line, next_line in pairwise(lines))
    long_lines = sum(len(line) > 120 for line in nonblank)
    return len(nonblank) >= 8 and adjacent > 0.6 * len(nonblank) and long_lines > 0.2 * len(nonblank)


def _nonblank_lines(lines: list[str]) -> Iterator[tuple[str, bool]]:
    blank = False
    for line in lines:
        if line.strip():
            yield line, blank
        blank = not line.strip()


def _blocks(lines: list[str]) -> Iterator[Paragraph]:
    """Yield the paragraphs between blank lines; underlined headings and list items are separate paragraphs."""
    pending: list[str] = []

    def flush() -> Iterator[Paragraph]:
        if pending:
            yield Paragraph(" ".join(" ".join(pending).split()), after_blank=True, lines=len(pending))
            pending.clear()

    for number, line in enumerate(lines):
        if not line.strip():
            yield from flush()
        elif _UNDERLINE.match(line):
            heading = pending.pop() if pending else ""
            yield from flush()
            if heading:
                yield Paragraph("# " + heading.strip(), after_blank=True)
        elif _LIST_ITEM.match(line) and (pending or _next_is_list(lines, number)):
            yield from flush()
            pending.append(line.strip())
        else:
            pending.append(line.strip())
    yield from flush()


def _next_is_list(lines: list[str], number: int) -> bool:
    return number + 1 < len(lines) and bool(_LIST_ITEM.match(lines[number + 1]))


def _html_of_lines(paragraphs: list[Paragraph]) -> str:
    """Return the HTML of one-line paragraphs. A blank line marks where a picture was; its caption follows."""
    parts: list[str] = []
    for position, paragraph in enumerate(paragraphs):
        previous = paragraphs[position - 1].text if position else ""
        following = paragraphs[position + 1] if position + 1 < len(paragraphs) else None
        if paragraph.after_blank and _could_be_caption(paragraph.text):
            parts.append(_missing_figure(paragraph.text))
        elif _is_line_heading(paragraph, previous, following):
            parts.append(_heading(paragraph.text))
        else:
            parts.append(_paragraph(paragraph.text))
    return "\n".join(parts)


def _html_of_blocks(paragraphs: list[Paragraph]) -> str:
    """Return the HTML of blocks. Captions are marked by a label, a `Source:` at the end, or brackets."""
    parts: list[str] = []
    for position, paragraph in enumerate(paragraphs):
        following = paragraphs[position + 1] if position + 1 < len(paragraphs) else None
        mark = _picture_mark(paragraph.text)
        if mark is not None:
            parts.append(_missing_figure(mark) if mark else "")
        elif _is_marked_as_caption(paragraph.text):
            parts.append(_missing_figure(paragraph.text))
        elif _is_block_heading(paragraph, following, first=position == 0):
            parts.append(_heading(paragraph.text.removeprefix("# ")))
        else:
            parts.append(_paragraph(paragraph.text))
    return "\n".join(parts)


def _picture_mark(text: str) -> str | None:
    """Return the words of a mark in place of a picture, such as `[Foto: the mill]`; None if the text is not a mark."""
    mark = _PICTURE_MARK.match(text)
    if mark is None:
        mark = _NAMED_MARK.match(text)
        if mark is None or kinds().get(fold(mark["name"]).rstrip(".")) not in {Kind.FIGURE, Kind.PICTURE}:
            return None
    return mark["words"] or ""


def _could_be_caption(text: str) -> bool:
    is_sentence = bool(_SENTENCE_END.search(text)) or split_credit(text)[1] is not None
    return is_sentence and not _LIST_ITEM.match(text) and len(text) <= MAX_CAPTION_CHARS and len(text) > 15


def _is_marked_as_caption(text: str) -> bool:
    if len(text) > MAX_CAPTION_CHARS or _LIST_ITEM.match(text):
        return False
    # A credit without other words is a reference or an imprint.
    return opens_caption(text) or (len(text) < MAX_CREDITED_CHARS and all(split_credit(text)))


def _is_line_heading(paragraph: Paragraph, previous: str, following: Paragraph | None) -> bool:
    text = paragraph.text
    if len(text) > MAX_HEADING_CHARS or following is None or not following.text:
        return False
    if _NUMBERED.match(text) and not _NUMBERED.match(previous) and not _NUMBERED.match(following.text):
        return not text.endswith((".", ",", ":", ";"))
    if _LIST_ITEM.match(text) or text.endswith((".", ",", ";", ":", "!", "?", "]")) or not text[0].isupper():
        return bool(_SENTENCE_END.search(text)) and text.endswith("…") and text[0].isupper()
    return len(text) > 3 and len(text.split()) >= 2 and not _is_unfinished(previous)


def _is_unfinished(text: str) -> bool:
    """Return whether a list item continues in the next line: it ends in a word such as "and" or "of"."""
    return (
        bool(_LIST_ITEM.match(text))
        and not _SENTENCE_END.search(text)
        and text[-1:].isalpha()
        and text.endswith((" as", " and", " the", " of", " or"))
    )


def _is_block_heading(paragraph: Paragraph, following: Paragraph | None, *, first: bool) -> bool:
    text = paragraph.text
    if text.startswith("# "):
        return True
    if paragraph.lines > 2 or len(text) > MAX_HEADING_CHARS or following is None:
        return False
    if _SENTENCE_END.search(text) and not _NUMBERED.match(text):
        return first and len(text.split()) <= 14
    if _NUMBERED.match(text):
        return not text.endswith((".", ",", ";")) and not _NUMBERED.match(following.text)
    if _LIST_ITEM.match(text) or text.endswith((",", ";", ":")):
        return False
    return text.isupper() or (
        text[0].isupper() and len(text.split()) <= 14 and len(following.text) > len(text) * 0.8
    )


def _heading(text: str) -> str:
    return f"<h2>{html.escape(text.strip('# '))}</h2>"


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"


def _missing_figure(caption: str) -> str:
    return f"<figure><figcaption>{html.escape(caption)}</figcaption></figure>"


def _from_text(data: bytes, document: str) -> ConvertedDocument:  # noqa: ARG001
    source = text_of(data)
    return ConvertedDocument(*text_to_html(source), sources=(source,))


TEXT = Format(
    "plain text",
    "paragraphs, headings, captions whose pictures are gone",
    (".txt", ".text"),
    _from_text,
)
