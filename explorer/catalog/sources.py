"""What the catalog remembers of the files that it was read from, so that only what changed is read again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of an archive when it was last read. `stamp` tells untouched files without opening them.

    `sha256` is that of a document's bytes, and None for other files.
    """

    stamp: str
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the last reading of a document depended on: the reader's version, and the names that it asked for."""

    version: int
    asked: frozenset[str]


def files(database: sqlite3.Connection, archive: int) -> dict[str, FileRecord]:
    """The files of an archive by path."""
    rows = database.execute("SELECT path, stamp, sha256 FROM file WHERE archive_id = ?", (archive,))
    return {path: FileRecord(stamp, sha256) for path, stamp, sha256 in rows}


def readings(database: sqlite3.Connection, archive: int) -> dict[str, Reading]:
    """The last reading of each document."""
    rows = database.execute("SELECT document, version, asked FROM reading WHERE archive_id = ?", (archive,))
    return {document: Reading(version, frozenset(json.loads(asked))) for document, version, asked in rows}


def keep_reading(database: sqlite3.Connection, archive: int, document: str, reading: Reading) -> None:
    database.execute(
        "INSERT OR REPLACE INTO reading VALUES (?, ?, ?, ?)",
        (archive, document, reading.version, json.dumps(sorted(reading.asked), ensure_ascii=False)),
    )


def forget_reading(database: sqlite3.Connection, archive: int, document: str) -> None:
    database.execute("DELETE FROM reading WHERE archive_id = ? AND document = ?", (archive, document))


def keep_files(
    database: sqlite3.Connection, archive: int, now: Mapping[str, FileRecord], gone: Collection[str]
) -> None:
    """The files as they are now, of which those named in `now` were added or touched."""
    database.executemany(
        "DELETE FROM file WHERE archive_id = ? AND path = ?", [(archive, path) for path in gone]
    )
    database.executemany(
        "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)",
        [(archive, path, file.stamp, file.sha256) for path, file in now.items()],
    )
