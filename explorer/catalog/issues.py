"""The issues of a library: each is replaced whole, in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from uuid import uuid5

from explorer.archive.model import NAMESPACE, Figure, Issue, LedgerEntry, Status, figure_id, issue_id, item_id
from explorer.catalog import checks
from explorer.catalog.archives import ArchiveRepository, forget_reading
from explorer.catalog.database import Database
from explorer.catalog.filters import NEWEST_FIRST, where_clause
from explorer.catalog.ledger import add_mentions, add_unreadable
from explorer.catalog.records import ALL, IssueRecord, Selection
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
            issue_key = id_of_issue(connection, archive, name, issue.document)
            before = figures_before(connection, issue_key)
            _delete(connection, archive, issue.document)
            connection.execute("DELETE FROM trash WHERE issue_id = ?", (issue_key,))
            connection.execute(
                "INSERT INTO issue VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (issue_key, archive, issue.document, *_metadata_of(issue), digest),
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


def _metadata_of(issue: Issue) -> tuple[str | int | None, ...]:
    """The metadata of an issue in the order of the table's columns."""
    it = issue.metadata
    return it.title, it.number, it.date, it.author, it.language, it.address


def _figure_rows(
    issue: Issue, issue_key: str, figures: Sequence[KeptFigure], before: Sequence[KnownFigure]
) -> Iterator[tuple[object, ...]]:
    ids = kept_ids(before, list(_figures_in_place(issue_key, figures)))
    for id, kept in zip(ids, figures, strict=True):
        it = kept.figure
        item_key = item_id(issue_key, it.item) if issue.items else None
        yield (
            id, issue_key, item_key, it.order, it.image, kept.status, kept.sha256,
            it.caption, it.alt, it.credit, it.heading, it.before, it.after,
        )  # fmt: skip


def _figures_in_place(issue_key: str, figures: Sequence[KeptFigure]) -> Iterator[KnownFigure]:
    """The figures with the ids that their places in the issue give them."""
    met: dict[str, int] = {}
    for kept in figures:
        it = kept.figure
        shown = it.image or f"caption:{it.caption or it.credit or ''}"
        met[shown] = met.get(shown, 0) + 1
        yield KnownFigure(figure_id(issue_key, shown, met[shown]), kept.sha256, it.caption or it.alt)


@dataclass(frozen=True, slots=True)
class KnownFigure:
    """What a figure is known by: its id, its picture, and the archive's caption, else alt text."""

    id: str
    sha256: str | None
    said: str | None


def id_of_issue(database: sqlite3.Connection, archive: int, name: str, document: str) -> str:
    """The id of the issue at `document`: the one it has, also where it moved to from elsewhere; else a new one."""
    kept = database.execute(
        "SELECT id FROM issue WHERE archive_id = ? AND document = ?", (archive, document)
    ).fetchone()
    if kept:
        return str(kept[0])
    # Its own may be taken, by an issue that stood here once and moved away.
    wanted = _numbered(issue_id(name, document))
    return next(
        id for id in wanted if not database.execute("SELECT 1 FROM issue WHERE id = ?", (id,)).fetchone()
    )


def figures_before(database: sqlite3.Connection, issue: str) -> list[KnownFigure]:
    """The figures of an issue as they were when it was last read, also where it was discarded since."""
    rows = database.execute(
        "SELECT id, sha256, coalesce(caption, alt) FROM figure WHERE issue_id = ? ORDER BY position", (issue,)
    ).fetchall()
    if rows:
        return [KnownFigure(*row) for row in rows]
    trashed = database.execute("SELECT rows FROM trash WHERE issue_id = ?", (issue,)).fetchone()
    if trashed is None:
        return []
    if not checks.may_be_trash(trashed[0]):
        return []
    names = [column[1] for column in database.execute("PRAGMA table_info(figure)")]
    figures = [dict(zip(names, row, strict=True)) for row in json.loads(trashed[0]).get("figure", ())]
    return [KnownFigure(it["id"], it["sha256"], it["caption"] or it["alt"]) for it in figures]


def kept_ids(before: Sequence[KnownFigure], now: Sequence[KnownFigure]) -> list[str]:
    """The id of each figure of `now`, which brings the one that its place would give it.

    A figure that shows the picture of one that was there is that one, wherever it stands now; else the one in its
    place is, whose picture was replaced. No id is given twice.
    """
    found: dict[int, str] = {}
    same = {one.id: one for one in before}
    for number, one in enumerate(now):
        if same.get(one.id) == one:
            found[number] = one.id
    taken = set(found.values())
    left = [(number, one) for number, one in enumerate(now) if number not in found]
    pairs = [(_fit(old, one), old, number) for old in before if old.id not in taken for number, one in left]
    for (same_picture, _, same_id), old, number in sorted(pairs, key=lambda pair: pair[0], reverse=True):
        if (same_picture or same_id) and number not in found and old.id not in taken:
            found[number] = old.id
            taken.add(old.id)
    for number, one in left:
        if number not in found:
            found[number] = next(id for id in _numbered(one.id) if id not in taken)
            taken.add(found[number])
    return [found[number] for number in range(len(now))]


def _fit(old: KnownFigure, now: KnownFigure) -> tuple[bool, bool, bool]:
    """Whether both have the same picture, words and id: what counts most stands first."""
    return old.sha256 is not None and old.sha256 == now.sha256, old.said == now.said, old.id == now.id


def _numbered(id: str) -> Iterator[str]:
    yield id
    for number in count(2):
        yield str(uuid5(NAMESPACE, f"{id}\n{number}"))
