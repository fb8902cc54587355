"""What people searched for: each line once, when it was last searched for, and how often."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from explorer.catalog.database import Database

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
        with self._database.reading() as _:
            _save(self._database.path, line, now)

    def clear(self) -> int:
        """Forgets what was searched for; how many lines."""
        with self._database.reading() as _:
            return _clear(self._database.path)

    def recent(self, limit: int = -1) -> list[SearchRecord]:
        """What was searched for, newest first."""
        with self._database.reading() as connection:
            return _searches(connection, limit)


def _save(catalog: Path, line: str, now: datetime) -> None:
    """Keeps a search, or counts it once more; the oldest beyond KEPT go. sqlite3.Error where nothing can be written."""
    with _writing(catalog, HURRIED_SECONDS) as database:
        database.execute(
            """INSERT INTO search VALUES (?, ?, 1)
              ON CONFLICT (line) DO UPDATE SET asked = excluded.asked, times = times + 1""",
            (line, now.isoformat(timespec="microseconds")),
        )
        database.execute(
            "DELETE FROM search WHERE line NOT IN (SELECT line FROM search ORDER BY asked DESC, line LIMIT ?)",
            (KEPT,),
        )


def _searches(database: sqlite3.Connection, limit: int) -> list[SearchRecord]:
    """The searches, newest first; a limit below 0 is none."""
    rows = database.execute(
        "SELECT line, asked, times FROM search ORDER BY asked DESC, line LIMIT ?", (limit,)
    )
    return [SearchRecord(*row) for row in rows]


def _clear(catalog: Path) -> int:
    """Forgets all of them; how many. sqlite3.Error where nothing can be written."""
    with _writing(catalog, PATIENT_SECONDS) as database:
        return database.execute("DELETE FROM search").rowcount


@contextmanager
def _writing(catalog: Path, wait_seconds: float) -> Iterator[sqlite3.Connection]:
    """A transaction by a connection of its own, so that a search is in nobody's way who writes by the catalog's."""
    opened = sqlite3.connect(
        f"{catalog.absolute().as_uri()}?mode=rw", uri=True, timeout=wait_seconds, isolation_level=None
    )
    with closing(opened) as database:
        database.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten as well
        database.execute("BEGIN IMMEDIATE")
        yield database
        database.execute("COMMIT")
        # Nothing is left in the log: a folder with a log cannot be read where it cannot be written.
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
