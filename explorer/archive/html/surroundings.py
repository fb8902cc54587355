"""The text around a picture: the paragraph before it and the one after it, each no longer than a paragraph is."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from selectolax.lexbor import LexborNode

from explorer.archive.html.runs import HEADINGS, Run, Words

# A paragraph farther from a figure than that says nothing of it.
MAX_PARAGRAPHS_AWAY = 40
# Of a longer text, as of a page without paragraphs, what stands nearest to the picture. Hardly any paragraph is longer.
MAX_CHARS = 4000
MIN_CHARS = 20
MAX_PARTS_AWAY = 200
_SENTENCE_END = re.compile(r"[.!?…]['\"»”’)\]]*\s+|[。！？]\s*")


class Surroundings:
    """The paragraphs of a document; captions, by the orders of their runs, are none."""

    def __init__(self, runs: Sequence[Run], captions: Set[int]) -> None:
        self._runs = runs
        self._captions = captions

    def before(self, run: Run, picture: LexborNode) -> str | None:
        """The paragraph that a picture stands in, else the nearest one before it, within the same item."""
        is_text = run.block.tag not in HEADINGS and run.order not in self._captions
        own = run.text if is_text else ""
        if len(own) > MAX_CHARS:
            own = _words_before(run, picture)
        found = own or self._nearest(run.order, -1)
        return _ending(found) if found else None

    def after(self, run: Run, picture: LexborNode) -> str | None:
        """The nearest paragraph after a picture, within the same item; of a page without paragraphs its next words."""
        own = run.text_from(picture) if len(run.text) > MAX_CHARS else ""
        found = " ".join(own.split()) if len(own) > MIN_CHARS else self._nearest(run.order, +1)
        return _beginning(found) if found else None

    def _nearest(self, order: int, step: int) -> str | None:
        for position in range(order + step, order + step * (MAX_PARAGRAPHS_AWAY + 1), step):
            if not 0 <= position < len(self._runs):
                return None
            run = self._runs[position]
            if run.block.tag in HEADINGS:
                return None
            if run.text and position not in self._captions and len(run.text) > MIN_CHARS:
                return run.text
        return None


def _words_before(run: Run, picture: LexborNode) -> str:
    """The words before a picture in its run, back to the picture before where there are some."""
    words: list[str] = []
    count = 0
    for part in run.parts_before(picture, MAX_PARTS_AWAY):
        if isinstance(part, Words):
            words.append(part.text)
            count += len(part.text)
        if count > MAX_CHARS or (count > MIN_CHARS and not isinstance(part, Words)):
            break
    return " ".join("".join(reversed(words)).split())


def _ending(text: str) -> str:
    """The last sentences of a text, or its last words."""
    if len(text) <= MAX_CHARS:
        return text
    end = text[-MAX_CHARS:]
    found = _SENTENCE_END.search(end, 0, MAX_CHARS // 2)
    return end[found.end() :] if found else end.partition(" ")[2] or end


def _beginning(text: str) -> str:
    """The first sentences of a text, or its first words."""
    if len(text) <= MAX_CHARS:
        return text
    begin = text[:MAX_CHARS]
    ends = [found.end() for found in _SENTENCE_END.finditer(begin, MAX_CHARS // 2)]
    return begin[: ends[-1]].rstrip() if ends else begin.rpartition(" ")[0] or begin
