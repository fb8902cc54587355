"""A catalog as a whole: copied, exported, filled and checked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from explorer.catalog import checks
from explorer.catalog.database import Database
from explorer.errors import LibraryError

TABLES = ("archive", "issue", "item", "picture", "figure", "left_out", "mentioned", "problem", "skipped",
           "picture_text", "picture_group", "picture_copy", "correction", "search", "trash", "restored", "file",
           "reading")  # fmt: skip


class CatalogContent:
    """All rows of a catalog."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def copy_to(self, path: Path) -> None:
        """Copy the catalog as it is at one moment, also while others write to it."""
        self._database.copy_to(path)

    def tables(self) -> Iterator[tuple[str, tuple[str, ...], Iterator[tuple[object, ...]]]]:
        """Name, columns and rows of every table of the user's, those first that others refer to."""
        for table in TABLES:
            with self._database.reading() as connection:
                rows = connection.execute(f"SELECT * FROM {table}")
                yield table, tuple(column[0] for column in rows.description), rows

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Adds rows to one of `tables`; LibraryError where it is none, has no such columns or no such values."""
        with self._database.writing() as connection:
            known = {row[1] for row in connection.execute("SELECT * FROM pragma_table_info(?)", (table,))}
            if table not in TABLES or not set(columns) <= known:
                raise LibraryError(
                    f"A catalog has no {table} of {', '.join(columns)}. Was it exported by another version?"
                )
            try:
                connection.executemany(
                    f"INSERT INTO {table} ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})",
                    (_checked(table, columns, row) for row in rows),
                )
            except sqlite3.IntegrityError as error:
                raise LibraryError(f"A {table} does not fit to what was read before: {error}.") from error

    def check_rows(self) -> None:
        """LibraryError where a row holds what no explorer writes: of a catalog that somebody else may have made."""
        for table, columns, rows in self.tables():
            with self._database.reading():
                for row in rows:
                    _checked(table, columns, row)

    def integrity_errors(self) -> list[str]:
        """What is wrong with the file, and the first row that no explorer writes; nothing where it is sound."""
        with self._database.reading() as connection:
            found = [row[0] for row in connection.execute("PRAGMA quick_check(20)") if row[0] != "ok"]
            loose = connection.execute("PRAGMA foreign_key_check").fetchmany(20)
        found += [f"a row of {row[0]} refers to a {row[2]} that is not there" for row in loose]
        try:
            self.check_rows()
        except LibraryError as problem:
            found.append(str(problem))
        return found


def _checked(table: str, columns: Sequence[str], row: Sequence[object]) -> Sequence[object]:
    """The row; LibraryError where it holds what no explorer writes."""
    flaw = checks.flaw_of_row(table, dict(zip(columns, row, strict=True)))
    if flaw:
        raise LibraryError(
            f"This catalog was not written by an explorer: {flaw}. Take another copy of the library."
        )
    return row
