"""Find the blocks of a page that are captions of figures, and the text that separates figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from explorer.archive.convert.pdf.blocks import Block
from explorer.archive.convert.pdf.boxes import bounding_box
from explorer.archive.convert.pdf.lines import Line
from explorer.archive.html.caption_marks import MAX_CAPTION_CHARS
from explorer.archive.html.labels import Kind, caption_label, label_of, without_label

_LEADERS = re.compile(r"\.{4}|(?:\. ){4}")  # dot leaders of a list of figures
_NUMBERED_HEADING = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2}){0,4}\.?|[IVX]{1,5}\.|[A-Z]\.(?:\d\.?)*+)\s+[^\W\d_]"
)
_ENDS_SENTENCE = re.compile(r"[.,;]$")
_WORD = re.compile(r"[^\W\d_]{3}")
MAX_HEADING_CHARS = 160
# From a label to the title below it, in font sizes. A title in the type of the running text must be closer.
MAX_TITLE_GAP = 0.8
MAX_DISTINCT_TITLE_GAP = 1.6
HEADING_SIZE_RATIO = 1.1  # times the size of the running text


@dataclass(frozen=True, slots=True)
class BodyStyle:
    """The typography of the running text of a document."""

    size: float  # points
    fonts: frozenset[str]

    def matches(self, block: Block) -> bool:
        """Return whether a block is in the type of the running text."""
        return block.font in self.fonts and abs(block.size - self.size) <= 0.04 * self.size


def body_style_of(lines: Iterable[Line]) -> BodyStyle:
    """Return the most common font size, and the fonts of more than a fifth of the letters in that size."""
    letters_by_size: Counter[float] = Counter()
    letters_by_font: Counter[tuple[float, str]] = Counter()
    for line in lines:
        for word in line.words:
            letters_by_size[word.size] += len(word.text)
            letters_by_font[word.size, word.font] += len(word.text)
    if not letters_by_size:
        return BodyStyle(0, frozenset())
    size, letters = letters_by_size.most_common(1)[0]
    common_fonts = (
        font
        for (font_size, font), count in letters_by_font.items()
        if font_size == size and count > 0.2 * letters
    )
    return BodyStyle(size, frozenset(common_fonts))


def is_caption(block: Block, body: BodyStyle) -> bool:
    """Return whether a block is the caption of a figure, not of a table and not a line of a list of figures."""
    label = caption_label(block.first_line)
    if label is None or label.kind is Kind.TABLE or _LEADERS.search(block.first_line):
        return False
    return label.is_stopped or not body.matches(block) or block.lines[0].words[0].bold


def has_table_label(text: str) -> bool:
    """Return whether a text begins with the label of a table."""
    label = label_of(text)
    return label is not None and label.kind is Kind.TABLE


def is_heading(block: Block, body: BodyStyle) -> bool:
    """Return whether a block is a heading: larger than the running text, bold, or numbered in capitals."""
    text = " ".join(line.text for line in block.lines)
    if len(block.lines) > 3 or len(text) > MAX_HEADING_CHARS or _ENDS_SENTENCE.search(text):
        return False
    if _LEADERS.search(text) or has_table_label(text) or not _WORD.search(text):
        return False
    if block.size >= HEADING_SIZE_RATIO * body.size:
        return True
    is_numbered = bool(_NUMBERED_HEADING.match(text))
    if block.bold and block.font not in body.fonts and block.size >= 0.95 * body.size:
        return is_numbered or len(block.lines) == 1
    return is_numbered and text.isupper() and len(block.lines) == 1


def merge_bare_labels(blocks: Iterable[Block], body: BodyStyle) -> list[Block]:
    """Return the blocks, with each label on a line of its own merged with the title below it."""
    merged: list[Block] = []
    for block in blocks:
        if merged and _is_bare_label(merged[-1], body) and _is_title_below(merged[-1], block, body):
            label = merged[-1]
            box = bounding_box([label.box, block.box])
            merged[-1] = replace(label, lines=(*label.lines, *block.lines), box=box, bold=False)
        else:
            merged.append(block)
    return merged


def _is_bare_label(block: Block, body: BodyStyle) -> bool:
    return len(block.lines) == 1 and is_caption(block, body) and not without_label(block.first_line)


def _is_title_below(label: Block, block: Block, body: BodyStyle) -> bool:
    text = " ".join(line.text for line in block.lines)
    gap = block.box.top - label.box.bottom
    max_gap = MAX_TITLE_GAP if body.matches(block) else MAX_DISTINCT_TITLE_GAP
    is_aligned = (
        abs(block.box.left - label.box.left) < 3 * label.size
        or abs(block.box.center[0] - label.box.center[0]) < label.size
        or abs(block.box.right - label.box.right) < label.size
    )
    return (
        is_aligned
        and -0.3 * label.size < gap < max_gap * label.size
        and 0.8 * label.size < block.size < 1.2 * label.size
        and len(text) <= MAX_CAPTION_CHARS
        and bool(_WORD.search(text))
        and not (body.matches(block) and len(block.lines) > 3)
        and caption_label(text) is None
    )


def separates_figures(block: Block, body: BodyStyle) -> bool:
    """Return whether a block ends the area of a figure: running text, a numbered or large heading, or any caption."""
    if is_caption(block, body) or has_table_label(block.first_line):
        return True
    if is_heading(block, body):
        return block.size >= HEADING_SIZE_RATIO * body.size or bool(_NUMBERED_HEADING.match(block.first_line))
    width_share = block.box.width / max(block.right - block.left, 1)
    if len(block.lines) > 1:
        return (width_share > 0.7 and block.size >= 0.9 * body.size) or (
            width_share > 0.45 and body.matches(block)
        )
    is_flush = block.box.left - block.left < 2.5 * block.size
    return body.matches(block) and is_flush and len(block.lines[0].words) > 3
