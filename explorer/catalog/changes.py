"""What an index must update: every write has a revision, and every changed point has the revision of its last change."""

from __future__ import annotations

from explorer.catalog.database import Database


class ChangeRepository:
    """The points that changed since a revision."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def revision(self) -> str:
        """Return the revision of the catalog. It stays equal until something is written that an index depends on."""
        number, name = self._database.rows(
            "SELECT coalesce((SELECT max(revision) FROM point_change), 0), catalog FROM revision"
        )[0]
        return f"{name}:{number}"

    def since(self, revision: str | None) -> tuple[list[str], list[str]] | None:
        """Return issues with points that changed since a revision, and deleted points; None for an unknown revision."""
        now_name, now_number = self.revision().split(":")
        name, _, number = (revision or "").partition(":")
        if name != now_name or not number.isdecimal() or int(number) > int(now_number):
            return None
        changed = "SELECT id FROM point_change WHERE revision > ?"
        issues = self._database.rows(
            f"""SELECT DISTINCT issue_id FROM figure WHERE id IN ({changed})
              UNION SELECT issue_id FROM item WHERE id IN ({changed})""",
            (int(number), int(number)),
        )
        gone = self._database.rows(
            f"{changed} AND id NOT IN (SELECT id FROM figure) AND id NOT IN (SELECT id FROM item)",
            (int(number),),
        )
        return [row[0] for row in issues], [row[0] for row in gone]

    def touch_issue(self, id: str) -> None:
        """Mark all points of an issue as changed: the next generation of the index updates them."""
        with self._database.writing() as connection:
            for table in ("figure", "item"):
                connection.execute(
                    f"""INSERT INTO point_change SELECT {table}.id, revision.number FROM {table}, revision
                      WHERE issue_id = ? ON CONFLICT (id) DO UPDATE SET revision = excluded.revision""",
                    (id,),
                )

    def point_ids(self) -> set[str]:
        """Return the ids of all points of an index of this catalog: figures and items."""
        return {row[0] for row in self._database.rows("SELECT id FROM figure UNION ALL SELECT id FROM item")}
