"""What people searched for: each line once, when it was last searched for, and how often."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime

from explorer.catalog.database import Database
from explorer.catalog.opening import translate_sqlite_errors

KEPT = 1000
LONGEST = 1000  # letters: what is longer is no line that somebody typed
# A search does not wait for whoever writes the catalog; somebody who wants it forgotten does.
HURRIED_SECONDS, PATIENT_SECONDS = 0.2, 30.0


@dataclass(frozen=True, slots=True)
class SearchRecord:
    """A line that was searched for, when last (ISO 8601, UTC), and how often."""

    line: str
    asked: str
    times: int


class SearchRepository:
    """The searches that people made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, line: str, now: datetime) -> None:
        """A line that somebody searched for; it waits for no other writer long."""
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
        """Forgets what was searched for; how many lines."""
        with self._writing(PATIENT_SECONDS) as connection:
            return connection.execute("DELETE FROM search").rowcount

    def recent(self, limit: int = -1) -> list[SearchRecord]:
        """What was searched for, newest first."""
        rows = self._database.rows(
            "SELECT line, asked, times FROM search ORDER BY asked DESC, line LIMIT ?", (limit,)
        )
        return [SearchRecord(*row) for row in rows]

    @contextmanager
    def _writing(self, wait_seconds: float) -> Iterator[sqlite3.Connection]:
        """Yield a connection of its own, in a transaction: a search must not wait for writers of the catalog."""
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
            connection.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten as well
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
            # Nothing is left in the log: a folder with a log cannot be read where it cannot be written.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
