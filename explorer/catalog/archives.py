"""The archives of a library: their files, and what the reading of each document depended on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from explorer.catalog.database import Database


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of an archive at the last reading. An equal `stamp` means that the file was not touched since.

    `sha256` is the hash of a document's bytes. Other files have None.
    """

    stamp: str
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the last reading of a document depended on: the version of the reader, and the files that it looked for."""

    version: int
    asked: frozenset[str]


class ArchiveRepository:
    """The archives of a library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self, location: str, wanted: str) -> tuple[int, str]:
        """Return the id and the name of the archive at `location`. A new archive gets a unique name.

        If an archive of the wanted name was forgotten, or nothing exists at its old location any more, it has moved to
        `location`. Its ids stay the same.
        """
        with self._database.writing() as connection:
            at_location = connection.execute(
                "SELECT id, name FROM archive WHERE location = ?", (location,)
            ).fetchone()
            if at_location:
                return at_location[0], at_location[1]
            same_name = connection.execute(
                "SELECT id, location FROM archive WHERE name = ?", (wanted,)
            ).fetchone()
            if same_name and (same_name[1] == wanted or not Path(same_name[1]).exists()):
                connection.execute("UPDATE archive SET location = ? WHERE id = ?", (location, same_name[0]))
                return int(same_name[0]), wanted
            names = {row[0] for row in connection.execute("SELECT name FROM archive")}
            name = next(name for name in _numbered(wanted) if name not in names)
            inserted = connection.execute(
                "INSERT INTO archive (name, location) VALUES (?, ?)", (name, location)
            )
            return int(inserted.lastrowid or 0), name

    def all(self) -> list[tuple[str, str]]:
        """Return name and location of every archive that was read and is not forgotten."""
        rows = self._database.rows("SELECT name, location FROM archive WHERE location <> name ORDER BY id")
        return [(row[0], row[1]) for row in rows]

    def location_of_issue(self, id: str) -> str | None:
        """Return the location of the archive of an issue; None for an unknown issue."""
        rows = self._database.rows(
            "SELECT location FROM archive JOIN issue ON issue.archive_id = archive.id WHERE issue.id = ?",
            (id,),
        )
        return str(rows[0][0]) if rows else None

    def id_at(self, location: str) -> int:
        """Return the id of the archive at a location; 0 if no archive was read there."""
        rows = self._database.rows("SELECT id FROM archive WHERE location = ?", (location,))
        return int(rows[0][0]) if rows else 0

    def names_by_issue(self) -> dict[str, str]:
        """Return the name of the archive of each issue, by the id of the issue."""
        return dict(
            self._database.rows(
                "SELECT issue.id, archive.name FROM issue JOIN archive ON archive.id = issue.archive_id"
            )
        )

    def files(self, archive: int) -> dict[str, FileRecord]:
        """Return the files of an archive as they were when it was last read, by path."""
        rows = self._database.rows("SELECT path, stamp, sha256 FROM file WHERE archive_id = ?", (archive,))
        return {path: FileRecord(stamp, sha256) for path, stamp, sha256 in rows}

    def readings(self, archive: int) -> dict[str, Reading]:
        """Return what the last reading of each document of an archive depended on, by document."""
        rows = self._database.rows(
            "SELECT document, version, asked FROM reading WHERE archive_id = ?", (archive,)
        )
        return {document: Reading(version, frozenset(json.loads(asked))) for document, version, asked in rows}

    def save_reading(self, archive: int, document: str, reading: Reading) -> None:
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO reading VALUES (?, ?, ?, ?)",
                (archive, document, reading.version, json.dumps(sorted(reading.asked), ensure_ascii=False)),
            )

    def save_files(self, archive: int, now: Mapping[str, FileRecord], gone: Collection[str]) -> None:
        """Save the files that were added or touched (`now`) or removed (`gone`) since the archive was last read."""
        with self._database.writing() as connection:
            connection.executemany(
                "DELETE FROM file WHERE archive_id = ? AND path = ?", [(archive, path) for path in gone]
            )
            connection.executemany(
                "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)",
                [(archive, path, file.stamp, file.sha256) for path, file in now.items()],
            )

    def documents_to_read_again(self, archive: int, *, remote: bool) -> set[str]:
        """Return documents with a problem, and with `remote` also documents with a picture that was not fetched yet."""
        rows = self._database.rows("SELECT document FROM problem WHERE archive_id = ?", (archive,))
        if remote:
            rows += self._database.rows(
                """SELECT document FROM issue JOIN figure ON figure.issue_id = issue.id
                  WHERE archive_id = ? AND figure.status = 'remote'""",
                (archive,),
            )
        return {row[0] for row in rows}

    def mark_for_reading(self, sha256s: Iterable[str]) -> None:
        """Make the next sync read the documents that show these pictures, changed or not."""
        with self._database.writing() as connection:
            for sha256 in sha256s:
                connection.execute(
                    """DELETE FROM reading WHERE (archive_id, document) IN (SELECT archive_id, document FROM issue
                      JOIN figure ON figure.issue_id = issue.id WHERE figure.sha256 = ?)""",
                    (sha256,),
                )


def forget_reading(connection: sqlite3.Connection, archive: int, document: str) -> None:
    """Delete what the reading of a document depended on; the caller holds the transaction."""
    connection.execute("DELETE FROM reading WHERE archive_id = ? AND document = ?", (archive, document))


def _numbered(wanted: str) -> Iterator[str]:
    """Yield a name, then the name with a number: blog, blog-2, blog-3."""
    yield wanted
    for number in count(2):
        yield f"{wanted}-{number}"
