"""Which figures show copies of one picture, and which items say the same: what a list shows once."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from hashlib import sha256

from explorer.catalog.records import Appearance

AT_ONCE = 500  # SQLite takes at most 32,766 parameters
_GROUP = "coalesce(picture_group.name, figure.sha256)"
_SHOWING = """(figure.sha256 IN ({marks})
    OR figure.sha256 IN (SELECT sha256 FROM picture_group WHERE name IN ({marks})))"""


def groups_of(database: sqlite3.Connection, ids: Sequence[str]) -> dict[str, str]:
    """By id: the group of a figure's picture, or what an item says. A figure without a picture has none."""
    found: dict[str, str] = {}
    for some in _batches(ids):
        marks = _marks(some)
        found |= database.execute(
            f"""SELECT figure.id, {_GROUP} FROM figure LEFT JOIN picture_group USING (sha256)
              WHERE figure.id IN ({marks}) AND figure.sha256 IS NOT NULL""",
            some,
        ).fetchall()
        items = database.execute(f"SELECT id, heading, text FROM item WHERE id IN ({marks})", some)
        found |= {id: said for id, *texts in items if (said := _said(*texts))}
    return found


def figures_of_groups(database: sqlite3.Connection, groups: Collection[str]) -> set[str]:
    """The ids of all figures whose picture is in one of these groups."""
    found: set[str] = set()
    for some in _batches(sorted(groups)):
        rows = database.execute(
            f"SELECT id FROM figure WHERE {_SHOWING.format(marks=_marks(some))}", (*some, *some)
        )
        found.update(row[0] for row in rows)
    return found


def appearances(
    database: sqlite3.Connection, groups: Collection[str], most: int
) -> dict[str, tuple[int, list[Appearance]]]:
    """By group: how many figures show it, and where they stand, newest issue first, at most so many of each."""
    counts: dict[str, int] = {}
    found: dict[str, list[Appearance]] = defaultdict(list)
    for some in _batches(sorted(groups)):
        rows = database.execute(
            f"""SELECT * FROM (
                SELECT {_GROUP} AS name, figure.id, issue.document, issue.title,
                  count(*) OVER (PARTITION BY {_GROUP}) AS all_of_it,
                  row_number() OVER (PARTITION BY {_GROUP} ORDER BY issue.date DESC, issue.document, figure.position) AS place
                FROM figure JOIN issue ON issue.id = figure.issue_id LEFT JOIN picture_group USING (sha256)
                WHERE {_SHOWING.format(marks=_marks(some))})
              WHERE place <= ? ORDER BY name, place""",
            (*some, *some, most),
        )
        for group, id, document, title, count, _ in rows:
            counts[group] = count
            found[group].append(Appearance(id, document, title))
    return {group: (count, found[group]) for group, count in counts.items()}


def _said(heading: str | None, text: str) -> str | None:
    words = " ".join(f"{heading or ''} {text}".casefold().split())
    return f"item {sha256(words.encode(errors='replace')).hexdigest()}" if words else None


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _marks(some: Sequence[str]) -> str:
    return ",".join("?" * len(some))
