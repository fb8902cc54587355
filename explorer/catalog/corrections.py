"""The corrections of figures, stored beside the words of the archive: reading the archive again undoes none."""

from __future__ import annotations

import sqlite3

from explorer.catalog.database import Database
from explorer.catalog.records import FigureCorrection


class CorrectionRepository:
    """What people corrected in figures."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, figure_id: str, wording: FigureCorrection) -> None:
        """Other words than the archive's for a figure; a field that is None stays as it is."""
        with self._database.writing() as connection:
            _save(connection, figure_id, wording)

    def delete(self, figure_id: str) -> None:
        """The figure says again what the archive says."""
        with self._database.writing() as connection:
            _delete(connection, figure_id)

    def get(self, figure_id: str) -> FigureCorrection | None:
        """What was corrected of a figure; None where nothing was."""
        rows = self._database.rows(
            "SELECT caption, alt, credit FROM correction WHERE figure_id = ?", (figure_id,)
        )
        return FigureCorrection(*rows[0]) if rows else None

    def put_back(self, figure_id: str, before: FigureCorrection | None) -> None:
        """The figure says again what it said before somebody corrected it, or took a correction back."""
        with self._database.writing() as connection:
            _delete(connection, figure_id)
            if before is not None:
                _save(connection, figure_id, before)

    def archive_says(self, figure_id: str) -> dict[str, str | None]:
        """The archive's own words in the fields of a figure that were corrected; none where nothing was."""
        rows = self._database.rows(
            """SELECT correction.caption, correction.alt, correction.credit, figure.caption, figure.alt, figure.credit
              FROM correction JOIN figure ON figure.id = figure_id WHERE figure_id = ?""",
            (figure_id,),
        )
        return {
            name: own
            for row in rows
            for name, corrected, own in zip(("caption", "alt", "credit"), row[:3], row[3:], strict=True)
            if corrected is not None
        }


def _save(database: sqlite3.Connection, figure_id: str, wording: FigureCorrection) -> None:
    """Adds to what was corrected of the figure before."""
    database.execute(
        """INSERT INTO correction VALUES (?, ?, ?, ?)
          ON CONFLICT (figure_id) DO UPDATE SET caption = coalesce(excluded.caption, caption),
            alt = coalesce(excluded.alt, alt), credit = coalesce(excluded.credit, credit)""",
        (figure_id, wording.caption, wording.alt, wording.credit),
    )


def _delete(database: sqlite3.Connection, figure_id: str) -> None:
    database.execute("DELETE FROM correction WHERE figure_id = ?", (figure_id,))
