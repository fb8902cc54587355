"""The corrections of figures. They are stored apart from the words of the archive and survive another reading of it."""

from __future__ import annotations

import sqlite3

from explorer.catalog.database import Database
from explorer.catalog.records import FigureCorrection


class CorrectionRepository:
    """The corrections of figures."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, figure_id: str, wording: FigureCorrection) -> None:
        """Save the correction of a figure. A field that is None stays as it is."""
        with self._database.writing() as connection:
            _save(connection, figure_id, wording)

    def delete(self, figure_id: str) -> None:
        """Delete the correction of a figure: the words of the archive apply again."""
        with self._database.writing() as connection:
            _delete(connection, figure_id)

    def get(self, figure_id: str) -> FigureCorrection | None:
        """Return the correction of a figure; None if it has none."""
        rows = self._database.rows(
            "SELECT caption, alt, credit FROM correction WHERE figure_id = ?", (figure_id,)
        )
        return FigureCorrection(*rows[0]) if rows else None

    def put_back(self, figure_id: str, before: FigureCorrection | None) -> None:
        """Replace the correction of a figure by an earlier one; None deletes it."""
        with self._database.writing() as connection:
            _delete(connection, figure_id)
            if before is not None:
                _save(connection, figure_id, before)

    def archive_says(self, figure_id: str) -> dict[str, str | None]:
        """Return the words of the archive for the corrected fields of a figure: caption, alt, credit."""
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
    """Add to the earlier correction of the figure."""
    database.execute(
        """INSERT INTO correction VALUES (?, ?, ?, ?)
          ON CONFLICT (figure_id) DO UPDATE SET caption = coalesce(excluded.caption, caption),
            alt = coalesce(excluded.alt, alt), credit = coalesce(excluded.credit, credit)""",
        (figure_id, wording.caption, wording.alt, wording.credit),
    )


def _delete(database: sqlite3.Connection, figure_id: str) -> None:
    database.execute("DELETE FROM correction WHERE figure_id = ?", (figure_id,))
