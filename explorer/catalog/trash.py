"""Issues that are gone from their archive, kept whole for a while, so that they can be restored."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from explorer.catalog import checks
from explorer.catalog.database import Database
from explorer.errors import LibraryError, QueryError

KEPT_DAYS = 30
# Parents first: the rows come back in this order.
_ROWS = {
    "issue": "SELECT * FROM issue WHERE id = ?",
    "item": "SELECT * FROM item WHERE issue_id = ?",
    "figure": "SELECT * FROM figure WHERE issue_id = ?",
    "left_out": "SELECT * FROM left_out WHERE issue_id = ?",
    "mentioned": """SELECT mentioned.* FROM mentioned JOIN issue USING (archive_id, document) WHERE issue.id = ?""",
}


@dataclass(frozen=True, slots=True)
class Discarded:
    """An issue that is gone from its archive; `deleted` says when that was noticed (ISO 8601, UTC)."""

    id: str
    document: str
    title: str | None
    figures: int
    deleted: str


class TrashRepository:
    """The issues that are gone from their archive."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Discarded]:
        """The issues that are gone from their archive and can be brought back, the latest first."""
        rows = self._database.rows(
            "SELECT issue_id, document, title, figures, deleted FROM trash ORDER BY deleted DESC, document"
        )
        return [Discarded(*row) for row in rows]

    def restore(self, start: str) -> Discarded:
        """Brings back the one issue whose id begins so, or whose document it is; QueryError where it is none."""
        with self._database.writing() as connection:
            found = [
                one for one in self.all() if start and (one.id.startswith(start) or one.document == start)
            ]
            if len(found) != 1:
                raise QueryError(
                    f"The trash holds {'more than one issue' if found else 'no issue'} {start!r}. List it: explorer trash"
                )
            [one] = found
            place = connection.execute(
                "SELECT 1 FROM issue JOIN trash USING (archive_id, document) WHERE issue_id = ?", (one.id,)
            )
            if place.fetchone():
                raise QueryError(
                    f"{one.document} stands in the library again, as its archive has it now. There is nothing to restore."
                )
            [[rows]] = connection.execute("SELECT rows FROM trash WHERE issue_id = ?", (one.id,)).fetchall()
            if not checks.may_be_trash(rows):
                raise LibraryError(
                    f"What the trash holds of {one.document} was not written by an explorer. "
                    "Read its archive again: explorer sync"
                )
            kept = json.loads(rows)
            for table in _ROWS:
                for row in kept.get(table, ()):  # of an older explorer, without
                    connection.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)
            connection.execute("INSERT INTO restored VALUES (?)", (one.id,))
            connection.execute("DELETE FROM trash WHERE issue_id = ?", (one.id,))
            return one

    def empty(self, now: datetime) -> int:
        """Forgets what was discarded more than KEPT_DAYS before `now`; how many issues."""
        oldest = (now - timedelta(days=KEPT_DAYS)).astimezone(UTC).isoformat(timespec="seconds")
        with self._database.writing() as connection:
            return connection.execute("DELETE FROM trash WHERE deleted < ?", (oldest,)).rowcount


def discard(connection: sqlite3.Connection, issue_id: str) -> None:
    """Put an issue that is about to be deleted into the trash; the caller holds the transaction."""
    rows = {
        table: connection.execute(statement, (issue_id,)).fetchall() for table, statement in _ROWS.items()
    }
    now = datetime.now(UTC).isoformat(timespec="seconds")
    connection.execute(
        """INSERT OR REPLACE INTO trash SELECT id, archive_id, document, title,
          (SELECT count(*) FROM figure WHERE issue_id = issue.id), ?, ? FROM issue WHERE id = ?""",
        (now, json.dumps(rows, ensure_ascii=False), issue_id),
    )
