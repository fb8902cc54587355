"""What somebody corrected, kept beside what the archive says, so that reading the archive again undoes none of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.catalog.records import Wording


@dataclass(frozen=True, slots=True)
class _Figure:
    """What a correction knows its figure by: its id, its picture, and the archive's caption, else alt text."""

    id: str
    sha256: str | None
    said: str | None


def keep(database: sqlite3.Connection, figure_id: str, wording: Wording) -> None:
    """Adds to what was corrected of the figure before."""
    database.execute(
        """INSERT INTO correction SELECT id, issue_id, sha256, coalesce(caption, alt), ?, ?, ? FROM figure WHERE id = ?
          ON CONFLICT (figure_id) DO UPDATE SET caption = coalesce(excluded.caption, caption),
            alt = coalesce(excluded.alt, alt), credit = coalesce(excluded.credit, credit)""",
        (wording.caption, wording.alt, wording.credit, figure_id),
    )


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


def follow(database: sqlite3.Connection, issue_id: str) -> None:
    """Leads the corrections of an issue that was read again to their figures.

    Where the picture is still in the issue, they follow it; else they stay with the id, whose picture was
    replaced. One whose figure is gone is kept: the figure may come back.
    """
    known = [
        _Figure(*row)
        for row in database.execute(
            "SELECT figure_id, sha256, said FROM correction WHERE issue_id = ?", (issue_id,)
        )
    ]
    if not known:
        return
    figures = [
        _Figure(*row)
        for row in database.execute(
            "SELECT id, sha256, coalesce(caption, alt) FROM figure WHERE issue_id = ? ORDER BY position",
            (issue_id,),
        )
    ]
    found = _pairs(known, figures)
    # In two steps, for figures may have changed places.
    database.executemany(
        "UPDATE correction SET figure_id = 'moving ' || figure_id WHERE figure_id = ?",
        [(old,) for old in found],
    )
    database.executemany(
        "UPDATE OR REPLACE correction SET figure_id = 'gone ' || figure_id WHERE figure_id = ?",
        [(now.id,) for now in found.values()],
    )
    database.executemany(
        "UPDATE correction SET figure_id = ?, sha256 = ?, said = ? WHERE figure_id = 'moving ' || ?",
        [(now.id, now.sha256, now.said, old) for old, now in found.items()],
    )


def _pairs(known: Sequence[_Figure], figures: Sequence[_Figure]) -> dict[str, _Figure]:
    """The figure of each correction, by the id that it was kept under; the surest pairs first, a figure once."""
    pairs = ((_fit(old, now), old, now) for old in known for now in figures)
    found: dict[str, _Figure] = {}
    taken: set[str] = set()
    for (same_picture, _, same_id), old, now in sorted(pairs, key=lambda pair: pair[0], reverse=True):
        if (same_picture or same_id) and old.id not in found and now.id not in taken:
            found[old.id] = now
            taken.add(now.id)
    return found


def _fit(old: _Figure, now: _Figure) -> tuple[bool, bool, bool]:
    """Whether both are the same picture, caption and id: what counts most stands first."""
    return old.sha256 is not None and old.sha256 == now.sha256, old.said == now.said, old.id == now.id
