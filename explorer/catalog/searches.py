"""The search history: each line once, with the time of the last search and the number of searches."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime

from explorer.catalog.database import Database, translate_sqlite_errors

KEPT = 1000
LONGEST = 1000  # characters: nobody types a longer line
# Saving a search does not wait for other writers of the catalog. Clearing the history does.
HURRIED_SECONDS, PATIENT_SECONDS = 0.2, 30.0


@dataclass(frozen=True, slots=True)
class SearchRecord:
    """A line of the search history, with the time of the last search (ISO 8601, UTC) and the number of searches."""

    line: str
    asked: str
    times: int


class SearchRepository:
    """The searches of a library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, line: str, now: datetime) -> None:
        """Save a search. It waits for other writers for HURRIED_SECONDS at most."""
        with self._writing(HURRIED_SECONDS) as connection:
            connection.execute(
                """INSERT INTO search VALUES (?, ?, 1)
                  ON CONFLICT (line) DO UPDATE SET asked = excluded.asked, times = times + 1""",
                (line, now.isoformat(timespec="microseconds")),
            )
            connection.execute(
                "DELETE FROM search WHERE line NOT IN (SELECT line FROM search ORDER BY asked DESC, line LIMIT ?)",
                (KEPT,),
            )

    def clear(self) -> int:
        """Delete the history and return the number of deleted lines."""
        with self._writing(PATIENT_SECONDS) as connection:
            return connection.execute("DELETE FROM search").rowcount

    def recent(self, limit: int = -1) -> list[SearchRecord]:
        """Return the history, newest first."""
        rows = self._database.rows(
            "SELECT line, asked, times FROM search ORDER BY asked DESC, line LIMIT ?", (limit,)
        )
        return [SearchRecord(*row) for row in rows]

    @contextmanager
    def _writing(self, wait_seconds: float) -> Iterator[sqlite3.Connection]:
        """Yield a new connection in a transaction: a search must not wait for writers of the catalog."""
        path = self._database.path
        with (
            translate_sqlite_errors(path),
            closing(
                sqlite3.connect(
                    f"{path.absolute().as_uri()}?mode=rw",
                    uri=True,
                    timeout=wait_seconds,
                    isolation_level=None,
                )
            ) as connection,
        ):
            connection.execute("PRAGMA secure_delete = ON")  # deleted lines are overwritten in the file
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
            # The log is emptied: a folder with a log cannot be read without the right to write.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
