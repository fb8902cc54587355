"""Collections: figures that somebody keeps together, in an order of their own.

They are stored apart from the figures of the archive and survive another reading of it. A figure whose issue is gone
stays in its collections and is there again when the issue comes back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from explorer.catalog.database import Database
from explorer.catalog.records import Collection

_COLUMNS = """id, name, notes, created,
    (SELECT count(*) FROM collected_figure WHERE collection_id = collection.id)"""

_BY_NAME = "ORDER BY name COLLATE NOCASE, name"


class CollectionRepository:
    """The collections of a library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Collection]:
        """Return the collections by name."""
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM collection {_BY_NAME}")
        return [Collection(*row) for row in rows]

    def get(self, name: str) -> Collection | None:
        """Return the collection of this name, or of this id; None if there is none."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM collection WHERE name = ? OR id = ? ORDER BY name = ? DESC",
            (name, name, name),
        )
        return Collection(*rows[0]) if rows else None

    def create(self, name: str, notes: str) -> str | None:
        """Create a collection and return its id; None if another one has this name."""
        id = str(uuid4())
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._database.writing_apart() as connection:
            statement = "INSERT INTO collection VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING"
            return id if connection.execute(statement, (id, name, notes, now)).rowcount else None

    def edit(self, id: str, name: str, notes: str) -> bool:
        """Change the name and the notes of a collection. Return False if another one has this name."""
        with self._database.writing_apart() as connection:
            statement = "UPDATE OR IGNORE collection SET name = ?, notes = ? WHERE id = ?"
            return bool(connection.execute(statement, (name, notes, id)).rowcount)

    def delete(self, id: str) -> None:
        """Delete a collection. Its figures stay in the library."""
        with self._database.writing_apart() as connection:
            connection.execute("DELETE FROM collection WHERE id = ?", (id,))

    def figure_ids(self, id: str) -> list[str]:
        """Return the ids of the figures of a collection in their order, also of figures that are gone."""
        with self._database.reading() as connection:
            return _ids(connection, id)

    def picture_bytes(self, id: str) -> int:
        """Return the size of the original pictures of a collection, in bytes."""
        statement = """SELECT coalesce(sum(picture.bytes), 0) FROM collected_figure
          JOIN figure ON figure.id = figure_id JOIN picture ON picture.sha256 = figure.sha256 WHERE collection_id = ?"""
        return int(self._database.rows(statement, (id,))[0][0])

    def add(self, id: str, figures: Sequence[str]) -> int:
        """Add figures at the end of a collection, and return how many were not in it yet."""
        with self._database.writing_apart() as connection:
            present = _ids(connection, id)
            order = list(dict.fromkeys([*present, *figures]))
            _write(connection, id, order)
        return len(order) - len(present)

    def remove(self, id: str, figures: Sequence[str]) -> int:
        """Remove figures from a collection, and return how many were in it."""
        with self._database.writing_apart() as connection:
            present, removed = _ids(connection, id), set(figures)
            left = [figure for figure in present if figure not in removed]
            _write(connection, id, left)
        return len(present) - len(left)

    def move(self, id: str, figure: str, before: str | None) -> None:
        """Move a figure of a collection directly before another one, or to the end."""
        with self._database.writing_apart() as connection:
            order = [other for other in _ids(connection, id) if other != figure]
            order.insert(order.index(before) if before in order else len(order), figure)
            _write(connection, id, order)

    def with_figure(self, figure: str) -> list[Collection]:
        """Return the collections that a figure is in, by name."""
        rows = self._database.rows(
            f"""SELECT {_COLUMNS} FROM collection WHERE id IN
              (SELECT collection_id FROM collected_figure WHERE figure_id = ?) {_BY_NAME}""",
            (figure,),
        )
        return [Collection(*row) for row in rows]


def _ids(connection: sqlite3.Connection, id: str) -> list[str]:
    rows = connection.execute(
        "SELECT figure_id FROM collected_figure WHERE collection_id = ? ORDER BY position", (id,)
    )
    return [row[0] for row in rows]


def _write(connection: sqlite3.Connection, id: str, figures: Sequence[str]) -> None:
    """Replace the figures of a collection."""
    connection.execute("DELETE FROM collected_figure WHERE collection_id = ?", (id,))
    connection.executemany(
        "INSERT INTO collected_figure VALUES (?, ?, ?)",
        ((id, figure, position) for position, figure in enumerate(figures)),
    )
