"""Copy, export, fill and check a whole catalog."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from explorer.catalog import checks
from explorer.catalog.database import Database
from explorer.errors import LibraryError

TABLES = ("archive", "issue", "item", "picture", "figure", "left_out", "mentioned", "problem", "skipped",
           "picture_text", "picture_kind", "picture_group", "picture_copy", "correction", "collection", "collected_figure",
           "search", "trash", "restored", "file", "reading")  # fmt: skip


class CatalogContent:
    """All rows of a catalog."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def copy_to(self, path: Path) -> None:
        """Copy the catalog as it is at one moment, also while others write to it."""
        self._database.copy_to(path)

    def tables(self) -> Iterator[tuple[str, tuple[str, ...], Iterator[tuple[object, ...]]]]:
        """Yield name, columns and rows of every table with data of the user. Referenced tables come first."""
        for table in TABLES:
            with self._database.reading() as connection:
                rows = connection.execute(f"SELECT * FROM {table}")
                yield table, tuple(column[0] for column in rows.description), rows

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add rows to a table.

        Raises:
            LibraryError: The table, a column or a value does not belong into a catalog.
        """
        with self._database.writing() as connection:
            existing = {row[1] for row in connection.execute("SELECT * FROM pragma_table_info(?)", (table,))}
            if table not in TABLES or not set(columns) <= existing:
                raise LibraryError(
                    f"The catalog has no table {table} with the columns {', '.join(columns)}. "
                    "Import with the version of Archive Explorer that wrote the export."
                )
            try:
                connection.executemany(
                    f"INSERT INTO {table} ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})",
                    (_checked(table, columns, row) for row in rows),
                )
            except sqlite3.IntegrityError as error:
                raise LibraryError(
                    f"A row of {table} contradicts other rows of the import: {error}. Export the library again."
                ) from error

    def check_rows(self) -> None:
        """Raise LibraryError if a row has a value that no explorer writes. A catalog may come from anybody."""
        for table, columns, rows in self.tables():
            with self._database.reading():
                for row in rows:
                    _checked(table, columns, row)

    def integrity_errors(self) -> list[str]:
        """Return what is wrong with the file, and the first row that no explorer writes. Empty if the file is sound."""
        with self._database.reading() as connection:
            errors = [row[0] for row in connection.execute("PRAGMA quick_check(20)") if row[0] != "ok"]
            dangling = connection.execute("PRAGMA foreign_key_check").fetchmany(20)
        errors += [f"a row of {row[0]} refers to a missing {row[2]}" for row in dangling]
        try:
            self.check_rows()
        except LibraryError as error:
            errors.append(str(error))
        return errors


def _checked(table: str, columns: Sequence[str], row: Sequence[object]) -> Sequence[object]:
    """Return the row. Raise LibraryError if it has a value that no explorer writes."""
    flaw = checks.flaw_of_row(table, dict(zip(columns, row, strict=True)))
    if flaw:
        raise LibraryError(
            f"This catalog was not written by Archive Explorer: {flaw}. Use another copy of the library."
        )
    return row
