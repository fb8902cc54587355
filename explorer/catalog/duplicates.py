"""Groups of pictures that are copies of each other, and of items with the same text. A list shows one of each group."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256

from explorer.catalog.database import Database, batches, placeholders
from explorer.catalog.records import Appearance

_GROUP = "coalesce(picture_group.name, figure.sha256)"
_IN_GROUPS = """(figure.sha256 IN ({groups})
    OR figure.sha256 IN (SELECT sha256 FROM picture_group WHERE name IN ({groups})))"""


class DuplicateRepository:
    """The groups of pictures that are copies of one another."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def forget_outdated(self, recipe: str) -> None:
        """Forget comparisons with another recipe, and those of pictures that no figure shows any more."""
        with self._database.writing() as connection:
            connection.execute(
                """DELETE FROM picture_group WHERE recipe <> ? OR sha256 NOT IN
                  (SELECT sha256 FROM figure WHERE sha256 IS NOT NULL)""",
                (recipe,),
            )

    def save_compared(self, sha256s: Sequence[str], recipe: str, copies: Iterable[tuple[str, str]]) -> None:
        """Save that these pictures were compared with each other and with all earlier ones, and which pairs are copies."""
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO picture_group VALUES (?, ?, ?)",
                [(sha256, recipe, sha256) for sha256 in sha256s],
            )
            connection.executemany(
                "INSERT OR IGNORE INTO picture_copy VALUES (?, ?)", [sorted(pair) for pair in copies]
            )

    def name_groups(self, names: Mapping[str, str]) -> None:
        """Save the name of the group of each picture. Every other picture is a group of its own."""
        with self._database.writing() as connection:
            connection.execute("UPDATE picture_group SET name = sha256 WHERE name <> sha256")
            connection.executemany(
                "UPDATE picture_group SET name = ? WHERE sha256 = ?",
                [(name, sha256) for sha256, name in names.items()],
            )

    def is_complete(self) -> bool:
        """Return whether every shown picture was compared, no other one is kept, and all copies have one name.

        A program that was killed while it compared pictures leaves incomplete groups.
        """
        return not self._database.rows(
            """SELECT 1 FROM figure JOIN picture USING (sha256)
                WHERE sha256 NOT IN (SELECT sha256 FROM picture_group)
              UNION ALL SELECT 1 FROM picture_group WHERE name NOT IN (SELECT sha256 FROM picture_group)
                OR sha256 NOT IN (SELECT sha256 FROM figure WHERE sha256 IS NOT NULL)
                AND EXISTS (SELECT 1 FROM figure WHERE sha256 IS NOT NULL)
              UNION ALL SELECT 1 FROM picture_copy JOIN picture_group AS a ON a.sha256 = one
                JOIN picture_group AS b ON b.sha256 = other WHERE a.name <> b.name LIMIT 1"""
        )

    def compared(self) -> set[str]:
        """Return the SHA-256 of every picture that was compared."""
        return {row[0] for row in self._database.rows("SELECT sha256 FROM picture_group")}

    def pairs(self) -> list[tuple[str, str]]:
        """Return every pair of pictures that are copies of each other."""
        return self._database.rows("SELECT one, other FROM picture_copy ORDER BY one, other")

    def groups_of(self, ids: Sequence[str]) -> dict[str, str]:
        """Return the group of the picture of each figure, and the group of equal texts of each item, by id."""
        groups: dict[str, str] = {}
        for batch in batches(ids):
            parameters = placeholders(batch)
            groups |= self._database.rows(
                f"""SELECT figure.id, {_GROUP} FROM figure LEFT JOIN picture_group USING (sha256)
                  WHERE figure.id IN ({parameters}) AND figure.sha256 IS NOT NULL""",
                batch,
            )
            items = self._database.rows(
                f"SELECT id, heading, text FROM item WHERE id IN ({parameters})", batch
            )
            groups |= {id: group for id, *texts in items if (group := _item_group(*texts))}
        return groups

    def figures_of(self, groups: Collection[str]) -> set[str]:
        """Return the ids of all figures whose picture is in one of these groups."""
        ids: set[str] = set()
        for batch in batches(sorted(groups)):
            rows = self._database.rows(
                f"SELECT id FROM figure WHERE {_IN_GROUPS.format(groups=placeholders(batch))}",
                (*batch, *batch),
            )
            ids.update(row[0] for row in rows)
        return ids

    def appearances(self, groups: Collection[str], most: int) -> dict[str, tuple[int, list[Appearance]]]:
        """Return, by group, the number of its figures and the places of the newest ones, at most `most`."""
        counts: Counter[str] = Counter()
        places: dict[str, list[Appearance]] = defaultdict(list)
        for batch in batches(sorted(groups)):
            rows = self._database.rows(
                # Counted here: window functions take twice the time.
                f"""SELECT {_GROUP} AS name, figure.id, issue.document, issue.title
                  FROM figure JOIN issue ON issue.id = figure.issue_id LEFT JOIN picture_group USING (sha256)
                  WHERE {_IN_GROUPS.format(groups=placeholders(batch))}
                  ORDER BY name, issue.date DESC, issue.document, figure.position""",
                (*batch, *batch),
            )
            for group, *place in rows:
                counts[group] += 1
                if counts[group] <= most:
                    places[group].append(Appearance(*place))
        return {group: (count, places[group]) for group, count in counts.items()}


def _item_group(heading: str | None, text: str) -> str | None:
    words = " ".join(f"{heading or ''} {text}".casefold().split())
    return f"item {sha256(words.encode(errors='replace')).hexdigest()}" if words else None
