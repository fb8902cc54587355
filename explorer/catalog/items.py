"""The items of a library: the sections of its issues."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.catalog.database import Database
from explorer.catalog.records import (
    ALL,
    ItemRecord,
    Selection,
)
from explorer.catalog.selecting import NEWEST_FIRST, where_clause

COLUMNS = """item.id, item.issue_id, issue.document, item.position, item.number, item.heading, item.text,
    issue.title, issue.number, issue.date"""


TABLES = "item JOIN issue ON issue.id = item.issue_id"


class ItemRepository:
    """The items of a library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def select(self, selection: Selection = ALL, *, limit: int = -1, offset: int = 0) -> list[ItemRecord]:
        """Items, newest issue first, in the order of the issue."""
        where, values = where_clause(
            selection, "item.heading", "item.text", figures_of="figure.item_id = item.id"
        )
        rows = self._database.rows(
            f"SELECT {COLUMNS} FROM {TABLES} {where} ORDER BY {NEWEST_FIRST}, item.position LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [ItemRecord(*row) for row in rows]

    def by_id(self, ids: Sequence[str]) -> dict[str, ItemRecord]:
        return {
            row[0]: ItemRecord(*row)
            for row in self._database.by_id(f"SELECT {COLUMNS} FROM {TABLES} WHERE item.id", ids)
        }
