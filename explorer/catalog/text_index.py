"""The full text of figures and items in an FTS5 table, which every write keeps up to date.

The table has no content of its own: `indexed_text` holds the folded texts, FTS5 their words. FTS5 finds the texts that
contain the words of a phrase in order; `full_text.py` compares the signs and the edges of the words.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from typing import Final, Literal
from unicodedata import normalize

TextOwner = Literal["figure", "item"]

_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_PLAIN_SIGNS: Final = {"’": "'", "‘": "'", "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-", "\u00ad": ""}
# A letter of a script without spaces: Thai, Lao, Burmese, Khmer, Japanese, Chinese. It begins and ends a word.
UNSPACED_LETTER: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
_TEXTS: Final[dict[TextOwner, str]] = {
    "figure": """SELECT figure.id, caption, alt, credit, heading, before, after, picture_text.text
      FROM corrected_figure AS figure LEFT JOIN picture_text ON picture_text.sha256 = figure.sha256""",
    "item": "SELECT item.id, heading, text FROM item",
}
# The figures and items that the present transaction wrote or deleted.
_CHANGED: Final = "(SELECT id FROM point_change WHERE revision = (SELECT number FROM revision))"


def folded(text: str) -> str:
    """Return the form in which texts are compared: no capitals, no accents, plain dashes and apostrophes, single spaces."""
    if not text.isascii():
        text = _ACCENTS.sub("", normalize("NFKD", text))
        for typographic, plain in _PLAIN_SIGNS.items():  # twenty times as fast as str.translate
            text = text.replace(typographic, plain)
    return " ".join(text.casefold().split())


def tokens(folded_text: str) -> str:
    """Return a folded text as FTS5 reads it: every letter of a script without spaces is a word."""
    return folded_text if folded_text.isascii() else UNSPACED_LETTER.sub(r" \g<0> ", folded_text)


def rebuild(connection: sqlite3.Connection) -> None:
    """Index all texts anew, within the transaction of the caller."""
    connection.execute("INSERT INTO full_text (full_text) VALUES ('delete-all')")
    connection.execute("DELETE FROM indexed_text")
    for owner, statement in _TEXTS.items():
        _add(connection, owner, connection.execute(statement))


def update(connection: sqlite3.Connection) -> None:
    """Index the texts of the figures and items that the present transaction wrote, and drop those that it deleted."""
    # A table without content of its own must be given the words that it forgets.
    old = connection.execute(f"SELECT number, text FROM indexed_text WHERE id IN {_CHANGED}")
    connection.executemany(
        "INSERT INTO full_text (full_text, rowid, text) VALUES ('delete', ?, ?)",
        ((number, tokens(text)) for number, text in old),
    )
    connection.execute(f"DELETE FROM indexed_text WHERE id IN {_CHANGED}")
    for owner, statement in _TEXTS.items():
        _add(connection, owner, connection.execute(f"{statement} WHERE {owner}.id IN {_CHANGED}"))


def _add(connection: sqlite3.Connection, owner: TextOwner, rows: Iterable[tuple[str | None, ...]]) -> None:
    """Add the texts of rows: an id, and what is written in the figure or item of that id and around it."""
    for id, *texts in rows:
        text = "\n".join(folded(text) for text in texts if text)
        number = connection.execute(
            "INSERT INTO indexed_text (id, owner, text) VALUES (?, ?, ?)", (id, owner, text)
        ).lastrowid
        connection.execute("INSERT INTO full_text (rowid, text) VALUES (?, ?)", (number, tokens(text)))
