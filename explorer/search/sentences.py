"""A text as the passages of which each is asked for by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from math import ceil

from explorer.archive.html.labels import written_abbreviations

# Shorter than this, in letters, a sentence says too little by itself ("It grew."): it is read with the next one.
SHORTEST = 40


def _not_after(words: Iterable[str]) -> str:
    """A pattern that none of the words and its stop stand before; those of one length at once, as `re` wants."""
    lengths = groupby(sorted(words, key=lambda word: (len(word), word)), key=len)
    return "".join(rf"(?<!\b(?:{'|'.join(map(re.escape, same))})\.)" for _, same in lengths)


# A stop, perhaps a quote or bracket, a blank, and what may begin a sentence; "J. Smith" and "e.g. this" go on.
_END = re.compile(
    r"(?:(?<=[.!?…])|(?<=[.!?…][\"'»”’)\]]))(?<!\b[A-Z]\.)(?<!\b(?:Dr|Mr|St|No|vs|cf)\.)(?<!\b(?:Mrs|Fig|FIG|fig|Abb|etc|Vol)\.)(?<!\b(?:Figs|FIGS|figs)\.)"
    # "см. рис. 3" and "viz obr. 2" go on, where a number follows.
    rf"(?:(?!\s+\d)|{_not_after(word for word in written_abbreviations() if ' ' not in word)})"
    r"\s+(?=[\"'«“‘(\[]?[^\Wa-z_])"
    r"|(?<=[。！？])\s*"
)
_PARAGRAPH = re.compile(r"\n\s*\n")


def sentences_of(text: str) -> list[str]:
    """The sentences in their order, white space folded; what is too short stands with its neighbour."""
    found: list[str] = []
    for paragraph in _PARAGRAPH.split(text):
        begun = ""
        for sentence in _END.split(" ".join(paragraph.split())):
            begun = f"{begun} {sentence}".strip()
            if len(begun) >= SHORTEST:
                found.append(begun)
                begun = ""
        if begun:
            found.append(begun)
    return found


def passages_of(text: str, most: int) -> list[str]:
    """At most so many passages, of one sentence each where the text is no longer than that."""
    sentences = sentences_of(text)
    at_once = max(1, ceil(len(sentences) / most))
    return [" ".join(sentences[start : start + at_once]) for start in range(0, len(sentences), at_once)]
