"""The connection to a catalog: transactions, and SQLite's errors in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from explorer.catalog import text_index
from explorer.catalog.opening import open_catalog, translate_sqlite_errors

IDS_AT_ONCE = 500
"""SQLite takes at most 32,766 parameters."""


class Database:
    """One connection to the catalog in a file. Every method raises LibraryError, and nothing else, when SQLite fails."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self._connection = open_catalog(path, create=create)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def copy_to(self, path: Path) -> None:
        """Copy the catalog as it is at one moment, also while others write to it. Errors name the copy."""
        with translate_sqlite_errors(path), closing(sqlite3.connect(path)) as target:
            self._connection.backup(target)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection for statements that only read."""
        with translate_sqlite_errors(self.path):
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection within one transaction, which has a number of its own (see schema.sql, `revision`)."""
        with translate_sqlite_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.execute("UPDATE revision SET number = number + 1")
                yield self._connection
                text_index.update(self._connection)
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a statement."""
        with self.reading() as connection:
            return connection.execute(statement, tuple(values)).fetchall()

    def by_id(self, statement: str, ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a statement that ends before `IN (...)`, for these ids."""
        for some in batches(ids):
            yield from self.rows(f"{statement} IN ({marks(some)})", some)


def batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield ids in lists that one statement may have as parameters."""
    return (ids[start : start + IDS_AT_ONCE] for start in range(0, len(ids), IDS_AT_ONCE))


def marks(ids: Sequence[str]) -> str:
    """Return a question mark for each id: the inside of `IN (...)`."""
    return ",".join("?" * len(ids))
