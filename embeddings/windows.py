"""Cutting a text where a model's context window ends, so that nothing is dropped in silence."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

WORD = re.compile(r"\S+")
SENTENCE_END = re.compile(r"""[.!?…。！？]["'»”’)\]]*$""")

LONGEST_TOKEN = 32
"""Characters; no vocabulary of words has tokens longer than a few dozen."""

TOKENS_OF_A_LETTER = 8
"""At most: a letter is up to four bytes, and vocabularies of bytes spell out what they do not know."""

Span = tuple[int, int]
Fits = Callable[[str], bool]


def split(text: str, fits: Fits, *, most_words: int) -> list[str]:
    """The text in pieces that fit, cut after sentences where possible, else between words.

    `fits` must hold for every beginning of a piece that fits. `most_words` bounds how many words are tried at
    once: more than that never fit. Only a single word too long for a piece (an address, a language written
    without spaces) is cut inside.
    """
    # A text with more words need not be tried, which of a book would take a gigabyte.
    if next(islice(WORD.finditer(text), most_words, None), None) is None and fits(text):
        return [text]
    longest, surely = most_words * LONGEST_TOKEN, max(1, most_words // TOKENS_OF_A_LETTER)
    rest = _words(text, fits, longest=longest, surely=surely)
    pieces: list[str] = []
    words: list[Span] = []
    while words := [*words, *islice(rest, most_words + 1 - len(words))]:
        start = words[0][0]
        ends = [end for _, end in words[:most_words]]
        ends = ends[: max(1, _how_many_fit(text, start, ends, fits))]
        if len(ends) < len(words):
            ends = _back_to_sentence(text, start, ends)
        pieces.append(text[start : ends[-1]])
        words = words[len(ends) :]
    return pieces


def _words(text: str, fits: Fits, *, longest: int, surely: int) -> Iterator[Span]:
    """Where the words stand; a word that does not fit comes as several. One of `surely` letters always fits."""
    for match in WORD.finditer(text):
        start, end = match.span()
        while end - start > longest or (end - start > surely and not fits(text[start:end])):
            ends = range(start + 1, min(end, start + longest + 1))
            cut = start + max(1, _how_many_fit(text, start, ends, fits))
            yield start, cut
            start = cut
        yield start, end


def _how_many_fit(text: str, start: int, ends: Sequence[int], fits: Fits) -> int:
    return bisect_right(ends, False, key=lambda end: not fits(text[start:end]))


def _back_to_sentence(text: str, start: int, ends: list[int]) -> list[int]:
    """Up to the last sentence end, unless that would give away more than half of the window."""
    for count in range(len(ends), len(ends) // 2, -1):
        before = ends[count - 2] if count > 1 else start
        if SENTENCE_END.search(text, before, ends[count - 1]):
            return ends[:count]
    return ends
