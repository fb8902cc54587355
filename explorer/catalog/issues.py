"""The issues of a library: each is replaced whole, in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from uuid import UUID, uuid5

from explorer.archive.model import Figure, Issue, LedgerEntry, Status
from explorer.catalog import checks
from explorer.catalog.archives import ArchiveRepository, forget_reading
from explorer.catalog.database import Database
from explorer.catalog.filters import NEWEST_FIRST, where_clause
from explorer.catalog.ledger import add_mentions, add_unreadable
from explorer.catalog.records import ALL, IssueRecord, Selection
from explorer.catalog.trash import discard

NAMESPACE = UUID("6f0b6a55-3b63-5f0e-9d3c-6c9b4a4f1c0e")
"""The namespace of all ids."""

COLUMNS = """issue.id, issue.document, issue.title, issue.number, issue.date, issue.author, issue.language, issue.address,
    (SELECT count(*) FROM item WHERE issue_id = issue.id), (SELECT count(*) FROM figure WHERE issue_id = issue.id)"""


@dataclass(frozen=True, slots=True)
class KeptFigure:
    """A figure as read, with the status and the SHA-256 of its picture."""

    figure: Figure
    status: Status
    sha256: str | None


class IssueRepository:
    """The issues of a library."""

    def __init__(self, database: Database, archives: ArchiveRepository) -> None:
        self._database = database
        self._archives = archives

    def digests(self, archive: int) -> dict[str, str]:
        """Return the digest of every issue of the archive, by document."""
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
    ) -> str:
        """Replace an issue with all its items and figures in one transaction, and return its id."""
        with self._database.writing() as connection:
            issue_key = id_of_issue(connection, archive, name, issue.document)
            before = figures_before(connection, issue_key)
            _delete(connection, archive, issue.document)
            connection.execute("DELETE FROM trash WHERE issue_id = ?", (issue_key,))
            connection.execute(
                "INSERT INTO issue VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (issue_key, archive, issue.document, *_metadata_of(issue), digest),
            )
            connection.executemany("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?)", _item_rows(issue, issue_key))
            connection.executemany(
                "INSERT INTO figure VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                _figure_rows(issue, issue_key, figures, before),
            )
            connection.executemany(
                "INSERT INTO left_out VALUES (?, ?, ?)",
                [(issue_key, picture.image, picture.reason) for picture in issue.left_out],
            )
            add_mentions(connection, archive, issue.document, issue.mentioned)
            add_unreadable(connection, archive, problems)
        return issue_key

    def move(self, archive: int, document: str, to: str) -> None:
        """Change the document of an issue that moved in its archive. The issue and its figures keep their ids."""
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
        """Move the issues of other documents into the trash, except restored ones, and return their documents.

        `others` are documents that are not issues: their lines in the ledger stay.
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
                    [
                        (archive, document)
                        for document in stale
                        if document not in documents and document not in others
                    ],
                )
        return [document for _, document in gone]

    def delete_archive(self, name: str) -> list[str]:
        """Move all issues of an archive into the trash and return their documents. A sync no longer reads the archive."""
        gone = self.delete_except(self._archives.id_at(dict(self._archives.all())[name]), set())
        with self._database.writing() as connection:
            connection.execute("UPDATE archive SET location = name WHERE name = ?", (name,))
        return gone

    def select(self, selection: Selection = ALL, *, limit: int = -1, offset: int = 0) -> list[IssueRecord]:
        """Return issues, newest first."""
        where, values = where_clause(selection, "issue.title", figures_of="figure.issue_id = issue.id")
        rows = self._database.rows(
            f"SELECT {COLUMNS} FROM issue {where} ORDER BY {NEWEST_FIRST} LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [IssueRecord(*row) for row in rows]

    def by_id(self, ids: Sequence[str]) -> list[IssueRecord]:
        """Return these issues in any order."""
        return [
            IssueRecord(*row)
            for row in self._database.by_id(f"SELECT {COLUMNS} FROM issue WHERE issue.id", ids)
        ]

    def neighbours(self, id: str) -> tuple[str | None, str | None]:
        """Return the ids of the issues before and after an issue in time; None at the ends."""
        ids = [row[0] for row in self._database.rows(f"SELECT id FROM issue ORDER BY {NEWEST_FIRST}")]
        place = ids.index(id) if id in ids else len(ids)
        older, newer = ids[place + 1 : place + 2], ids[place - 1 : place] if place < len(ids) else []
        return next(iter(older), None), next(iter(newer), None)

    def count_by_year(self) -> dict[str, int]:
        """Return the number of issues of each year, the newest year first. Issues without a date are not counted."""
        return dict(
            self._database.rows(
                """SELECT substr(date, 1, 4) AS year, count(*) FROM issue WHERE date IS NOT NULL
                  GROUP BY year ORDER BY year DESC"""
            )
        )

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
        """Return the dates of the oldest and the newest issue."""
        row = self._database.rows("SELECT min(date), max(date) FROM issue")[0]
        return row[0], row[1]


def _delete(connection: sqlite3.Connection, archive: int, document: str) -> None:
    connection.execute("DELETE FROM issue WHERE archive_id = ? AND document = ?", (archive, document))
    for table in ("problem", "mentioned"):
        connection.execute(f"DELETE FROM {table} WHERE archive_id = ? AND document = ?", (archive, document))


def _metadata_of(issue: Issue) -> tuple[str | int | None, ...]:
    """Return the metadata of an issue in the order of the columns of the table."""
    data = issue.metadata
    return data.title, data.number, data.date, data.author, data.language, data.address


def _issue_id(archive: str, document: str) -> str:
    """Return an id made of archive and path, so reading the same archive again changes no id."""
    return str(uuid5(NAMESPACE, f"{archive}\n{document}"))


def _item_id(issue: str, order: int) -> str:
    return str(uuid5(NAMESPACE, f"{issue}\nitem\n{order}"))


def _figure_id(issue: str, shown: str, occurrence: int) -> str:
    """Return the id of a figure; `shown` is its address, else its caption; `occurrence` counts repeats in the issue."""
    return str(uuid5(NAMESPACE, f"{issue}\nfigure\n{shown}\n{occurrence}"))


def _item_rows(issue: Issue, issue_key: str) -> Iterator[tuple[object, ...]]:
    for item in issue.items:
        yield _item_id(issue_key, item.order), issue_key, item.order, item.number, item.heading, item.text


def _figure_rows(
    issue: Issue, issue_key: str, figures: Sequence[KeptFigure], before: Sequence[FigureIdentity]
) -> Iterator[tuple[object, ...]]:
    ids = kept_ids(before, list(_figures_in_place(issue_key, figures)))
    for id, kept in zip(ids, figures, strict=True):
        figure = kept.figure
        item_key = _item_id(issue_key, figure.item) if issue.items else None
        yield (
            id, issue_key, item_key, figure.order, figure.image, kept.status, kept.sha256,
            figure.caption, figure.alt, figure.credit, figure.heading, figure.before, figure.after,
        )  # fmt: skip


def _figures_in_place(issue_key: str, figures: Sequence[KeptFigure]) -> Iterator[FigureIdentity]:
    """Yield the figures with the ids that follow from their places in the issue."""
    occurrences: Counter[str] = Counter()
    for kept in figures:
        figure = kept.figure
        shown = figure.image or f"caption:{figure.caption or figure.credit or ''}"
        occurrences[shown] += 1
        id = _figure_id(issue_key, shown, occurrences[shown])
        yield FigureIdentity(id, kept.sha256, figure.caption or figure.alt)


@dataclass(frozen=True, slots=True)
class FigureIdentity:
    """What identifies a figure: its id, its picture, and the caption of the archive, else the alt text."""

    id: str
    sha256: str | None
    words: str | None


def id_of_issue(database: sqlite3.Connection, archive: int, name: str, document: str) -> str:
    """Return the id of the issue at `document`: the present one if there is one, also after a move, else a new one."""
    present = database.execute(
        "SELECT id FROM issue WHERE archive_id = ? AND document = ?", (archive, document)
    ).fetchone()
    if present:
        return str(present[0])
    # An issue that was at this document and moved away keeps its id: the first id may be in use.
    candidates = _numbered(_issue_id(name, document))
    return next(
        id for id in candidates if not database.execute("SELECT 1 FROM issue WHERE id = ?", (id,)).fetchone()
    )


def figures_before(database: sqlite3.Connection, issue: str) -> list[FigureIdentity]:
    """Return the figures of an issue as they were when it was last read, also if it is in the trash."""
    rows = database.execute(
        "SELECT id, sha256, coalesce(caption, alt) FROM figure WHERE issue_id = ? ORDER BY position", (issue,)
    ).fetchall()
    if rows:
        return [FigureIdentity(*row) for row in rows]
    trashed = database.execute("SELECT rows FROM trash WHERE issue_id = ?", (issue,)).fetchone()
    if trashed is None:
        return []
    if not checks.may_be_trash(trashed[0]):
        return []
    names = [column[1] for column in database.execute("PRAGMA table_info(figure)")]
    figures = [dict(zip(names, row, strict=True)) for row in json.loads(trashed[0]).get("figure", ())]
    return [
        FigureIdentity(figure["id"], figure["sha256"], figure["caption"] or figure["alt"])
        for figure in figures
    ]


def kept_ids(before: Sequence[FigureIdentity], now: Sequence[FigureIdentity]) -> list[str]:
    """Return the id of each figure of `now`, whose own ids follow from their places.

    A figure that shows the picture of an earlier figure keeps its id, wherever it is now. Otherwise the figure in the
    same place keeps its id: its picture was replaced. No id is given twice.
    """
    ids: dict[int, str] = {}
    earlier = {figure.id: figure for figure in before}
    for position, figure in enumerate(now):
        if earlier.get(figure.id) == figure:
            ids[position] = figure.id
    used = set(ids.values())
    changed = [(position, figure) for position, figure in enumerate(now) if position not in ids]
    pairs = [
        (_fit(old, figure), old, position)
        for old in before
        if old.id not in used
        for position, figure in changed
    ]
    for (same_picture, _, same_id), old, position in sorted(pairs, key=lambda pair: pair[0], reverse=True):
        if (same_picture or same_id) and position not in ids and old.id not in used:
            ids[position] = old.id
            used.add(old.id)
    for position, figure in changed:
        if position not in ids:
            ids[position] = next(id for id in _numbered(figure.id) if id not in used)
            used.add(ids[position])
    return [ids[position] for position in range(len(now))]


def _fit(old: FigureIdentity, now: FigureIdentity) -> tuple[bool, bool, bool]:
    """Return whether both have the same picture, words and id, the most important first."""
    return old.sha256 is not None and old.sha256 == now.sha256, old.words == now.words, old.id == now.id


def _numbered(id: str) -> Iterator[str]:
    yield id
    for number in count(2):
        yield str(uuid5(NAMESPACE, f"{id}\n{number}"))
