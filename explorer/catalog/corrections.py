"""What somebody corrected, kept beside what the archive says, so that reading the archive again undoes none of it."""

from __future__ import annotations

import sqlite3

from explorer.catalog.records import FigureCorrection


def keep(database: sqlite3.Connection, figure_id: str, wording: FigureCorrection) -> None:
    """Adds to what was corrected of the figure before."""
    database.execute(
        """INSERT INTO correction VALUES (?, ?, ?, ?)
          ON CONFLICT (figure_id) DO UPDATE SET caption = coalesce(excluded.caption, caption),
            alt = coalesce(excluded.alt, alt), credit = coalesce(excluded.credit, credit)""",
        (figure_id, wording.caption, wording.alt, wording.credit),
    )


def correction(database: sqlite3.Connection, figure_id: str) -> FigureCorrection | None:
    """What was corrected of a figure."""
    row = database.execute(
        "SELECT caption, alt, credit FROM correction WHERE figure_id = ?", (figure_id,)
    ).fetchone()
    return FigureCorrection(*row) if row else None


def forget(database: sqlite3.Connection, figure_id: str) -> None:
    database.execute("DELETE FROM correction WHERE figure_id = ?", (figure_id,))


def archive_says(database: sqlite3.Connection, figure_id: str) -> dict[str, str | None]:
    """The archive's own words in the fields that were corrected, by field."""
    row = database.execute(
        """SELECT correction.caption, correction.alt, correction.credit, figure.caption, figure.alt, figure.credit
          FROM correction JOIN figure ON figure.id = figure_id WHERE figure_id = ?""",
        (figure_id,),
    ).fetchone()
    if row is None:
        return {}
    said = zip(("caption", "alt", "credit"), row[:3], row[3:], strict=True)
    return {name: own for name, corrected, own in said if corrected is not None}
