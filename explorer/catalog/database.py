"""The connection to a catalog, its revisions, the opening of its file, and the translation of errors of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from explorer.catalog import checks, derived_tables
from explorer.errors import LibraryError, QueryError

SCHEMA_VERSION = 10
BUSY_SECONDS = 30.0
IDS_AT_ONCE = 500
"""Parameters of one statement. SQLite takes at most 32,766."""
# Changes of older versions. They may run twice: two processes may open the catalog at once.
_CORRECTIONS_KEPT = """DROP TABLE IF EXISTS correction_kept;
  CREATE TABLE correction_kept AS SELECT figure_id, caption, alt, credit FROM correction; DROP TABLE correction;"""
_CORRECTIONS_BACK = "INSERT INTO correction SELECT * FROM correction_kept; DROP TABLE correction_kept;"
_BEFORE = {3: _CORRECTIONS_KEPT, 4: _CORRECTIONS_KEPT}
_AFTER = {3: _CORRECTIONS_BACK, 4: _CORRECTIONS_BACK}


def open_catalog(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """Open the catalog at `path`. Raise LibraryError if there is none, or none that this explorer can read."""
    if not create and not path.exists():
        raise LibraryError(f"There is no catalog at {path}. Make a library first: explorer ingest ARCHIVE")
    with translate_sqlite_errors(path):
        database = _connect_read_only_if_needed(path)
    try:
        with translate_sqlite_errors(path):
            _refuse(path, checks.foreign_program(database))
            _prepare(database, path, create=create)
            _refuse(path, checks.flaw_of_file(database))
    except BaseException:
        database.close()
        raise
    return database


def _connect_read_only_if_needed(path: Path) -> sqlite3.Connection:
    database = _connect(str(path))
    try:
        database.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError as error:
        database.close()
        if not _is_refused(error):
            raise
    else:
        return database
    # SQLite needs its log to read a file that may change. Without the right to write it reads only an immutable file.
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise LibraryError(
            f"{path} has recent changes that cannot be read without write access to its folder. "
            f"Open it once with write access: explorer status --library {path.parent}"
        )
    return _connect(f"{path.absolute().as_uri()}?immutable=1")


def _refuse(path: Path, flaw: str | None) -> None:
    if flaw:
        raise LibraryError(
            f"{path} is not a catalog of Archive Explorer: {flaw}. "
            "Restore another backup, or read the archive into a new library: explorer ingest ARCHIVE"
        )


def _connect(name: str) -> sqlite3.Connection:
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
            f"{path} was written by a newer version (catalog version {version}; "
            f"this version reads up to {SCHEMA_VERSION}). "
            "Update Archive Explorer: pip install -U archive-explorer"
        )
    if version < SCHEMA_VERSION:
        steps = f"{_BEFORE.get(version, '')}\n{checks.schema()}\n{_AFTER.get(version, '')}"
        # One transaction: if the process is killed here, the file stays as it was, and the next run starts again.
        try:
            database.executescript(f"BEGIN IMMEDIATE;\n{steps}")
            derived_tables.rebuild(database)
            database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            database.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if _is_refused(error):
                raise LibraryError(
                    f"{path} was written by an older version (catalog version {version}) and must be updated once "
                    f"with write access to its folder: explorer status --library {path.parent}"
                ) from error
            raise


def _is_refused(error: sqlite3.Error) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


@contextmanager
def translate_sqlite_errors(path: Path) -> Iterator[None]:
    """Translate the errors of SQLite into LibraryError and QueryError."""
    try:
        yield
    except UnicodeEncodeError as error:
        shown = error.object.encode(errors="backslashreplace").decode()[:100]
        raise QueryError(f"'{shown}' cannot be encoded as UTF-8. Remove the invalid characters.") from error
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
            f"The catalog {path} cannot be used: {error}. Check the permissions of the folder and the free space."
        ) from error
    except sqlite3.DatabaseError as error:
        raise LibraryError(
            f"The catalog {path} is damaged: {error}. Restore a backup (explorer restore FILE), "
            "or move the library folder away and read the archive again: explorer ingest ARCHIVE"
        ) from error


def unwritable(folder: Path, error: Exception) -> str:
    """Return the message for a change of a library in a folder that cannot be written."""
    return (
        f"{folder} can be searched but not changed: {getattr(error, 'strerror', None) or error}. "
        "Check the permissions of the folder and the free space, or work on a copy of the library."
    )


class Database:
    """One connection to the catalog in a file. Every method raises LibraryError, and nothing else, when SQLite fails."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self._connection = open_catalog(path, create=create)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def copy_to(self, path: Path) -> None:
        """Copy the catalog as it is at one moment, also while others write to it. Errors name the copy."""
        with translate_sqlite_errors(path), closing(sqlite3.connect(path)) as target:
            self._connection.backup(target)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection for statements that only read."""
        with translate_sqlite_errors(self.path):
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection within one transaction, which has a number of its own (see schema.sql, `revision`)."""
        with translate_sqlite_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.execute("UPDATE revision SET number = number + 1")
                yield self._connection
                derived_tables.update(self._connection)
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def writing_apart(self, wait_seconds: float = BUSY_SECONDS) -> Iterator[sqlite3.Connection]:
        """Yield a new connection within one transaction, for what no index depends on.

        It may run while another thread of this program writes. It waits for other writers for `wait_seconds` at most.
        """
        address = f"{self.path.absolute().as_uri()}?mode=rw"
        with (
            translate_sqlite_errors(self.path),
            closing(
                sqlite3.connect(address, uri=True, timeout=wait_seconds, isolation_level=None)
            ) as connection,
        ):
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")  # deleted lines are overwritten in the file
            connection.execute(checks.UNTRUSTED)
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
            # The log is emptied: a folder with a log cannot be read without the right to write.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a statement."""
        with self.reading() as connection:
            return connection.execute(statement, tuple(values)).fetchall()

    def by_id(self, statement: str, ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a statement that ends before `IN (...)`, for these ids."""
        for batch in batches(ids):
            yield from self.rows(f"{statement} IN ({placeholders(batch)})", batch)


def batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Split ids into lists that are short enough for the parameters of one statement."""
    return (ids[start : start + IDS_AT_ONCE] for start in range(0, len(ids), IDS_AT_ONCE))


def placeholders(values: Sequence[str]) -> str:
    """Return a question mark for each value: the inside of `IN (...)`."""
    return ",".join("?" * len(values))


class ChangeRepository:
    """The points that changed since a revision."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def revision(self) -> str:
        """Return the revision of the catalog. It stays equal until something is written that an index depends on."""
        number, name = self._database.rows(
            "SELECT coalesce((SELECT max(revision) FROM point_change), 0), catalog FROM revision"
        )[0]
        return f"{name}:{number}"

    def since(self, revision: str | None) -> tuple[list[str], list[str]] | None:
        """Return issues with points that changed since a revision, and deleted points; None for an unknown revision."""
        now_name, now_number = self.revision().split(":")
        name, _, number = (revision or "").partition(":")
        if name != now_name or not number.isdecimal() or int(number) > int(now_number):
            return None
        changed = "SELECT id FROM point_change WHERE revision > ?"
        issues = self._database.rows(
            f"""SELECT DISTINCT issue_id FROM figure WHERE id IN ({changed})
              UNION SELECT issue_id FROM item WHERE id IN ({changed})""",
            (int(number), int(number)),
        )
        gone = self._database.rows(
            f"{changed} AND id NOT IN (SELECT id FROM figure) AND id NOT IN (SELECT id FROM item)",
            (int(number),),
        )
        return [row[0] for row in issues], [row[0] for row in gone]

    def touch_issues(self, ids: Sequence[str]) -> None:
        """Mark all points of these issues as changed: the next generation of the index updates them."""
        with self._database.writing() as connection:
            for table in ("figure", "item"):
                connection.executemany(
                    f"""INSERT INTO point_change SELECT {table}.id, revision.number FROM {table}, revision
                      WHERE issue_id = ? ON CONFLICT (id) DO UPDATE SET revision = excluded.revision""",
                    ((id,) for id in ids),
                )

    def point_ids(self) -> set[str]:
        """Return the ids of all points of an index of this catalog: figures and items."""
        return {row[0] for row in self._database.rows("SELECT id FROM figure UNION ALL SELECT id FROM item")}
