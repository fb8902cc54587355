"""Opening the catalog's file: brought to today's schema where it can be written, and as it is where it can only be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from explorer.catalog import checks, text_index
from explorer.errors import LibraryError, QueryError

SCHEMA_VERSION = 8
BUSY_SECONDS = 30.0
# What catalogs of older versions have otherwise; it may be done twice, for two processes may open one at once.
_CORRECTIONS_KEPT = """DROP TABLE IF EXISTS correction_kept;
  CREATE TABLE correction_kept AS SELECT figure_id, caption, alt, credit FROM correction; DROP TABLE correction;"""
_CORRECTIONS_BACK = "INSERT INTO correction SELECT * FROM correction_kept; DROP TABLE correction_kept;"
_BEFORE = {3: _CORRECTIONS_KEPT, 4: _CORRECTIONS_KEPT}
_AFTER = {3: _CORRECTIONS_BACK, 4: _CORRECTIONS_BACK}


def open_catalog(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """The catalog at `path`; LibraryError where there is none, or none that this explorer can read."""
    if not create and not path.exists():
        raise LibraryError(f"There is no catalog at {path}. Make a library first: explorer ingest ARCHIVE")
    with translate_sqlite_errors(path):
        database = _opened(path)
    try:
        with translate_sqlite_errors(path):
            _refuse(path, checks.foreign_program(database))
            _prepare(database, path, create=create)
            _refuse(path, checks.flaw_of_file(database))
    except BaseException:
        database.close()
        raise
    return database


def _opened(path: Path) -> sqlite3.Connection:
    database = _connected(str(path))
    try:
        database.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError as error:
        database.close()
        if not _is_refused(error):
            raise
    else:
        return database
    # Where nothing can be written there can be no log, without which SQLite reads only what surely stays as it is.
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise LibraryError(
            f"{path} holds changes that only a program that may write to its folder can read. "
            f"Open it once with one: explorer status --library {path.parent}"
        )
    return _connected(f"{path.absolute().as_uri()}?immutable=1")


def _refuse(path: Path, flaw: str | None) -> None:
    if flaw:
        raise LibraryError(
            f"{path} is no catalog that an explorer wrote: {flaw}. "
            "Restore another backup, or read the archive into a new library: explorer ingest ARCHIVE"
        )


def _connected(name: str) -> sqlite3.Connection:
    database = sqlite3.connect(
        name,
        timeout=BUSY_SECONDS,
        check_same_thread=False,
        isolation_level=None,
        uri=name.startswith("file:"),
    )
    database.execute("PRAGMA foreign_keys = ON")
    database.execute(checks.UNTRUSTED)
    return database


def _prepare(database: sqlite3.Connection, path: Path, *, create: bool) -> None:
    if create:
        database.execute("PRAGMA journal_mode = WAL")
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    if version > SCHEMA_VERSION:
        raise LibraryError(
            f"{path} was written by a newer explorer (catalog version {version}, this one knows {SCHEMA_VERSION}). "
            "Update the explorer: pip install -U archive-explorer"
        )
    if version < SCHEMA_VERSION:
        steps = f"{_BEFORE.get(version, '')}\n{checks.schema()}\n{_AFTER.get(version, '')}"
        # One transaction: a process killed here leaves the file as it was, which the next run prepares again.
        try:
            database.executescript(f"BEGIN IMMEDIATE;\n{steps}")
            text_index.rebuild(database)
            database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            database.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if _is_refused(error):
                raise LibraryError(
                    f"{path} was written by an older explorer (catalog version {version}) and must be brought up to date "
                    f"where its folder can be written: explorer status --library {path.parent}"
                ) from error
            raise


def _is_refused(error: sqlite3.Error) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


@contextmanager
def translate_sqlite_errors(path: Path) -> Iterator[None]:
    """The one place where SQLite's errors are put into words."""
    try:
        yield
    except UnicodeEncodeError as error:
        shown = error.object.encode(errors="backslashreplace").decode()[:100]
        raise QueryError(f"'{shown}' is no text that UTF-8 can hold.") from error
    except sqlite3.ProgrammingError as error:
        if "closed" not in str(error):
            raise
        raise LibraryError(f"The library of {path} was closed. Open it again.") from error
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise LibraryError(f"Another program is writing {path}. Wait until it has finished.") from error
        if "readonly" in str(error):
            raise LibraryError(unwritable(path.parent, error)) from error
        raise LibraryError(
            f"The catalog {path} cannot be used: {error}. Check the folder's rights and free space."
        ) from error
    except sqlite3.DatabaseError as error:
        raise LibraryError(
            f"The catalog {path} is damaged: {error}. Restore a backup (explorer restore FILE), "
            "or move the library folder away and read the archive again: explorer ingest ARCHIVE"
        ) from error


def unwritable(folder: Path, error: Exception) -> str:
    """What to say to somebody who wants to change a library in a folder that cannot be written."""
    return (
        f"{folder} can be searched but not changed: {getattr(error, 'strerror', None) or error}. "
        "Check the folder's rights and free space, or work on a copy of it."
    )
