"""Find words as they are written, and the words that a library has."""

from __future__ import annotations

import re
from collections.abc import Iterable

from explorer.catalog.database import Database, placeholders
from explorer.catalog.derived_tables import UNSPACED_LETTER, TextOwner, folded, tokens

_WORD_CHARACTER = re.compile(r"\w")
_HAS_TOKENS = re.compile(r"[^\W_]")
_VOCABULARY = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab('main', 'full_text', 'row')"


class FullText:
    """The texts of figures and items: captions, credits, surroundings, the text in pictures."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ids_with(self, phrase: str, owners: Iterable[TextOwner]) -> set[str]:
        """Return the ids of the figures and items in whose texts the phrase occurs.

        Capitals, accents, line breaks and kinds of dashes do not matter; signs do. A phrase is not found in a part of a
        word: `cat` is not in `category`, but 東京 is in 東京都.
        """
        plain = folded(phrase)
        pattern = _pattern(plain)
        selected = tuple(owners)
        condition = f"owner IN ({placeholders(selected)})"
        if _HAS_TOKENS.search(plain):
            statement = (
                "SELECT id, indexed_text.text FROM full_text JOIN indexed_text ON number = full_text.rowid"
            )
            rows = self._database.rows(
                f"{statement} WHERE full_text MATCH ? AND {condition}", (_fts_phrase(plain), *selected)
            )
        else:
            rows = self._database.rows(
                f"SELECT id, text FROM indexed_text WHERE instr(text, ?) AND {condition}", (plain, *selected)
            )
        return {id for id, text in rows if pattern.search(text)}

    def words(self, initial: str, lengths: range) -> dict[str, int]:
        """Return the folded words with this first letter and one of these lengths, and how often each occurs."""
        with self._database.reading() as connection:
            connection.execute(_VOCABULARY)
            rows = connection.execute(
                "SELECT term, cnt FROM temp.vocabulary WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?",
                (initial, chr(ord(initial) + 1), lengths.start, lengths.stop - 1),
            )
            return dict(rows)

    def frequent_words(self, shortest: int, limit: int) -> list[str]:
        """Return the most frequent folded words of at least this many characters, the most frequent first."""
        with self._database.reading() as connection:
            connection.execute(_VOCABULARY)
            rows = connection.execute(
                "SELECT term FROM temp.vocabulary WHERE length(term) >= ? ORDER BY doc DESC, term LIMIT ?",
                (shortest, limit),
            )
            return [term for (term,) in rows if not term.isdigit()]


def _fts_phrase(plain: str) -> str:
    """Return a folded text as a phrase of FTS5: its words in this order (https://sqlite.org/fts5.html#fts5_phrases)."""
    return '"' + tokens(plain).replace('"', " ") + '"'


def _pattern(plain: str) -> re.Pattern[str]:
    """Return a pattern for a folded phrase that no letter or digit continues."""
    before = r"(?<!\w)" if _is_bounded(plain[:1]) else ""
    after = r"(?!\w)" if _is_bounded(plain[-1:]) else ""
    return re.compile(before + re.escape(plain) + after)


def _is_bounded(character: str) -> bool:
    """Return whether a word ends where another letter follows this one."""
    return _WORD_CHARACTER.match(character) is not None and not UNSPACED_LETTER.match(character)
