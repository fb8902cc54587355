"""Which blocks of a page are captions of figures, and which text stands between figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from explorer.archive.convert.pdf.blocks import Block
from explorer.archive.convert.pdf.boxes import around
from explorer.archive.convert.pdf.lines import Line
from explorer.archive.html.caption_marks import MAX_CAPTION_CHARS
from explorer.archive.html.labels import Kind, caption_label, label_of, without_label

_LEADERS = re.compile(r"\.{4}|(?:\. ){4}")  # of a list of figures
_NUMBERED = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2}){0,4}\.?|[IVX]{1,5}\.|[A-Z]\.(?:\d\.?)*+)\s+[^\W\d_]")
_ENDS_SENTENCE = re.compile(r"[.,;]$")
_WORD = re.compile(r"[^\W\d_]{3}")
MAX_HEADING_CHARS = 160
# From a label to the words below it, in font sizes: those in the type of running text stand closer.
TITLE_APART = 0.8
OTHER_TITLE_APART = 1.6
LARGER = 1.1  # times the size of the body, and it is a heading


@dataclass(frozen=True, slots=True)
class Body:
    """How the running text of a document is set."""

    size: float  # points
    fonts: frozenset[str]

    def sets(self, block: Block) -> bool:
        """Whether a block is set as running text is."""
        return block.font in self.fonts and abs(block.size - self.size) <= 0.04 * self.size


def body_of(lines: Iterable[Line]) -> Body:
    """The commonest size, and the fonts that set a fair part of it."""
    sizes: Counter[float] = Counter()
    fonts: Counter[tuple[float, str]] = Counter()
    for line in lines:
        for word in line.words:
            sizes[word.size] += len(word.text)
            fonts[word.size, word.font] += len(word.text)
    if not sizes:
        return Body(0, frozenset())
    size, letters = sizes.most_common(1)[0]
    common = (font for (its_size, font), count in fonts.items() if its_size == size and count > 0.2 * letters)
    return Body(size, frozenset(common))


def is_caption(block: Block, body: Body) -> bool:
    """Whether a block is the caption of a figure, not of a table, nor a line of a list of figures."""
    label = caption_label(block.start)
    if label is None or label.kind is Kind.TABLE or _LEADERS.search(block.start):
        return False
    return label.is_stopped or not body.sets(block) or block.lines[0].words[0].bold


def is_of_table(text: str) -> bool:
    """Whether a text begins with the label of a table."""
    label = label_of(text)
    return label is not None and label.kind is Kind.TABLE


def is_heading(block: Block, body: Body) -> bool:
    """Larger than the running text, or bold, or numbered in capitals."""
    text = " ".join(line.text for line in block.lines)
    if len(block.lines) > 3 or len(text) > MAX_HEADING_CHARS or _ENDS_SENTENCE.search(text):
        return False
    if _LEADERS.search(text) or is_of_table(text) or not _WORD.search(text):
        return False
    if block.size >= LARGER * body.size:
        return True
    is_numbered = bool(_NUMBERED.match(text))
    if block.bold and block.font not in body.fonts and block.size >= 0.95 * body.size:
        return is_numbered or len(block.lines) == 1
    return is_numbered and text.isupper() and len(block.lines) == 1


def whole_captions(blocks: Iterable[Block], body: Body) -> list[Block]:
    """The blocks, each label that stands on a line of its own made one with the words below it."""
    whole: list[Block] = []
    for block in blocks:
        if whole and _is_bare_label(whole[-1], body) and _is_title_below(whole[-1], block, body):
            label = whole[-1]
            box = around([label.box, block.box])
            whole[-1] = replace(label, lines=(*label.lines, *block.lines), box=box, bold=False)
        else:
            whole.append(block)
    return whole


def _is_bare_label(block: Block, body: Body) -> bool:
    return len(block.lines) == 1 and is_caption(block, body) and not without_label(block.start)


def _is_title_below(label: Block, block: Block, body: Body) -> bool:
    text = " ".join(line.text for line in block.lines)
    gap = block.box.top - label.box.bottom
    most = TITLE_APART if body.sets(block) else OTHER_TITLE_APART
    is_aligned = (
        abs(block.box.left - label.box.left) < 3 * label.size
        or abs(block.box.middle[0] - label.box.middle[0]) < label.size
        or abs(block.box.right - label.box.right) < label.size
    )
    return (
        is_aligned
        and -0.3 * label.size < gap < most * label.size
        and 0.8 * label.size < block.size < 1.2 * label.size
        and len(text) <= MAX_CAPTION_CHARS
        and bool(_WORD.search(text))
        and not (body.sets(block) and len(block.lines) > 3)
        and caption_label(text) is None
    )


def parts_figures(block: Block, body: Body) -> bool:
    """Whether no figure goes on beyond this block: running text, a numbered or large heading, any caption."""
    if is_caption(block, body) or is_of_table(block.start):
        return True
    if is_heading(block, body):
        return block.size >= LARGER * body.size or bool(_NUMBERED.match(block.start))
    share = block.box.width / max(block.right - block.left, 1)
    if len(block.lines) > 1:
        return (share > 0.7 and block.size >= 0.9 * body.size) or (share > 0.45 and body.sets(block))
    is_flush = block.box.left - block.left < 2.5 * block.size
    return body.sets(block) and is_flush and len(block.lines[0].words) > 3
