"""The figures of a library, with their corrections, and its items."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.catalog.database import Database
from explorer.catalog.filters import NEWEST_FIRST, where_clause
from explorer.catalog.records import ALL, FigureRecord, ItemRecord, Selection

COLUMNS = """figure.id, figure.issue_id, issue.document, figure.position, figure.image, figure.sha256, figure.status,
    figure.caption, figure.alt, figure.credit, figure.heading, picture.width, picture.height, figure.before, figure.after,
    figure.item_id, issue.title, issue.number, issue.date,
    (SELECT text FROM picture_text WHERE sha256 = figure.sha256 AND text <> ''),
    coalesce((SELECT name FROM picture_group WHERE sha256 = figure.sha256), figure.sha256)"""
TABLES = """corrected_figure AS figure JOIN issue ON issue.id = figure.issue_id
    LEFT JOIN picture ON picture.sha256 = figure.sha256"""


class FigureRepository:
    """The figures of a library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def select(
        self, selection: Selection = ALL, *, order: str = "date", limit: int = -1, offset: int = 0
    ) -> list[FigureRecord]:
        """Return figures in an order: date (newest issue first), issue (by number) or caption."""
        where, values = where_clause(
            selection, "figure.caption", "figure.alt", "figure.credit", "figure.heading"
        )
        order_by = {
            "date": f"{NEWEST_FIRST}, figure.position",
            "issue": f"issue.number, {NEWEST_FIRST}, figure.position",
            "caption": "figure.caption IS NULL, figure.caption COLLATE NOCASE, figure.id",
        }[order]
        rows = self._database.rows(
            f"SELECT {COLUMNS} FROM {TABLES} {where} ORDER BY {order_by} LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [FigureRecord(*row) for row in rows]

    def count(self, selection: Selection = ALL) -> int:
        where, values = where_clause(
            selection, "figure.caption", "figure.alt", "figure.credit", "figure.heading"
        )
        return int(self._database.rows(f"SELECT count(*) FROM {TABLES} {where}", values)[0][0])

    def by_id(self, ids: Sequence[str]) -> dict[str, FigureRecord]:
        return {
            row[0]: FigureRecord(*row)
            for row in self._database.by_id(f"SELECT {COLUMNS} FROM {TABLES} WHERE figure.id", ids)
        }

    def ids_starting_with(self, start: str) -> list[str]:
        """Return the ids that begin with `start`: at most two, of figures or items."""
        end = start + "\uffff"
        statement = "SELECT id FROM figure WHERE id BETWEEN ? AND ? UNION SELECT id FROM item WHERE id BETWEEN ? AND ? LIMIT 2"
        return [row[0] for row in self._database.rows(statement, (start, end, start, end))] if start else []

    def fetched(self) -> dict[str, str]:
        """Return the SHA-256 of every picture from the web, by its address."""
        return dict(
            self._database.rows(
                "SELECT image, sha256 FROM figure WHERE sha256 IS NOT NULL AND image LIKE 'http%://%'"
            )
        )


ITEM_COLUMNS = """item.id, item.issue_id, issue.document, item.position, item.number, item.heading, item.text,
    issue.title, issue.number, issue.date"""
ITEM_TABLES = "item JOIN issue ON issue.id = item.issue_id"


class ItemRepository:
    """The items of a library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def select(self, selection: Selection = ALL, *, limit: int = -1, offset: int = 0) -> list[ItemRecord]:
        """Return items, the newest issue first, in the order of each issue."""
        where, values = where_clause(
            selection, "item.heading", "item.text", figures_of="figure.item_id = item.id"
        )
        rows = self._database.rows(
            f"SELECT {ITEM_COLUMNS} FROM {ITEM_TABLES} {where} ORDER BY {NEWEST_FIRST}, item.position LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [ItemRecord(*row) for row in rows]

    def by_id(self, ids: Sequence[str]) -> dict[str, ItemRecord]:
        return {
            row[0]: ItemRecord(*row)
            for row in self._database.by_id(f"SELECT {ITEM_COLUMNS} FROM {ITEM_TABLES} WHERE item.id", ids)
        }
