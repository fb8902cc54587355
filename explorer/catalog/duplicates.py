"""Copies of one picture, and items that say the same: a list shows one of each group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256

from explorer.catalog.database import Database, batches, marks
from explorer.catalog.records import Appearance

_GROUP = "coalesce(picture_group.name, figure.sha256)"
_SHOWING = """(figure.sha256 IN ({marks})
    OR figure.sha256 IN (SELECT sha256 FROM picture_group WHERE name IN ({marks})))"""


class DuplicateRepository:
    """The groups of pictures that are copies of one another."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def forget_outdated(self, recipe: str) -> None:
        """Forgets the comparing of pictures that no figure shows any more, or that was not by this recipe."""
        with self._database.writing() as connection:
            connection.execute(
                """DELETE FROM picture_group WHERE recipe <> ? OR sha256 NOT IN
                  (SELECT sha256 FROM figure WHERE sha256 IS NOT NULL)""",
                (recipe,),
            )

    def save_compared(self, sha256s: Sequence[str], recipe: str, copies: Iterable[tuple[str, str]]) -> None:
        """These were compared with each other and with all that were before: the pairs that are copies."""
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO picture_group VALUES (?, ?, ?)",
                [(one, recipe, one) for one in sha256s],
            )
            connection.executemany(
                "INSERT OR IGNORE INTO picture_copy VALUES (?, ?)", [sorted(pair) for pair in copies]
            )

    def name_groups(self, names: Mapping[str, str]) -> None:
        """The group of each of these pictures; every other picture is alone."""
        with self._database.writing() as connection:
            connection.execute("UPDATE picture_group SET name = sha256 WHERE name <> sha256")
            connection.executemany(
                "UPDATE picture_group SET name = ? WHERE sha256 = ?",
                [(name, sha256) for sha256, name in names.items()],
            )

    def compared(self) -> set[str]:
        """SHA-256 of every picture that was compared with all others of these."""
        return {row[0] for row in self._database.rows("SELECT sha256 FROM picture_group")}

    def pairs(self) -> list[tuple[str, str]]:
        """Every pair of pictures that are copies of one."""
        return self._database.rows("SELECT one, other FROM picture_copy ORDER BY one, other")

    def groups_of(self, ids: Sequence[str]) -> dict[str, str]:
        """By id: the group of a figure's picture, or one of all items that say the same."""
        found: dict[str, str] = {}
        for some in batches(ids):
            places = marks(some)
            found |= self._database.rows(
                f"""SELECT figure.id, {_GROUP} FROM figure LEFT JOIN picture_group USING (sha256)
                  WHERE figure.id IN ({places}) AND figure.sha256 IS NOT NULL""",
                some,
            )
            items = self._database.rows(f"SELECT id, heading, text FROM item WHERE id IN ({places})", some)
            found |= {id: said for id, *texts in items if (said := _said(*texts))}
        return found

    def figures_of(self, groups: Collection[str]) -> set[str]:
        """The ids of all figures whose picture is in one of these groups."""
        found: set[str] = set()
        for some in batches(sorted(groups)):
            rows = self._database.rows(
                f"SELECT id FROM figure WHERE {_SHOWING.format(marks=marks(some))}", (*some, *some)
            )
            found.update(row[0] for row in rows)
        return found

    def appearances(self, groups: Collection[str], most: int) -> dict[str, tuple[int, list[Appearance]]]:
        """By group: how many figures show it, and where the newest of them stand."""
        counts: dict[str, int] = {}
        found: dict[str, list[Appearance]] = defaultdict(list)
        for some in batches(sorted(groups)):
            rows = self._database.rows(
                f"""SELECT * FROM (
                    SELECT {_GROUP} AS name, figure.id, issue.document, issue.title,
                      count(*) OVER (PARTITION BY {_GROUP}) AS all_of_it,
                      row_number() OVER (PARTITION BY {_GROUP} ORDER BY issue.date DESC, issue.document, figure.position) AS place
                    FROM figure JOIN issue ON issue.id = figure.issue_id LEFT JOIN picture_group USING (sha256)
                    WHERE {_SHOWING.format(marks=marks(some))})
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
