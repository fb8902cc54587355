"""The catalog in SQLite: one writer, any number of readers, one transaction per issue."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from explorer.archive.model import MENTIONED, Figure, Issue, LedgerEntry, Mention, Status, figure_id, item_id
from explorer.catalog import checks, copies, corrections, identity, searches, sources, trash
from explorer.catalog.opening import open_catalog, translate_sqlite_errors
from explorer.catalog.records import (
    ALL,
    Appearance,
    FigureCorrection,
    FigureRecord,
    IssueRecord,
    ItemRecord,
    Ledger,
    LedgerRecord,
    PictureRecord,
    Selection,
    TextLine,
)
from explorer.errors import LibraryError

_ISSUE_COLUMNS = """issue.id, issue.document, issue.title, issue.number, issue.date, issue.author, issue.language, issue.address,
    (SELECT count(*) FROM item WHERE issue_id = issue.id), (SELECT count(*) FROM figure WHERE issue_id = issue.id)"""
_ITEM_COLUMNS = """item.id, item.issue_id, issue.document, item.position, item.number, item.heading, item.text,
    issue.title, issue.number, issue.date"""
_FIGURE_COLUMNS = """figure.id, figure.issue_id, issue.document, figure.position, figure.image, figure.sha256, figure.status,
    figure.caption, figure.alt, figure.credit, figure.heading, picture.width, picture.height, figure.before, figure.after,
    figure.item_id, issue.title, issue.number, issue.date,
    (SELECT text FROM picture_text WHERE sha256 = figure.sha256 AND text <> ''),
    coalesce((SELECT name FROM picture_group WHERE sha256 = figure.sha256), figure.sha256)"""
_FIGURES = """corrected_figure AS figure JOIN issue ON issue.id = figure.issue_id
    LEFT JOIN picture ON picture.sha256 = figure.sha256"""
_ITEMS = "item JOIN issue ON issue.id = item.issue_id"
# What an export holds, those first that others refer to.
_TABLES = ("archive", "issue", "item", "picture", "figure", "left_out", "mentioned", "problem", "skipped",
           "picture_text", "picture_group", "picture_copy", "correction", "search", "trash", "restored", "file",
           "reading")  # fmt: skip
_NEWEST_FIRST = "issue.date DESC, issue.document, issue.id"


@dataclass(frozen=True, slots=True)
class KeptFigure:
    """A figure as read, with what became of its picture."""

    figure: Figure
    status: Status
    sha256: str | None


class Catalog:
    """The truth about a library. Every method raises LibraryError, and nothing else, when SQLite fails."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self._database = open_catalog(path, create=create)

    def close(self) -> None:
        self._database.close()

    # --- writing --------------------------------------------------------------------------------------

    def archive_named(self, location: str, wanted: str) -> tuple[int, str]:
        """The id and name under which the archive at `location` is kept; a new name is made unique.

        An archive of the wanted name that is no longer where it was, or was forgotten, is this one: its identifiers
        stay.
        """
        with translate_sqlite_errors(self.path), self._transaction():
            known = self._database.execute(
                "SELECT id, name FROM archive WHERE location = ?", (location,)
            ).fetchone()
            if known:
                return known[0], known[1]
            named = self._database.execute(
                "SELECT id, location FROM archive WHERE name = ?", (wanted,)
            ).fetchone()
            if named and (named[1] == wanted or not Path(named[1]).exists()):
                self._database.execute("UPDATE archive SET location = ? WHERE id = ?", (location, named[0]))
                return int(named[0]), wanted
            taken = {row[0] for row in self._database.execute("SELECT name FROM archive")}
            name = next(name for name in _numbered(wanted) if name not in taken)
            made = self._database.execute(
                "INSERT INTO archive (name, location) VALUES (?, ?)", (name, location)
            )
            return int(made.lastrowid or 0), name

    def digests(self, archive: int) -> dict[str, str]:
        """Digest of every issue of the archive by document."""
        return dict(self._rows("SELECT document, digest FROM issue WHERE archive_id = ?", (archive,)))

    def fetched(self) -> dict[str, str]:
        """SHA-256 of every picture that came from the web, by its address."""
        return dict(
            self._rows("SELECT image, sha256 FROM figure WHERE sha256 IS NOT NULL AND image LIKE 'http%://%'")
        )

    def replace_issue(
        self,
        archive: int,
        name: str,
        issue: Issue,
        figures: Sequence[KeptFigure],
        problems: Sequence[LedgerEntry],
        digest: str,
    ) -> None:
        """An issue with all that stands in it, in one transaction; what was there before is gone."""
        with translate_sqlite_errors(self.path), self._transaction():
            issue_key = identity.id_of_issue(self._database, archive, name, issue.document)
            before = identity.figures_before(self._database, issue_key)
            self._forget(archive, issue.document)
            self._database.execute("DELETE FROM trash WHERE issue_id = ?", (issue_key,))
            meta = issue.metadata
            self._database.execute(
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
            self._database.executemany(
                "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (item_id(issue_key, it.order), issue_key, it.order, it.number, it.heading, it.text)
                    for it in issue.items
                ],
            )
            self._database.executemany(
                "INSERT INTO figure VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                _figure_rows(issue, issue_key, figures, before),
            )
            self._database.executemany(
                "INSERT INTO left_out VALUES (?, ?, ?)",
                [(issue_key, it.image, it.reason) for it in issue.left_out],
            )
            self._add_mentions(archive, issue.document, issue.mentioned)
            self._add_problems(archive, problems)

    def record_mentions(self, archive: int, document: str, mentions: Sequence[Mention]) -> None:
        """What a container mentions that none of its issues has; what was recorded of it before is gone."""
        with translate_sqlite_errors(self.path), self._transaction():
            self._add_mentions(archive, document, mentions)

    def record_problem(self, archive: int, problem: LedgerEntry) -> None:
        """A document that could not be read; what an earlier reading of it gave stays, its old problems go."""
        with translate_sqlite_errors(self.path), self._transaction():
            self._database.execute(
                "DELETE FROM problem WHERE archive_id = ? AND document = ?", (archive, problem.document)
            )
            # Once it can be read again it counts as changed, so that this problem goes.
            self._database.execute(
                "UPDATE issue SET digest = '' WHERE archive_id = ? AND document = ?",
                (archive, problem.document),
            )
            self._add_problems(archive, [problem])

    def record_skipped(self, archive: int, skipped: Mapping[str, str]) -> None:
        """The files of the archive that are no issues, and why, by path; what was recorded before is gone."""
        with translate_sqlite_errors(self.path), self._transaction():
            self._database.execute("DELETE FROM skipped WHERE archive_id = ?", (archive,))
            self._database.executemany(
                "INSERT INTO skipped VALUES (?, ?, ?)",
                [(archive, path, reason) for path, reason in sorted(skipped.items())],
            )

    def move_issue(self, archive: int, document: str, to: str) -> None:
        """An issue now stands elsewhere in its archive; it and its figures keep their ids."""
        with translate_sqlite_errors(self.path), self._transaction():
            for statement in (
                "UPDATE issue SET document = ?, digest = '' WHERE archive_id = ? AND document = ?",
                "UPDATE mentioned SET document = ? WHERE archive_id = ? AND document = ?",
            ):
                self._database.execute(statement, (to, archive, document))
            sources.forget_reading(self._database, archive, document)

    def delete_issues_except(
        self, archive: int, documents: set[str], others: Collection[str] = frozenset()
    ) -> list[str]:
        """Discards the issues of the archive that are not among `documents`, unless somebody restored them; which.

        `others` are no issues, but what they mention stays in the ledger.
        """
        with translate_sqlite_errors(self.path), self._transaction():
            issues = self._database.execute(
                """SELECT id, document FROM issue
                  WHERE archive_id = ? AND id NOT IN (SELECT issue_id FROM restored) ORDER BY document""",
                (archive,),
            ).fetchall()
            gone = [(id, document) for id, document in issues if document not in documents]
            for id, document in gone:
                trash.discard(self._database, id)
                self._forget(archive, document)
                sources.forget_reading(self._database, archive, document)
            stale = [
                row[0]
                for row in self._database.execute(
                    """SELECT document FROM problem WHERE archive_id = ?
                      UNION SELECT document FROM mentioned WHERE archive_id = ? AND document NOT IN
                        (SELECT document FROM issue WHERE archive_id = ?)""",
                    (archive, archive, archive),
                )
            ]
            for table in ("problem", "mentioned"):
                self._database.executemany(
                    f"DELETE FROM {table} WHERE archive_id = ? AND document = ?",
                    [(archive, it) for it in stale if it not in documents and it not in others],
                )
        return [document for _, document in gone]

    def forget_archive(self, name: str) -> list[str]:
        """Discards all issues of an archive, which is no source any more until it is read again; which issues."""
        gone = self.delete_issues_except(self.archive_at(dict(self.archives())[name]), set())
        with translate_sqlite_errors(self.path), self._transaction():
            self._database.execute("UPDATE archive SET location = name WHERE name = ?", (name,))
        return gone

    def discarded(self) -> list[trash.Discarded]:
        """The issues that are gone from their archive and can be brought back, the latest first."""
        with translate_sqlite_errors(self.path):
            return trash.discarded(self._database)

    def bring_back(self, start: str) -> trash.Discarded:
        """Brings back the one issue whose id begins so, or whose document it is; QueryError where it is none."""
        with translate_sqlite_errors(self.path), self._transaction():
            return trash.bring_back(self._database, start)

    def empty_trash(self, now: datetime) -> int:
        """Forgets what was discarded more than trash.KEPT_DAYS before `now`; how many issues."""
        with translate_sqlite_errors(self.path), self._transaction():
            return trash.empty_old(self._database, now)

    def forget_unused_pictures(self) -> list[str]:
        """Forgets the pictures that no figure shows, in the library or in the trash; their SHA-256."""
        with translate_sqlite_errors(self.path), self._transaction():
            rows = self._database.execute(
                """DELETE FROM picture WHERE sha256 NOT IN (SELECT sha256 FROM figure WHERE sha256 IS NOT NULL)
                  AND NOT EXISTS (SELECT 1 FROM trash WHERE instr(trash.rows, picture.sha256)) RETURNING sha256"""
            ).fetchall()
        return [row[0] for row in rows]

    def files(self, archive: int) -> dict[str, sources.FileRecord]:
        """The files of an archive as they were when it was last read, by path."""
        with translate_sqlite_errors(self.path):
            return sources.files(self._database, archive)

    def readings(self, archive: int) -> dict[str, sources.Reading]:
        """What the last reading of each document of an archive depended on."""
        with translate_sqlite_errors(self.path):
            return sources.readings(self._database, archive)

    def keep_reading(self, archive: int, document: str, reading: sources.Reading) -> None:
        with translate_sqlite_errors(self.path), self._transaction():
            sources.keep_reading(self._database, archive, document, reading)

    def keep_files(self, archive: int, now: Mapping[str, sources.FileRecord], gone: Collection[str]) -> None:
        """Files that were added, touched (`now`) or removed since the archive was last read."""
        with translate_sqlite_errors(self.path), self._transaction():
            sources.keep_files(self._database, archive, now, gone)

    def to_be_read_again(self, archive: int, *, remote: bool) -> set[str]:
        """Documents that had a problem, and with `remote` those with a picture that was not fetched yet."""
        rows = self._rows("SELECT document FROM problem WHERE archive_id = ?", (archive,))
        if remote:
            rows += self._rows(
                """SELECT document FROM issue JOIN figure ON figure.issue_id = issue.id
                  WHERE archive_id = ? AND figure.status = 'remote'""",
                (archive,),
            )
        return {row[0] for row in rows}

    def add_picture(self, picture: PictureRecord) -> None:
        with translate_sqlite_errors(self.path), self._transaction():
            row = (
                picture.sha256, picture.width, picture.height, picture.format, picture.bytes, picture.frames,
                picture.fingerprint, json.dumps(picture.colours),
            )  # fmt: skip
            self._database.execute("INSERT OR IGNORE INTO picture VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def keep_text(self, sha256: str, recipe: str, lines: Sequence[TextLine]) -> None:
        """What was read in a picture, which may be nothing; what was read before is gone."""
        with translate_sqlite_errors(self.path), self._transaction():
            self._database.execute(
                "INSERT OR REPLACE INTO picture_text VALUES (?, ?, ?, ?)",
                (
                    sha256,
                    recipe,
                    "\n".join(line.text for line in lines),
                    json.dumps(
                        [(line.text, line.confidence, line.box) for line in lines], ensure_ascii=False
                    ),
                ),
            )

    def correct(self, figure_id: str, wording: FigureCorrection) -> None:
        """Other words than the archive's for a figure; a field that is None stays as it is."""
        with translate_sqlite_errors(self.path), self._transaction():
            corrections.keep(self._database, figure_id, wording)

    def reset_correction(self, figure_id: str) -> None:
        """The figure says again what the archive says."""
        with translate_sqlite_errors(self.path), self._transaction():
            corrections.forget(self._database, figure_id)

    def correction(self, figure_id: str) -> FigureCorrection | None:
        """What was corrected of a figure; None where nothing was."""
        with translate_sqlite_errors(self.path):
            return corrections.correction(self._database, figure_id)

    def put_back_correction(self, figure_id: str, before: FigureCorrection | None) -> None:
        """The figure says again what it said before somebody corrected it, or took a correction back."""
        with translate_sqlite_errors(self.path), self._transaction():
            corrections.forget(self._database, figure_id)
            if before is not None:
                corrections.keep(self._database, figure_id, before)

    def keep_search(self, line: str, now: datetime) -> None:
        """A line that somebody searched for; it waits for no other writer long."""
        with translate_sqlite_errors(self.path):
            searches.keep(self.path, line, now)

    def forget_searches(self) -> int:
        """Forgets what was searched for; how many lines."""
        with translate_sqlite_errors(self.path):
            return searches.forget(self.path)

    def forget_compared(self, recipe: str) -> None:
        """Forgets the comparing of pictures that no figure shows any more, or that was not by this recipe."""
        with translate_sqlite_errors(self.path), self._transaction():
            self._database.execute(
                """DELETE FROM picture_group WHERE recipe <> ? OR sha256 NOT IN
                  (SELECT sha256 FROM figure WHERE sha256 IS NOT NULL)""",
                (recipe,),
            )

    def keep_compared(self, sha256s: Sequence[str], recipe: str, copies: Iterable[tuple[str, str]]) -> None:
        """These were compared with each other and with all that were before: the pairs that are copies."""
        with translate_sqlite_errors(self.path), self._transaction():
            self._database.executemany(
                "INSERT OR REPLACE INTO picture_group VALUES (?, ?, ?)",
                [(one, recipe, one) for one in sha256s],
            )
            self._database.executemany(
                "INSERT OR IGNORE INTO picture_copy VALUES (?, ?)", [sorted(pair) for pair in copies]
            )

    def name_groups(self, names: Mapping[str, str]) -> None:
        """The group of each of these pictures; every other picture is alone."""
        with translate_sqlite_errors(self.path), self._transaction():
            self._database.execute("UPDATE picture_group SET name = sha256 WHERE name <> sha256")
            self._database.executemany(
                "UPDATE picture_group SET name = ? WHERE sha256 = ?",
                [(name, sha256) for sha256, name in names.items()],
            )

    # --- reading --------------------------------------------------------------------------------------

    def issues(self, selection: Selection = ALL, *, limit: int = -1, offset: int = 0) -> list[IssueRecord]:
        """Issues, newest first."""
        where, values = _conditions(selection, "issue.title", figures_of="figure.issue_id = issue.id")
        rows = self._rows(
            f"SELECT {_ISSUE_COLUMNS} FROM issue {where} ORDER BY {_NEWEST_FIRST} LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [IssueRecord(*row) for row in rows]

    def items(self, selection: Selection = ALL, *, limit: int = -1, offset: int = 0) -> list[ItemRecord]:
        """Items, newest issue first, in the order of the issue."""
        where, values = _conditions(
            selection, "item.heading", "item.text", figures_of="figure.item_id = item.id"
        )
        rows = self._rows(
            f"SELECT {_ITEM_COLUMNS} FROM {_ITEMS} {where} ORDER BY {_NEWEST_FIRST}, item.position LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [ItemRecord(*row) for row in rows]

    def figures(
        self, selection: Selection = ALL, *, order: str = "date", limit: int = -1, offset: int = 0
    ) -> list[FigureRecord]:
        """Figures, by `order`: date (newest issue first), issue (by number) or caption."""
        where, values = _conditions(
            selection, "figure.caption", "figure.alt", "figure.credit", "figure.heading"
        )
        by = {
            "date": f"{_NEWEST_FIRST}, figure.position",
            "issue": f"issue.number, {_NEWEST_FIRST}, figure.position",
            "caption": "figure.caption IS NULL, figure.caption COLLATE NOCASE, figure.id",
        }[order]
        rows = self._rows(
            f"SELECT {_FIGURE_COLUMNS} FROM {_FIGURES} {where} ORDER BY {by} LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [FigureRecord(*row) for row in rows]

    def count_figures(self, selection: Selection = ALL) -> int:
        where, values = _conditions(
            selection, "figure.caption", "figure.alt", "figure.credit", "figure.heading"
        )
        return int(self._rows(f"SELECT count(*) FROM {_FIGURES} {where}", values)[0][0])

    def figures_by_id(self, ids: Sequence[str]) -> dict[str, FigureRecord]:
        return {
            row[0]: FigureRecord(*row)
            for row in self._by_id(f"SELECT {_FIGURE_COLUMNS} FROM {_FIGURES} WHERE figure.id", ids)
        }

    def items_by_id(self, ids: Sequence[str]) -> dict[str, ItemRecord]:
        return {
            row[0]: ItemRecord(*row)
            for row in self._by_id(f"SELECT {_ITEM_COLUMNS} FROM {_ITEMS} WHERE item.id", ids)
        }

    def groups_of(self, ids: Sequence[str]) -> dict[str, str]:
        """By id: the group of a figure's picture, or one of all items that say the same."""
        with translate_sqlite_errors(self.path):
            return copies.groups_of(self._database, ids)

    def figures_of_groups(self, groups: Collection[str]) -> set[str]:
        """The ids of all figures whose picture is in one of these groups."""
        with translate_sqlite_errors(self.path):
            return copies.figures_of_groups(self._database, groups)

    def appearances(self, groups: Collection[str], most: int) -> dict[str, tuple[int, list[Appearance]]]:
        """By group: how many figures show it, and where the newest of them stand."""
        with translate_sqlite_errors(self.path):
            return copies.appearances(self._database, groups, most)

    def texts(self, of: Literal["figure", "item"]) -> list[tuple[str | None, ...]]:
        """The id of every figure or item, and each text that stands in it or around it."""
        statement = {
            "figure": """SELECT figure.id, caption, alt, credit, heading, before, after, picture_text.text
              FROM corrected_figure AS figure LEFT JOIN picture_text ON picture_text.sha256 = figure.sha256""",
            "item": "SELECT id, heading, text FROM item",
        }[of]
        return self._rows(statement)

    def ids_beginning(self, start: str) -> list[str]:
        """The ids of at most two figures or items that begin with `start`."""
        end = start + "\uffff"
        statement = "SELECT id FROM figure WHERE id BETWEEN ? AND ? UNION SELECT id FROM item WHERE id BETWEEN ? AND ? LIMIT 2"
        return [row[0] for row in self._rows(statement, (start, end, start, end))] if start else []

    def archive_says(self, figure_id: str) -> dict[str, str | None]:
        """The archive's own words in the fields of a figure that were corrected; none where nothing was."""
        with translate_sqlite_errors(self.path):
            return corrections.archive_says(self._database, figure_id)

    def picture(self, sha256: str) -> PictureRecord | None:
        rows = self._rows("SELECT * FROM picture WHERE sha256 = ?", (sha256,))
        if not rows:
            return None
        sha, width, height, kind, size, frames, fingerprint, colours = rows[0]
        return PictureRecord(sha, width, height, kind, size, frames, fingerprint, tuple(json.loads(colours)))

    def pictures(self, issues: Sequence[str] | None = None) -> list[str]:
        """SHA-256 of every picture that a figure shows, or a figure of one of these issues."""
        shown = "SELECT DISTINCT sha256 FROM figure WHERE sha256 IS NOT NULL"
        rows = self._rows(shown) if issues is None else self._by_id(f"{shown} AND issue_id", issues)
        return sorted({row[0] for row in rows})

    def fingerprints(self) -> dict[str, str]:
        """The perceptual hash of every picture that a figure shows, by its SHA-256, in the order of these."""
        return dict(
            self._rows(
                """SELECT sha256, fingerprint FROM picture
                  WHERE sha256 IN (SELECT sha256 FROM figure) ORDER BY sha256"""
            )
        )

    def compared(self) -> set[str]:
        """SHA-256 of every picture that was compared with all others of these."""
        return {row[0] for row in self._rows("SELECT sha256 FROM picture_group")}

    def copies(self) -> list[tuple[str, str]]:
        """Every pair of pictures that are copies of one."""
        return self._rows("SELECT one, other FROM picture_copy ORDER BY one, other")

    def text_in(self, sha256: str) -> tuple[TextLine, ...]:
        """The lines that were read in a picture; () where there are none, or nobody has read it."""
        rows = self._rows("SELECT lines FROM picture_text WHERE sha256 = ?", (sha256,))
        return tuple(
            TextLine(text, confidence, tuple(box))
            for (lines,) in rows
            for text, confidence, box in json.loads(lines)
        )

    def pictures_unread(self, recipe: str) -> list[str]:
        """SHA-256 of every picture that a figure shows and that was not read with this recipe."""
        return [
            row[0]
            for row in self._rows(
                """SELECT DISTINCT sha256 FROM figure WHERE sha256 IS NOT NULL AND sha256 NOT IN
                  (SELECT sha256 FROM picture_text WHERE recipe = ?) ORDER BY sha256""",
                (recipe,),
            )
        ]

    def pictures_with_text(self) -> int:
        """How many pictures that figures show carry text, as far as they were read."""
        return int(
            self._rows(
                "SELECT count(*) FROM picture_text WHERE text <> '' AND sha256 IN (SELECT sha256 FROM figure)"
            )[0][0]
        )

    def problems(self, *, limit: int = -1) -> list[LedgerRecord]:
        """The whole ledger but the kept figures: unreadable issues first, then pictures, then files that are no issues."""
        rows = self._rows(
            """SELECT CASE WHEN image IS NULL THEN 'issue' ELSE 'unreadable' END, document, image, reason,
                CASE WHEN image IS NULL THEN 0 ELSE 1 END AS rank, NULL AS line
              FROM problem
            UNION ALL SELECT 'missing', issue.document, figure.image, 'no file of the archive answers to this address', 2, NULL
              FROM figure JOIN issue ON issue.id = figure.issue_id WHERE figure.status = 'missing' AND figure.image IS NOT NULL
            UNION ALL SELECT 'remote', issue.document, figure.image,
              'lies outside the archive: explorer ingest --fetch-remote gets it', 3, NULL
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

    def ledger(self) -> Ledger:
        by_status = dict(self._rows("SELECT status, count(*) FROM figure GROUP BY status"))

        def one(table: str) -> int:
            return int(self._rows(f"SELECT count(*) FROM {table}")[0][0])

        return Ledger(
            issues=one("issue"),
            items=one("item"),
            figures=one("figure"),
            pictures=len(self.pictures()),
            kept=by_status.get(Status.KEPT, 0),
            remote=by_status.get(Status.REMOTE, 0),
            missing=by_status.get(Status.MISSING, 0),
            unreadable=by_status.get(Status.UNREADABLE, 0),
            problems=one("problem"),
            skipped=one("skipped"),
            mentioned=one("mentioned"),
            left_out=dict(
                self._rows(
                    "SELECT reason, count(*) AS n FROM left_out GROUP BY reason ORDER BY n DESC, reason"
                )
            ),
        )

    def searches(self, limit: int = -1) -> list[searches.Search]:
        """What was searched for, newest first."""
        with translate_sqlite_errors(self.path):
            return searches.searches(self._database, limit)

    def revision(self) -> str:
        """What the catalog holds now, in a word: equal means that nothing an index depends on was written since."""
        number, name = self._rows(
            "SELECT coalesce((SELECT max(revision) FROM point_change), 0), catalog FROM revision"
        )[0]
        return f"{name}:{number}"

    def changed_since(self, revision: str | None) -> tuple[list[str], list[str]] | None:
        """Issues with points that changed since a revision, and the points that are gone; None where nobody knows."""
        now_name, now_number = self.revision().split(":")
        name, _, number = (revision or "").partition(":")
        if name != now_name or not number.isdecimal() or int(number) > int(now_number):
            return None
        changed = "SELECT id FROM point_change WHERE revision > ?"
        issues = self._rows(
            f"""SELECT DISTINCT issue_id FROM figure WHERE id IN ({changed})
              UNION SELECT issue_id FROM item WHERE id IN ({changed})""",
            (int(number), int(number)),
        )
        gone = self._rows(
            f"{changed} AND id NOT IN (SELECT id FROM figure) AND id NOT IN (SELECT id FROM item)",
            (int(number),),
        )
        return [row[0] for row in issues], [row[0] for row in gone]

    def issues_by_id(self, ids: Sequence[str]) -> list[IssueRecord]:
        """These issues, in no order."""
        return [
            IssueRecord(*row)
            for row in self._by_id(f"SELECT {_ISSUE_COLUMNS} FROM issue WHERE issue.id", ids)
        ]

    def issues_longer_than(self, chars: int) -> list[str]:
        """Return the ids of issues with more characters in their items, captions, alt texts and surroundings of figures."""
        rows = self._rows(
            """SELECT issue_id FROM (
                SELECT issue_id, length(text) AS chars FROM item
                UNION ALL SELECT issue_id, ifnull(length(caption), 0) + ifnull(length(alt), 0)
                  + ifnull(length(before), 0) + ifnull(length(after), 0) FROM figure
              ) GROUP BY issue_id HAVING sum(chars) > ? ORDER BY issue_id""",
            (chars,),
        )
        return [row[0] for row in rows]

    def touch_issue(self, id: str) -> None:
        """Mark all points of an issue as changed: the next generation of the index updates them."""
        with translate_sqlite_errors(self.path), self._transaction():
            for table in ("figure", "item"):
                self._database.execute(
                    f"""INSERT INTO point_change SELECT {table}.id, revision.number FROM {table}, revision
                      WHERE issue_id = ? ON CONFLICT (id) DO UPDATE SET revision = excluded.revision""",
                    (id,),
                )

    def archives(self) -> list[tuple[str, str]]:
        """Name and location of every archive that was read and is not forgotten."""
        rows = self._rows("SELECT name, location FROM archive WHERE location <> name ORDER BY id")
        return [(row[0], row[1]) for row in rows]

    def archive_at(self, location: str) -> int:
        """The id of the archive at a location; 0 where none was read there."""
        rows = self._rows("SELECT id FROM archive WHERE location = ?", (location,))
        return int(rows[0][0]) if rows else 0

    def archives_of_issues(self) -> dict[str, str]:
        """The name of the archive that each issue came from, by the issue's id."""
        return dict(
            self._rows(
                "SELECT issue.id, archive.name FROM issue JOIN archive ON archive.id = issue.archive_id"
            )
        )

    def date_range(self) -> tuple[str | None, str | None]:
        """The dates of the oldest and the newest issue."""
        row = self._rows("SELECT min(date), max(date) FROM issue")[0]
        return row[0], row[1]

    # --- as a whole ---------------------------------------------------------------------------------

    def copy_to(self, path: Path) -> None:
        """Copies the catalog as it is at one moment, also while others write to it."""
        with translate_sqlite_errors(path), closing(sqlite3.connect(path)) as target:
            self._database.backup(target)

    def tables(self) -> Iterator[tuple[str, tuple[str, ...], Iterator[tuple[object, ...]]]]:
        """Name, columns and rows of every table of the user's, those first that others refer to."""
        for table in _TABLES:
            with translate_sqlite_errors(self.path):
                rows = self._database.execute(f"SELECT * FROM {table}")
                yield table, tuple(column[0] for column in rows.description), rows

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Adds rows to one of `tables`; LibraryError where it is none, has no such columns or no such values."""
        with translate_sqlite_errors(self.path), self._transaction():
            known = {row[1] for row in self._database.execute("SELECT * FROM pragma_table_info(?)", (table,))}
            if table not in _TABLES or not set(columns) <= known:
                raise LibraryError(
                    f"A catalog has no {table} of {', '.join(columns)}. Was it exported by another version?"
                )
            try:
                self._database.executemany(
                    f"INSERT INTO {table} ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})",
                    (_checked(table, columns, row) for row in rows),
                )
            except sqlite3.IntegrityError as error:
                raise LibraryError(f"A {table} does not fit to what was read before: {error}.") from error

    def check_rows(self) -> None:
        """LibraryError where a row holds what no explorer writes: of a catalog that somebody else may have made."""
        for table, columns, rows in self.tables():
            with translate_sqlite_errors(self.path):
                for row in rows:
                    _checked(table, columns, row)

    def integrity_errors(self) -> list[str]:
        """What is wrong with the file, and the first row that no explorer writes; nothing where it is sound."""
        with translate_sqlite_errors(self.path):
            found = [row[0] for row in self._database.execute("PRAGMA quick_check(20)") if row[0] != "ok"]
            loose = self._database.execute("PRAGMA foreign_key_check").fetchmany(20)
        found += [f"a row of {row[0]} refers to a {row[2]} that is not there" for row in loose]
        try:
            self.check_rows()
        except LibraryError as problem:
            found.append(str(problem))
        return found

    def points(self) -> set[str]:
        """The ids of everything that an index of this catalog holds."""
        return {row[0] for row in self._rows("SELECT id FROM figure UNION ALL SELECT id FROM item")}

    def read_again(self, sha256s: Iterable[str]) -> None:
        """The documents that show these pictures are read by the next sync, whatever they are."""
        with translate_sqlite_errors(self.path), self._transaction():
            for sha256 in sha256s:
                self._database.execute(
                    """DELETE FROM reading WHERE (archive_id, document) IN (SELECT archive_id, document FROM issue
                      JOIN figure ON figure.issue_id = issue.id WHERE figure.sha256 = ?)""",
                    (sha256,),
                )

    # --- inside ---------------------------------------------------------------------------------------

    def _forget(self, archive: int, document: str) -> None:
        self._database.execute("DELETE FROM issue WHERE archive_id = ? AND document = ?", (archive, document))
        for table in ("problem", "mentioned"):
            self._database.execute(
                f"DELETE FROM {table} WHERE archive_id = ? AND document = ?", (archive, document)
            )

    def _add_mentions(self, archive: int, document: str, mentions: Sequence[Mention]) -> None:
        self._database.execute(
            "DELETE FROM mentioned WHERE archive_id = ? AND document = ?", (archive, document)
        )
        self._database.executemany(
            "INSERT INTO mentioned VALUES (?, ?, ?, ?)",
            [(archive, document, it.address, it.line) for it in mentions],
        )

    def _add_problems(self, archive: int, problems: Sequence[LedgerEntry]) -> None:
        self._database.executemany(
            "INSERT INTO problem VALUES (?, ?, ?, ?)",
            [(archive, it.document, it.image, it.reason) for it in problems],
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            self._database.execute("UPDATE revision SET number = number + 1")
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        with translate_sqlite_errors(self.path):
            return self._database.execute(statement, tuple(values)).fetchall()

    def _by_id(self, statement: str, ids: Sequence[str]) -> Iterator[tuple]:  # type: ignore[type-arg]
        for start in range(0, len(ids), 500):  # SQLite takes at most 32,766 parameters
            some = ids[start : start + 500]
            yield from self._rows(f"{statement} IN ({','.join('?' * len(some))})", some)


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


def _conditions(selection: Selection, *texts: str, figures_of: str | None = None) -> tuple[str, list[object]]:
    """A WHERE clause and its values; `texts` are the columns in which each word of the text may stand.

    Where the rows are no figures, `figures_of` says which figures are theirs: they have one of the wanted kind.
    """
    clauses, values = _restrictions(
        {
            "issue.id = ?": selection.issue_id,
            "issue.number = ?": selection.number,
            "issue.document = ?": selection.document,
            "issue.date >= ?": selection.date_from,
            # "2024-03" as an end takes the whole month: a longer date is compared by its beginning.
            "substr(issue.date, 1, length(?)) <= ?": selection.date_to,
        }
    )
    of_figure, figure_values = _restrictions(
        {
            "figure.status = ?": selection.status,
            "figure.sha256 = ?": selection.sha256,
            "(figure.sha256 = ? OR figure.sha256 IN (SELECT sha256 FROM picture_group WHERE name = ?))": selection.group,
        }
    )
    if selection.has_caption is not None:
        of_figure.append(f"figure.caption IS {'NOT ' if selection.has_caption else ''}NULL")
    if of_figure and figures_of:
        of_figure = [
            f"EXISTS (SELECT 1 FROM corrected_figure AS figure WHERE {' AND '.join([figures_of, *of_figure])})"
        ]
    clauses, values = clauses + of_figure, values + figure_values
    for word in (selection.text or "").split():
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        clauses.append("(" + " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in texts) + ")")
        values.extend([pattern] * len(texts))
    return ("WHERE " + " AND ".join(clauses) if clauses else ""), values


def _restrictions(columns: Mapping[str, object]) -> tuple[list[str], list[object]]:
    """The clauses that restrict anything, and the value of each question mark in them."""
    wanted = {clause: value for clause, value in columns.items() if value is not None}
    return list(wanted), [value for clause, value in wanted.items() for _ in range(clause.count("?"))]


def _numbered(wanted: str) -> Iterator[str]:
    yield wanted
    number = 2
    while True:
        yield f"{wanted}-{number}"
        number += 1


def _checked(table: str, columns: Sequence[str], row: Sequence[object]) -> Sequence[object]:
    """The row; LibraryError where it holds what no explorer writes."""
    flaw = checks.flaw_of_row(table, dict(zip(columns, row, strict=True)))
    if flaw:
        raise LibraryError(
            f"This catalog was not written by an explorer: {flaw}. Take another copy of the library."
        )
    return row
