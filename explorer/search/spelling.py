"""Spelling forgiven: a word that stands nowhere in the library is also looked for as the nearest one that does.

Distances are those of Damerau (1964): a letter too many, too few, another one, or two that changed places.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA

from explorer.catalog.full_text import FullText
from explorer.search.exact_terms import folded

# So many letters may have one slip, longer words two; in shorter ones a slip is another word.
SHORTEST, LONGEST_WITH_ONE_SLIP = 4, 5
_LETTERS = re.compile(r"[^\W\d_]+")


class Vocabulary:
    """The words of a library, and how often each stands in it."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts
        self._by_beginning: dict[str, list[str]] = {}
        for word in counts:
            if len(word) >= SHORTEST:
                self._by_beginning.setdefault(word[0], []).append(word)

    @classmethod
    def of(cls, all_texts: FullText) -> Vocabulary:
        """The words of all figures and items; a text that several share counts once."""
        rows = chain(all_texts.texts("figure"), all_texts.texts("item"))
        texts = {text for _, *texts in rows for text in texts if text}
        written = Counter(chain.from_iterable(map(str.split, texts)))
        counts: Counter[str] = Counter()
        for word, count in written.items():  # folded once, however often they stand there
            for plain in _LETTERS.findall(folded(word)):
                counts[plain] += count
        return cls(counts)

    def nearest(self, word: str) -> str | None:
        """The word with the fewest slips between, of several the most frequent; it begins with the same letter."""
        plain = folded(word)
        slips = 1 if len(plain) <= LONGEST_WITH_ONE_SLIP else 2
        near = process.extract(
            plain,
            self._by_beginning.get(plain[:1], ()),
            scorer=OSA.distance,
            processor=None,
            score_cutoff=slips,
            limit=None,
        )
        return min(near, key=lambda it: (it[1], -self._counts[it[0]], it[0]))[0] if near else None


def corrections(
    words: str, vocabulary: Callable[[], Vocabulary], is_known: Callable[[str], bool]
) -> dict[str, str]:
    """For each word that is not known, the one that was probably meant; the vocabulary is asked for only then.

    Numbers, abbreviations, short words and scripts without small letters are left as they are.
    """
    found: dict[str, str] = {}
    for word in _candidates(words):
        nearest = None if is_known(word) else vocabulary().nearest(word)
        if nearest and nearest != folded(word):
            found[word] = nearest
    return found


def corrected(text: str, by_word: Mapping[str, str]) -> str:
    """The text with these words replaced."""
    return _LETTERS.sub(lambda it: by_word.get(it[0], it[0]), text)


def _candidates(words: str) -> Iterable[str]:
    """Words of letters only that stand by themselves: no part of a number, an address or a file name."""
    for written in words.split():
        word = written.strip(".,;:!?()'\"“”„‘’")
        if _LETTERS.fullmatch(word) and len(word) >= SHORTEST and word != word.upper():
            yield word
