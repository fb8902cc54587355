"""A text as the passages of which each is asked for by itself."""

from __future__ import annotations

import re
from math import ceil

# Shorter than this, in letters, a sentence says too little by itself ("It grew."): it is read with the next one.
SHORTEST = 40
# A stop, perhaps a quote or bracket, a blank, and what may begin a sentence; "J. Smith" and "e.g. this" go on.
_END = re.compile(
    r"(?:(?<=[.!?…])|(?<=[.!?…][\"'»”’)\]]))(?<!\b[A-Z]\.)(?<!\b(?:Dr|Mr|St|No|vs|cf)\.)(?<!\b(?:Mrs|Fig|FIG|fig|Abb|etc|Vol)\.)(?<!\b(?:Figs|FIGS|figs)\.)"
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
