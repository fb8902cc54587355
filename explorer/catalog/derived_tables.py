"""Tables that are derived from others: the full text and the traits. Every write keeps them up to date.

The full text of figures and items is an FTS5 table without content of its own: `indexed_text` holds the folded texts,
FTS5 their words. FTS5 finds the texts that contain the words of a phrase in order; `full_text.py` compares the signs and
the edges of the words.

The traits of figures are what filters ask for and facets count:

colour         each dominant colour of the picture, by its name
orientation    landscape, portrait or square
credit         the credit, with its corrections
text           yes if words were read in the picture, else no
picture_kind   photo, plot, map, ... or unsure (picture_kinds.py); none before the kinds of the picture are determined
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final, Literal
from unicodedata import normalize

from explorer.catalog.picture_kinds import kind_of

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
_FIGURES: Final = """SELECT figure.id, figure.credit, picture.width, picture.height, picture.colours, picture_text.text,
    picture_kind.probabilities, figure.caption, figure.alt
  FROM corrected_figure AS figure LEFT JOIN picture ON picture.sha256 = figure.sha256
  LEFT JOIN picture_text ON picture_text.sha256 = figure.sha256
  LEFT JOIN picture_kind ON picture_kind.sha256 = figure.sha256"""
_SQUARE_RATIO: Final = 1.1
"""A picture is square if its longer side has at most this multiple of the length of the other one."""
MIN_WORDS: Final = 3
"""Words of a text in a picture. A shorter text does not say what the picture is about: a logo, a badge, the print on a
shirt, the numbers along an axis. Searches for its words still find it."""
_REAL_WORD: Final = re.compile(r"[^\W\d_]{3,}")


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
    """Fill the tables anew, within the transaction of the caller."""
    connection.execute("INSERT INTO full_text (full_text) VALUES ('delete-all')")
    connection.execute("DELETE FROM indexed_text")
    for owner, statement in _TEXTS.items():
        _add_texts(connection, owner, connection.execute(statement))
    connection.execute("DELETE FROM figure_trait")
    _add_traits(connection, connection.execute(_FIGURES).fetchall())


def update(connection: sqlite3.Connection) -> None:
    """Add the texts and traits of the figures and items that the present transaction wrote, and drop those that it deleted."""
    # A table without content of its own must be given the words that it forgets.
    old = connection.execute(f"SELECT number, text FROM indexed_text WHERE id IN {_CHANGED}")
    connection.executemany(
        "INSERT INTO full_text (full_text, rowid, text) VALUES ('delete', ?, ?)",
        ((number, tokens(text)) for number, text in old),
    )
    connection.execute(f"DELETE FROM indexed_text WHERE id IN {_CHANGED}")
    for owner, statement in _TEXTS.items():
        _add_texts(connection, owner, connection.execute(f"{statement} WHERE {owner}.id IN {_CHANGED}"))
    connection.execute(f"DELETE FROM figure_trait WHERE figure_id IN {_CHANGED}")
    _add_traits(connection, connection.execute(f"{_FIGURES} WHERE figure.id IN {_CHANGED}").fetchall())


def has_words(text: str) -> bool:
    """Return whether a text that was read in a picture has a few real words: OCR reads texture as letters too."""
    return len({word.casefold() for word in _REAL_WORD.findall(text)}) >= MIN_WORDS


def _add_texts(
    connection: sqlite3.Connection, owner: TextOwner, rows: Iterable[tuple[str | None, ...]]
) -> None:
    """Add the texts of rows: an id, and what is written in the figure or item of that id and around it."""
    for id, *texts in rows:
        text = "\n".join(folded(text) for text in texts if text)
        number = connection.execute(
            "INSERT INTO indexed_text (id, owner, text) VALUES (?, ?, ?)", (id, owner, text)
        ).lastrowid
        connection.execute("INSERT INTO full_text (rowid, text) VALUES (?, ?)", (number, tokens(text)))


def _add_traits(connection: sqlite3.Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO figure_trait VALUES (?, ?, ?)",
        ((id, name, value) for id, *rest in rows for name, value in _traits(*rest)),
    )


def _traits(
    credit: str | None,
    width: int | None,
    height: int | None,
    colours: str | None,
    text: str | None,
    kinds: str | None,
    *descriptions: str | None,
) -> Iterator[tuple[str, str]]:
    if credit:
        yield "credit", credit
    if width and height:
        yield "orientation", _orientation(width, height)
    for name in map(_colour_name, json.loads(colours or "[]")):
        yield "colour", name
    yield "text", "yes" if text and has_words(text) else "no"
    probabilities = json.loads(kinds or "[]")
    if probabilities:
        yield "picture_kind", kind_of(probabilities, descriptions)


@cache
def _colour_name(colour: str) -> str:
    from images import colour_name  # here, because `explorer --help` does not need it

    return colour_name(colour)


def _orientation(width: int, height: int) -> str:
    if max(width, height) <= _SQUARE_RATIO * min(width, height):
        return "square"
    return "landscape" if width > height else "portrait"
