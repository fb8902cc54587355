"""The issues of a library: each is replaced whole, in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from explorer.archive.model import Figure, Issue, LedgerEntry, Status, figure_id, item_id
from explorer.catalog import identity
from explorer.catalog.archives import ArchiveRepository, forget_reading
from explorer.catalog.database import Database
from explorer.catalog.ledger import add_mentions, add_unreadable
from explorer.catalog.records import (
    ALL,
    IssueRecord,
    Selection,
)
from explorer.catalog.selecting import NEWEST_FIRST, where_clause
from explorer.catalog.trash import discard

COLUMNS = """issue.id, issue.document, issue.title, issue.number, issue.date, issue.author, issue.language, issue.address,
    (SELECT count(*) FROM item WHERE issue_id = issue.id), (SELECT count(*) FROM figure WHERE issue_id = issue.id)"""


@dataclass(frozen=True, slots=True)
class KeptFigure:
    """A figure as read, with what became of its picture."""

    figure: Figure
    status: Status
    sha256: str | None


class IssueRepository:
    """The issues of a library."""

    def __init__(self, database: Database, archives: ArchiveRepository) -> None:
        self._database = database
        self._archives = archives

    def digests(self, archive: int) -> dict[str, str]:
        """Digest of every issue of the archive by document."""
        return dict(
            self._database.rows("SELECT document, digest FROM issue WHERE archive_id = ?", (archive,))
        )

    def replace(
        self,
        archive: int,
        name: str,
        issue: Issue,
        figures: Sequence[KeptFigure],
        problems: Sequence[LedgerEntry],
        digest: str,
    ) -> None:
        """An issue with all that stands in it, in one transaction; what was there before is gone."""
        with self._database.writing() as connection:
            issue_key = identity.id_of_issue(connection, archive, name, issue.document)
            before = identity.figures_before(connection, issue_key)
            _delete(connection, archive, issue.document)
            connection.execute("DELETE FROM trash WHERE issue_id = ?", (issue_key,))
            meta = issue.metadata
            connection.execute(
                "INSERT INTO issue VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    issue_key,
                    archive,
                    issue.document,
                    meta.title,
                    meta.number,
                    meta.date,
                    meta.author,
                    meta.language,
                    meta.address,
                    digest,
                ),
            )
            connection.executemany(
                "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (item_id(issue_key, it.order), issue_key, it.order, it.number, it.heading, it.text)
                    for it in issue.items
                ],
            )
            connection.executemany(
                "INSERT INTO figure VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                _figure_rows(issue, issue_key, figures, before),
            )
            connection.executemany(
                "INSERT INTO left_out VALUES (?, ?, ?)",
                [(issue_key, it.image, it.reason) for it in issue.left_out],
            )
            add_mentions(connection, archive, issue.document, issue.mentioned)
            add_unreadable(connection, archive, problems)

    def move(self, archive: int, document: str, to: str) -> None:
        """An issue now stands elsewhere in its archive; it and its figures keep their ids."""
        with self._database.writing() as connection:
            for statement in (
                "UPDATE issue SET document = ?, digest = '' WHERE archive_id = ? AND document = ?",
                "UPDATE mentioned SET document = ? WHERE archive_id = ? AND document = ?",
            ):
                connection.execute(statement, (to, archive, document))
            forget_reading(connection, archive, document)

    def delete_except(
        self, archive: int, documents: set[str], others: Collection[str] = frozenset()
    ) -> list[str]:
        """Discards the issues of the archive that are not among `documents`, unless somebody restored them; which.

        `others` are no issues, but what they mention stays in the ledger.
        """
        with self._database.writing() as connection:
            issues = connection.execute(
                """SELECT id, document FROM issue
                  WHERE archive_id = ? AND id NOT IN (SELECT issue_id FROM restored) ORDER BY document""",
                (archive,),
            ).fetchall()
            gone = [(id, document) for id, document in issues if document not in documents]
            for id, document in gone:
                discard(connection, id)
                _delete(connection, archive, document)
                forget_reading(connection, archive, document)
            stale = [
                row[0]
                for row in connection.execute(
                    """SELECT document FROM problem WHERE archive_id = ?
                      UNION SELECT document FROM mentioned WHERE archive_id = ? AND document NOT IN
                        (SELECT document FROM issue WHERE archive_id = ?)""",
                    (archive, archive, archive),
                )
            ]
            for table in ("problem", "mentioned"):
                connection.executemany(
                    f"DELETE FROM {table} WHERE archive_id = ? AND document = ?",
                    [(archive, it) for it in stale if it not in documents and it not in others],
                )
        return [document for _, document in gone]

    def delete_archive(self, name: str) -> list[str]:
        """Discards all issues of an archive, which is no source any more until it is read again; which issues."""
        gone = self.delete_except(self._archives.id_at(dict(self._archives.all())[name]), set())
        with self._database.writing() as connection:
            connection.execute("UPDATE archive SET location = name WHERE name = ?", (name,))
        return gone

    def select(self, selection: Selection = ALL, *, limit: int = -1, offset: int = 0) -> list[IssueRecord]:
        """Issues, newest first."""
        where, values = where_clause(selection, "issue.title", figures_of="figure.issue_id = issue.id")
        rows = self._database.rows(
            f"SELECT {COLUMNS} FROM issue {where} ORDER BY {NEWEST_FIRST} LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [IssueRecord(*row) for row in rows]

    def by_id(self, ids: Sequence[str]) -> list[IssueRecord]:
        """These issues, in no order."""
        return [
            IssueRecord(*row)
            for row in self._database.by_id(f"SELECT {COLUMNS} FROM issue WHERE issue.id", ids)
        ]

    def longer_than(self, chars: int) -> list[str]:
        """Return the ids of issues with more characters in their items, captions, alt texts and surroundings of figures."""
        rows = self._database.rows(
            """SELECT issue_id FROM (
                SELECT issue_id, length(text) AS chars FROM item
                UNION ALL SELECT issue_id, ifnull(length(caption), 0) + ifnull(length(alt), 0)
                  + ifnull(length(before), 0) + ifnull(length(after), 0) FROM figure
              ) GROUP BY issue_id HAVING sum(chars) > ? ORDER BY issue_id""",
            (chars,),
        )
        return [row[0] for row in rows]

    def date_range(self) -> tuple[str | None, str | None]:
        """The dates of the oldest and the newest issue."""
        row = self._database.rows("SELECT min(date), max(date) FROM issue")[0]
        return row[0], row[1]


def _delete(connection: sqlite3.Connection, archive: int, document: str) -> None:
    connection.execute("DELETE FROM issue WHERE archive_id = ? AND document = ?", (archive, document))
    for table in ("problem", "mentioned"):
        connection.execute(f"DELETE FROM {table} WHERE archive_id = ? AND document = ?", (archive, document))


def _figure_rows(
    issue: Issue, issue_key: str, figures: Sequence[KeptFigure], before: Sequence[identity.KnownFigure]
) -> Iterator[tuple[object, ...]]:
    ids = identity.kept_ids(before, list(_figures_in_place(issue_key, figures)))
    for id, kept in zip(ids, figures, strict=True):
        it = kept.figure
        item_key = item_id(issue_key, it.item) if issue.items else None
        yield (
            id, issue_key, item_key, it.order, it.image, kept.status, kept.sha256,
            it.caption, it.alt, it.credit, it.heading, it.before, it.after,
        )  # fmt: skip


def _figures_in_place(issue_key: str, figures: Sequence[KeptFigure]) -> Iterator[identity.KnownFigure]:
    """The figures with the ids that their places in the issue give them."""
    met: dict[str, int] = {}
    for kept in figures:
        it = kept.figure
        shown = it.image or f"caption:{it.caption or it.credit or ''}"
        met[shown] = met.get(shown, 0) + 1
        yield identity.KnownFigure(figure_id(issue_key, shown, met[shown]), kept.sha256, it.caption or it.alt)
