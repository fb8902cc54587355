"""Plain text into HTML, the normal form: paragraphs, headings, lists, and captions whose pictures are gone."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from explorer.archive.html.caption_marks import MAX_CAPTION_CHARS, split_credit
from explorer.archive.html.labels import Kind, fold, kinds, opens_caption

_LIST_ITEM = re.compile(r"^\s*(?:[-*•·–]\s+|\d{1,2}[.)]\s+|\(?[a-z][.)]\s+)")
_NUMBERED = re.compile(r"^\s*\d{1,3}[.)]\s+\S")
_UNDERLINE = re.compile(r"^\s*([=\-~_*])\1{2,}\s*$")
_PICTURE_MARK = re.compile(
    r"^\s*\[(?:image|picture|photo|figure|img|illustration)(?:\s*+[:#]?+\s*+(?P<words>[^\]]*+))?\]\s*$", re.I
)
# The same in any language: the name of a picture alone, or before a colon.
_NAMED_MARK = re.compile(
    r"^\s*[\[［【](?P<name>[^\]:：]{1,24})(?:[:：]\s*+(?P<words>[^\]］】]*+))?[\]］】]\s*$"
)
_SENTENCE_END = re.compile(r"[.!?…][”\"')\]]*$")
MAX_HEADING_CHARS = 130
# A longer paragraph that ends in a source is a text with a reference, not a caption.
MAX_CREDITED_CHARS = 800


# The head of a letter stands within so many characters, after its name perhaps.
MAX_HEAD_CHARS = 1500
_HEAD_LINES = re.compile(
    r"(?:\A|(?<=\n))(?:(?:date|sent|author|from|by|to|cc|subject|title|issue|number|list-id|reply-to|language):"
    r"[ \t]*\S[^\n]*\n)+(?=[ \t]*(?:\n|\Z))",
    re.IGNORECASE,
)
_WHO_OR_WHEN = re.compile(r"^(?:date|sent|author|from|by):", re.IGNORECASE | re.MULTILINE)
_HEAD_NAMES = {"sent": "date", "from": "author", "by": "author", "subject": "title"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of text between two breaks, and how it was set."""

    text: str
    after_blank: bool
    lines: int = 1


def text_to_html(source: str) -> tuple[str, dict[str, str]]:
    """HTML of a plain-text document, and what the head lines of a letter say (`Date: ...`, `From: ...`)."""
    head, source = split_head(source)
    return _to_html(source), head


def split_head(source: str) -> tuple[dict[str, str], str]:
    """The first paragraph of nothing but `Date:`, `Author:` and the like near the top, and the rest."""
    top = source[:MAX_HEAD_CHARS]
    found = next((block for block in _HEAD_LINES.finditer(top) if _WHO_OR_WHEN.search(block[0])), None)
    if found is None:
        return {}, source
    lines = (line.partition(":") for line in found[0].strip().split("\n"))
    head = {
        _HEAD_NAMES.get(name.strip().lower(), name.strip().lower()): value.strip() for name, _, value in lines
    }
    if "author" in head:
        head["author"] = re.sub(r"\s*<[^<>]*>", "", head["author"]).strip("\"' ")
    return head, source[: found.start()] + "\n" + source[found.end() :]


def _to_html(source: str) -> str:
    """In whichever of the two ways of setting paragraphs it is written."""
    lines = source.expandtabs().split("\n")
    if _is_one_line_a_paragraph(lines):
        return _from_lines([Paragraph(line.strip(), blank) for line, blank in _spoken(lines)])
    return _from_blocks(list(_blocks(lines)))


def _is_one_line_a_paragraph(lines: list[str]) -> bool:
    """Whether lines are whole paragraphs, so that a blank line is a hole where something stood."""
    spoken = [line for line in lines if line.strip()]
    adjacent = sum(bool(one.strip() and two.strip()) for one, two in pairwise(lines))
    long_lines = sum(len(line) > 120 for line in spoken)
    return len(spoken) >= 8 and adjacent > 0.6 * len(spoken) and long_lines > 0.2 * len(spoken)


def _spoken(lines: list[str]) -> Iterator[tuple[str, bool]]:
    blank = False
    for line in lines:
        if line.strip():
            yield line, blank
        blank = not line.strip()


def _blocks(lines: list[str]) -> Iterator[Paragraph]:
    """Paragraphs between blank lines, with an underlined heading and each list item on its own."""
    gathered: list[str] = []

    def flush() -> Iterator[Paragraph]:
        if gathered:
            yield Paragraph(" ".join(" ".join(gathered).split()), after_blank=True, lines=len(gathered))
            gathered.clear()

    for number, line in enumerate(lines):
        if not line.strip():
            yield from flush()
        elif _UNDERLINE.match(line):
            heading = gathered.pop() if gathered else ""
            yield from flush()
            if heading:
                yield Paragraph("# " + heading.strip(), after_blank=True)
        elif _LIST_ITEM.match(line) and (gathered or _next_is_list(lines, number)):
            yield from flush()
            gathered.append(line.strip())
        else:
            gathered.append(line.strip())
    yield from flush()


def _next_is_list(lines: list[str], number: int) -> bool:
    return number + 1 < len(lines) and bool(_LIST_ITEM.match(lines[number + 1]))


def _from_lines(paragraphs: list[Paragraph]) -> str:
    """A blank line in such a text marks where a picture stood; what follows it is its caption."""
    out: list[str] = []
    for position, paragraph in enumerate(paragraphs):
        previous = paragraphs[position - 1].text if position else ""
        following = paragraphs[position + 1] if position + 1 < len(paragraphs) else None
        if paragraph.after_blank and _could_be_caption(paragraph.text):
            out.append(_missing_figure(paragraph.text))
        elif _is_line_heading(paragraph, previous, following):
            out.append(_heading(paragraph.text))
        else:
            out.append(_paragraph(paragraph.text))
    return "\n".join(out)


def _from_blocks(paragraphs: list[Paragraph]) -> str:
    """Captions say so themselves: by a label, a `Source:` at the end, or brackets."""
    out: list[str] = []
    for position, paragraph in enumerate(paragraphs):
        following = paragraphs[position + 1] if position + 1 < len(paragraphs) else None
        mark = _picture_mark(paragraph.text)
        if mark is not None:
            out.append(_missing_figure(mark) if mark else "")
        elif _says_it_is_caption(paragraph.text):
            out.append(_missing_figure(paragraph.text))
        elif _is_block_heading(paragraph, following, first=position == 0):
            out.append(_heading(paragraph.text.removeprefix("# ")))
        else:
            out.append(_paragraph(paragraph.text))
    return "\n".join(out)


def _picture_mark(text: str) -> str | None:
    """What is said of a picture in its place, as `[Foto: the mill]`; None where the text is no such mark."""
    mark = _PICTURE_MARK.match(text)
    if mark is None:
        mark = _NAMED_MARK.match(text)
        if mark is None or kinds().get(fold(mark["name"]).rstrip(".")) not in {Kind.FIGURE, Kind.PICTURE}:
            return None
    return mark["words"] or ""


def _could_be_caption(text: str) -> bool:
    is_sentence = bool(_SENTENCE_END.search(text)) or split_credit(text)[1] is not None
    return is_sentence and not _LIST_ITEM.match(text) and len(text) <= MAX_CAPTION_CHARS and len(text) > 15


def _says_it_is_caption(text: str) -> bool:
    if len(text) > MAX_CAPTION_CHARS or _LIST_ITEM.match(text):
        return False
    # A credit alone is a reference or an imprint.
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
    """Whether a line runs on into the next: no stop at its end, though it is long or a list item."""
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
