"""The ledger: the fate of every document and picture of the archives."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from explorer.archive.model import MENTIONED, LedgerEntry, Mention, Status
from explorer.catalog.database import Database
from explorer.catalog.records import Ledger, LedgerRecord


class LedgerRepository:
    """The lines of the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record_mentions(self, archive: int, document: str, mentions: Sequence[Mention]) -> None:
        """Replace the addresses that a container mentions and none of its issues has."""
        with self._database.writing() as connection:
            add_mentions(connection, archive, document, mentions)

    def record_unreadable(self, archive: int, problem: LedgerEntry) -> None:
        """Record a document that could not be read, in place of its earlier problems. Its issue stays as it was."""
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM problem WHERE archive_id = ? AND document = ?", (archive, problem.document)
            )
            # The empty digest makes the next readable version count as changed, which removes this problem.
            connection.execute(
                "UPDATE issue SET digest = '' WHERE archive_id = ? AND document = ?",
                (archive, problem.document),
            )
            add_unreadable(connection, archive, [problem])

    def record_skipped(self, archive: int, skipped: Mapping[str, str]) -> None:
        """Replace the files of the archive that are not issues, with the reason by path."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM skipped WHERE archive_id = ?", (archive,))
            connection.executemany(
                "INSERT INTO skipped VALUES (?, ?, ?)",
                [(archive, path, reason) for path, reason in sorted(skipped.items())],
            )

    def entries(self, *, limit: int = -1) -> list[LedgerRecord]:
        """Return all but the kept figures: unreadable issues first, then pictures, then files that are not issues."""
        rows = self._database.rows(
            """SELECT CASE WHEN image IS NULL THEN 'issue' ELSE 'unreadable' END, document, image, reason,
                CASE WHEN image IS NULL THEN 0 ELSE 1 END AS rank, NULL AS line
              FROM problem
            UNION ALL SELECT 'missing', issue.document, figure.image, 'the archive has no file at this address', 2, NULL
              FROM figure JOIN issue ON issue.id = figure.issue_id WHERE figure.status = 'missing' AND figure.image IS NOT NULL
            UNION ALL SELECT 'remote', issue.document, figure.image,
              'outside the archive: explorer ingest --fetch-remote downloads it', 3, NULL
              FROM figure JOIN issue ON issue.id = figure.issue_id WHERE figure.status = 'remote'
            UNION ALL SELECT 'left out', issue.document, left_out.image, left_out.reason, 4, NULL
              FROM left_out JOIN issue ON issue.id = left_out.issue_id
            UNION ALL SELECT 'mentioned', document, image, ?, 5, line FROM mentioned
            UNION ALL SELECT 'skipped', document, NULL, reason, 6, NULL FROM skipped
            ORDER BY rank, document, line, image LIMIT ?""",
            (MENTIONED, limit),
        )
        return [
            LedgerRecord(kind, document, image, reason, line)
            for kind, document, image, reason, _, line in rows
        ]

    def counts(self) -> Ledger:
        by_status = dict(self._database.rows("SELECT status, count(*) FROM figure GROUP BY status"))

        def count(table: str) -> int:
            return int(self._database.rows(f"SELECT count(*) FROM {table}")[0][0])

        return Ledger(
            issues=count("issue"),
            items=count("item"),
            figures=count("figure"),
            pictures=count("(SELECT DISTINCT sha256 FROM figure WHERE sha256 IS NOT NULL)"),
            kept=by_status.get(Status.KEPT, 0),
            remote=by_status.get(Status.REMOTE, 0),
            missing=by_status.get(Status.MISSING, 0),
            unreadable=by_status.get(Status.UNREADABLE, 0),
            problems=count("problem"),
            skipped=count("skipped"),
            mentioned=count("mentioned"),
            left_out=dict(
                self._database.rows(
                    "SELECT reason, count(*) AS n FROM left_out GROUP BY reason ORDER BY n DESC, reason"
                )
            ),
        )


def add_mentions(
    connection: sqlite3.Connection, archive: int, document: str, mentions: Sequence[Mention]
) -> None:
    """Replace the addresses that a document mentions. The caller holds the transaction."""
    connection.execute("DELETE FROM mentioned WHERE archive_id = ? AND document = ?", (archive, document))
    connection.executemany(
        "INSERT INTO mentioned VALUES (?, ?, ?, ?)",
        [(archive, document, mention.address, mention.line) for mention in mentions],
    )


def add_unreadable(connection: sqlite3.Connection, archive: int, problems: Sequence[LedgerEntry]) -> None:
    """Add documents and pictures that cannot be read. The caller holds the transaction."""
    connection.executemany(
        "INSERT INTO problem VALUES (?, ?, ?, ?)",
        [(archive, entry.document, entry.image, entry.reason) for entry in problems],
    )
