"""Split a text into sentences and passages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from math import ceil

from explorer.archive.html.labels import written_abbreviations

# A shorter sentence, in characters, means too little by itself ("It grew."): it is joined with the next one.
SHORTEST = 40


def _not_after(words: Iterable[str]) -> str:
    """Return a pattern for a place that none of the words with a stop precedes. `re` wants look-behinds of one length."""
    lengths = groupby(sorted(words, key=lambda word: (len(word), word)), key=len)
    return "".join(rf"(?<!\b(?:{'|'.join(map(re.escape, same))})\.)" for _, same in lengths)


# A stop, perhaps a quotation mark or bracket, a blank, and the beginning of a sentence. "J. Smith" and "e.g. this" go on.
_END = re.compile(
    r"(?:(?<=[.!?…])|(?<=[.!?…][\"'»”’)\]]))(?<!\b[A-Z]\.)(?<!\b(?:Dr|Mr|St|No|vs|cf)\.)(?<!\b(?:Mrs|Fig|FIG|fig|Abb|etc|Vol)\.)(?<!\b(?:Figs|FIGS|figs)\.)"
    # "см. рис. 3" and "viz obr. 2" go on if a number follows.
    rf"(?:(?!\s+\d)|{_not_after(word for word in written_abbreviations() if ' ' not in word)})"
    r"\s+(?=[\"'«“‘(\[]?[^\Wa-z_])"
    r"|(?<=[。！？])\s*"
)
_PARAGRAPH = re.compile(r"\n\s*\n")


def sentences_of(text: str) -> list[str]:
    """Return the sentences in their order, with single spaces. Short sentences are joined with the next one."""
    sentences: list[str] = []
    for paragraph in _PARAGRAPH.split(text):
        joined = ""
        for sentence in _END.split(" ".join(paragraph.split())):
            joined = f"{joined} {sentence}".strip()
            if len(joined) >= SHORTEST:
                sentences.append(joined)
                joined = ""
        if joined:
            sentences.append(joined)
    return sentences


def passages_of(text: str, most: int) -> list[str]:
    """Split a text into passages, at most `most`. Each is one sentence if the text has no more than `most`."""
    sentences = sentences_of(text)
    at_once = max(1, ceil(len(sentences) / most))
    return [" ".join(sentences[start : start + at_once]) for start in range(0, len(sentences), at_once)]
