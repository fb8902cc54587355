"""Texts as sparse vectors of terms: one lexical analyser, so that every back end stores and searches the same terms.

A term is the stem of a word, in lower case without accents; stop words are left out. The weight of a term within its
text (BM25) is computed here; its weight by rarity (IDF) is computed by the index, which knows all texts.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from explorer.errors import SearchIndexError
from explorer.index.points import Sparse

TYPICAL_LENGTH = 60.0
"""Terms of a caption with the text around it, without stop words."""

WORD = re.compile(r"\w+")


class TermVectors:
    """Converter of texts of one language to sparse vectors of terms."""

    def __init__(self, language: str = "english", typical_length: float = TYPICAL_LENGTH) -> None:
        import qdrant_edge  # takes 50 ms, and only searches of words need it

        try:
            settings = qdrant_edge.Bm25Config(avg_len=typical_length, language=language, ascii_folding=True)
            self._bm25 = qdrant_edge.Bm25(settings)
        except ValueError as error:
            raise SearchIndexError(f"Words cannot be indexed with these settings: {error}") from error
        self._terms_of_word = lru_cache(maxsize=20_000)(self._compute_terms)

    def document(self, text: str) -> Sparse:
        """Return the terms of an indexed text. Frequent terms weigh more, terms of long texts less."""
        vector = self._bm25.embed_document(text)
        return _ordered(vector.indices, vector.values)

    def query(self, text: str) -> Sparse:
        """Return the terms of a query, each once."""
        vector = self._bm25.embed_query(text)
        return _ordered(vector.indices, vector.values)

    def matches(self, query: str, text: str) -> dict[str, tuple[str, ...]]:
        """Return the matching words of the text, as it writes them, for each word of the query that has any."""
        text_terms = [(word, self._terms_of_word(word)) for word in _words(text)]
        query_terms = {word: self._terms_of_word(word) for word in _words(query)}
        matches = {
            query_word: tuple(word for word, terms in text_terms if terms & wanted)
            for query_word, wanted in query_terms.items()
        }
        return {query_word: words for query_word, words in matches.items() if words}

    def content_words(self, text: str) -> frozenset[str]:
        """Return the words of a text without stop words."""
        return frozenset(word for word in _words(text) if self._terms_of_word(word))

    def _compute_terms(self, word: str) -> frozenset[int]:
        return frozenset(self._bm25.embed_query(word).indices)


def _words(text: str) -> Iterable[str]:
    """Return the words of a text, each once, in order."""
    return dict.fromkeys(WORD.findall(text))


def _ordered(indices: list[int], values: list[float]) -> Sparse:
    pairs = sorted(zip(indices, values, strict=True))
    return Sparse(tuple(index for index, _ in pairs), tuple(value for _, value in pairs))
