"""Who is who when an issue is read again: figures keep their ids as long as somebody would call them the same."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from uuid import uuid5

from explorer.archive.model import NAMESPACE, issue_id
from explorer.catalog import checks


@dataclass(frozen=True, slots=True)
class KnownFigure:
    """What a figure is known by: its id, its picture, and the archive's caption, else alt text."""

    id: str
    sha256: str | None
    said: str | None


def id_of_issue(database: sqlite3.Connection, archive: int, name: str, document: str) -> str:
    """The id of the issue at `document`: the one it has, also where it moved to from elsewhere; else a new one."""
    kept = database.execute(
        "SELECT id FROM issue WHERE archive_id = ? AND document = ?", (archive, document)
    ).fetchone()
    if kept:
        return str(kept[0])
    # Its own may be taken, by an issue that stood here once and moved away.
    wanted = _numbered(issue_id(name, document))
    return next(
        id for id in wanted if not database.execute("SELECT 1 FROM issue WHERE id = ?", (id,)).fetchone()
    )


def figures_before(database: sqlite3.Connection, issue: str) -> list[KnownFigure]:
    """The figures of an issue as they were when it was last read, also where it was discarded since."""
    rows = database.execute(
        "SELECT id, sha256, coalesce(caption, alt) FROM figure WHERE issue_id = ? ORDER BY position", (issue,)
    ).fetchall()
    if rows:
        return [KnownFigure(*row) for row in rows]
    trashed = database.execute("SELECT rows FROM trash WHERE issue_id = ?", (issue,)).fetchone()
    if trashed is None:
        return []
    if not checks.may_be_trash(trashed[0]):
        return []
    names = [column[1] for column in database.execute("PRAGMA table_info(figure)")]
    figures = [dict(zip(names, row, strict=True)) for row in json.loads(trashed[0]).get("figure", ())]
    return [KnownFigure(it["id"], it["sha256"], it["caption"] or it["alt"]) for it in figures]


def kept_ids(before: Sequence[KnownFigure], now: Sequence[KnownFigure]) -> list[str]:
    """The id of each figure of `now`, which brings the one that its place would give it.

    A figure that shows the picture of one that was there is that one, wherever it stands now; else the one in its
    place is, whose picture was replaced. No id is given twice.
    """
    found: dict[int, str] = {}
    same = {one.id: one for one in before}
    for number, one in enumerate(now):
        if same.get(one.id) == one:
            found[number] = one.id
    taken = set(found.values())
    left = [(number, one) for number, one in enumerate(now) if number not in found]
    pairs = [(_fit(old, one), old, number) for old in before if old.id not in taken for number, one in left]
    for (same_picture, _, same_id), old, number in sorted(pairs, key=lambda pair: pair[0], reverse=True):
        if (same_picture or same_id) and number not in found and old.id not in taken:
            found[number] = old.id
            taken.add(old.id)
    for number, one in left:
        if number not in found:
            found[number] = next(id for id in _numbered(one.id) if id not in taken)
            taken.add(found[number])
    return [found[number] for number in range(len(now))]


def _fit(old: KnownFigure, now: KnownFigure) -> tuple[bool, bool, bool]:
    """Whether both have the same picture, words and id: what counts most stands first."""
    return old.sha256 is not None and old.sha256 == now.sha256, old.said == now.said, old.id == now.id


def _numbered(id: str) -> Iterator[str]:
    yield id
    for number in count(2):
        yield str(uuid5(NAMESPACE, f"{id}\n{number}"))
