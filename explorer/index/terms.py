"""Words as sparse vectors: the one lexical analyser, so that every back end stores and asks the same terms.

A term is a word in lower case without accents, cut to its stem; words that every text has are left out. What
a term weighs in its text (BM25) is computed here, what it weighs by rarity (IDF) where all texts are known.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from explorer.errors import SearchIndexError
from explorer.index.points import Sparse

TYPICAL_LENGTH = 60.0
"""Terms of a caption with the text around it, after the words that every text has are gone."""

WORD = re.compile(r"\w+")


class TermVectors:
    """Texts of one language as term vectors."""

    def __init__(self, language: str = "english", typical_length: float = TYPICAL_LENGTH) -> None:
        import qdrant_edge  # 50 ms, and only who searches words needs it

        try:
            settings = qdrant_edge.Bm25Config(avg_len=typical_length, language=language, ascii_folding=True)
            self._bm25 = qdrant_edge.Bm25(settings)
        except ValueError as error:
            raise SearchIndexError(f"Words cannot be indexed like this: {error}") from error
        self._terms_of_word = lru_cache(maxsize=20_000)(self._terms)

    def document(self, text: str) -> Sparse:
        """The terms of a text to be found: heavier the more often they occur, lighter in long texts."""
        vector = self._bm25.embed_document(text)
        return _ordered(vector.indices, vector.values)

    def query(self, text: str) -> Sparse:
        """The terms to look for, each once."""
        vector = self._bm25.embed_query(text)
        return _ordered(vector.indices, vector.values)

    def matches(self, query: str, text: str) -> dict[str, tuple[str, ...]]:
        """For each word of the query that the text answers, the words that do, as the text writes them."""
        words = [(word, self._terms_of_word(word)) for word in _words(text)]
        asked = {word: self._terms_of_word(word) for word in _words(query)}
        found = {
            word: tuple(other for other, terms in words if terms & wanted) for word, wanted in asked.items()
        }
        return {word: answers for word, answers in found.items() if answers}

    def content_words(self, text: str) -> frozenset[str]:
        """The words of a text but those that every text has."""
        return frozenset(word for word in _words(text) if self._terms_of_word(word))

    def _terms(self, word: str) -> frozenset[int]:
        return frozenset(self._bm25.embed_query(word).indices)


def _words(text: str) -> Iterable[str]:
    """The words of a text, each once, in their order."""
    return dict.fromkeys(WORD.findall(text))


def _ordered(indices: list[int], values: list[float]) -> Sparse:
    pairs = sorted(zip(indices, values, strict=True))
    return Sparse(tuple(index for index, _ in pairs), tuple(value for _, value in pairs))
