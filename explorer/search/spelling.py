"""Correct misspelled words: a word that the library does not have is also looked for as the nearest word that it has.

Distances are those of Damerau (1964): a letter too many, too few, another letter, or two letters that changed places.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from explorer.catalog.derived_tables import folded
from explorer.catalog.full_text import FullText

# Words of these lengths may have one slip, longer words two. In shorter words a slip makes another word.
SHORTEST, LONGEST_WITH_ONE_SLIP = 4, 5
_LETTERS = re.compile(r"[^\W\d_]+")


def nearest_in(full_text: FullText, word: str) -> str | None:
    """Return the word of a library that is nearest to a misspelled one; None if all have too many slips.

    Its first letter is that of the misspelled word.
    """
    plain = folded(word)
    slips = _most_slips(plain)
    lengths = range(max(SHORTEST, len(plain) - slips), len(plain) + slips + 1)
    counts = full_text.words(plain[:1], lengths)
    return nearest(plain, {term: count for term, count in counts.items() if _LETTERS.fullmatch(term)})


def nearest(plain: str, counts: Mapping[str, int]) -> str | None:
    """Return the word with the fewest slips, of several the most frequent one."""
    matches = process.extract(
        plain, counts.keys(), scorer=OSA.distance, processor=None, score_cutoff=_most_slips(plain), limit=None
    )
    return min(matches, key=lambda match: (match[1], -counts[match[0]], match[0]))[0] if matches else None


def _most_slips(plain: str) -> int:
    return 1 if len(plain) <= LONGEST_WITH_ONE_SLIP else 2


def corrections(
    words: str, nearest_word: Callable[[str], str | None], is_known: Callable[[str], bool]
) -> dict[str, str]:
    """Return a correction for each word that is not known and has one.

    Numbers, abbreviations, short words and scripts without small letters are left as they are.
    """
    by_word: dict[str, str] = {}
    for word in _candidates(words):
        correction = None if is_known(word) else nearest_word(word)
        if correction and correction != folded(word):
            by_word[word] = correction
    return by_word


def corrected(text: str, by_word: Mapping[str, str]) -> str:
    """Return the text with these words replaced."""
    return _LETTERS.sub(lambda match: by_word.get(match[0], match[0]), text)


def _candidates(words: str) -> Iterable[str]:
    """Yield the words of letters only that are no part of a number, an address or a file name."""
    for written in words.split():
        word = written.strip(".,;:!?()'\"“”„‘’")
        if _LETTERS.fullmatch(word) and len(word) >= SHORTEST and word != word.upper():
            yield word
