"""The search history: each line once, with the time of the last search and the number of searches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from explorer.catalog.database import Database

KEPT = 1000
LONGEST = 1000  # characters: nobody types a longer line
# Saving a search does not wait for other writers of the catalog. Clearing the history does.
HURRIED_SECONDS = 0.2


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
        with self._database.writing_apart(HURRIED_SECONDS) as connection:
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
        with self._database.writing_apart() as connection:
            return connection.execute("DELETE FROM search").rowcount

    def recent(self, limit: int = -1) -> list[SearchRecord]:
        """Return the history, newest first."""
        rows = self._database.rows(
            "SELECT line, asked, times FROM search ORDER BY asked DESC, line LIMIT ?", (limit,)
        )
        return [SearchRecord(*row) for row in rows]
