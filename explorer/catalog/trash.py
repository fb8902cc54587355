"""The trash: issues that are gone from their archive. They are kept for KEPT_DAYS and can be restored."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from explorer.catalog import checks
from explorer.catalog.database import Database
from explorer.errors import LibraryError, QueryError

KEPT_DAYS = 30
# Parents first: rows are restored in this order.
_ROWS = {
    "issue": "SELECT * FROM issue WHERE id = ?",
    "item": "SELECT * FROM item WHERE issue_id = ?",
    "figure": "SELECT * FROM figure WHERE issue_id = ?",
    "left_out": "SELECT * FROM left_out WHERE issue_id = ?",
    "mentioned": """SELECT mentioned.* FROM mentioned JOIN issue USING (archive_id, document) WHERE issue.id = ?""",
}


@dataclass(frozen=True, slots=True)
class Discarded:
    """An issue that is gone from its archive. `deleted` is when a sync noticed it (ISO 8601, UTC)."""

    id: str
    document: str
    title: str | None
    figures: int
    deleted: str


class TrashRepository:
    """The issues in the trash."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Discarded]:
        """Return the issues in the trash, the last deleted first."""
        rows = self._database.rows(
            "SELECT issue_id, document, title, figures, deleted FROM trash ORDER BY deleted DESC, document"
        )
        return [Discarded(*row) for row in rows]

    def restore(self, start: str) -> Discarded:
        """Restore the issue of this document, or whose id begins with `start`.

        Raises:
            QueryError: The trash has no such issue, or several, or the archive has the document again.
        """
        with self._database.writing() as connection:
            matches = [
                issue
                for issue in self.all()
                if start and (issue.id.startswith(start) or issue.document == start)
            ]
            if len(matches) != 1:
                raise QueryError(
                    f"The trash has {'more than one issue' if matches else 'no issue'} {start!r}. "
                    "Give the id of one issue in this list: explorer trash"
                )
            [issue] = matches
            place = connection.execute(
                "SELECT 1 FROM issue JOIN trash USING (archive_id, document) WHERE issue_id = ?", (issue.id,)
            )
            if place.fetchone():
                raise QueryError(
                    f"{issue.document} is already in the library, as it is in its archive now. "
                    "There is nothing to restore."
                )
            [[rows]] = connection.execute("SELECT rows FROM trash WHERE issue_id = ?", (issue.id,)).fetchall()
            if not checks.may_be_trash(rows):
                raise LibraryError(
                    f"The rows of {issue.document} in the trash were not written by Archive Explorer. "
                    "Read its archive again: explorer sync"
                )
            rows_by_table = json.loads(rows)
            for table in _ROWS:
                for row in rows_by_table.get(table, ()):  # older explorers had fewer tables
                    connection.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)
            connection.execute("INSERT INTO restored VALUES (?)", (issue.id,))
            connection.execute("DELETE FROM trash WHERE issue_id = ?", (issue.id,))
            return issue

    def empty(self, now: datetime) -> int:
        """Delete issues that were discarded more than KEPT_DAYS before `now`, and return their number."""
        oldest = (now - timedelta(days=KEPT_DAYS)).astimezone(UTC).isoformat(timespec="seconds")
        with self._database.writing() as connection:
            return connection.execute("DELETE FROM trash WHERE deleted < ?", (oldest,)).rowcount


def discard(connection: sqlite3.Connection, issue_id: str) -> None:
    """Copy an issue into the trash before it is deleted. The caller holds the transaction."""
    rows = {
        table: connection.execute(statement, (issue_id,)).fetchall() for table, statement in _ROWS.items()
    }
    now = datetime.now(UTC).isoformat(timespec="seconds")
    connection.execute(
        """INSERT OR REPLACE INTO trash SELECT id, archive_id, document, title,
          (SELECT count(*) FROM figure WHERE issue_id = issue.id), ?, ? FROM issue WHERE id = ?""",
        (now, json.dumps(rows, ensure_ascii=False), issue_id),
    )
