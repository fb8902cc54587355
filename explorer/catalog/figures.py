"""The figures, pictures and items of a library.

Figures have their corrections. Each picture is stored once, with the text that OCR read in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from explorer.catalog.database import Database, batches, placeholders
from explorer.catalog.filters import NEWEST_FIRST, UNSURE, where_clause
from explorer.catalog.records import (
    ALL,
    FacetValue,
    FigureRecord,
    ItemRecord,
    PictureRecord,
    Selection,
    TextLine,
)

COLUMNS = """figure.id, figure.issue_id, issue.document, figure.position, figure.image, figure.sha256, figure.status,
    figure.caption, figure.alt, figure.credit, figure.heading, picture.width, picture.height, figure.before, figure.after,
    figure.item_id, issue.title, issue.number, issue.date,
    (SELECT text FROM picture_text WHERE sha256 = figure.sha256 AND text <> ''),
    coalesce((SELECT name FROM picture_group WHERE sha256 = figure.sha256), figure.sha256),
    (SELECT value FROM figure_trait WHERE figure_id = figure.id AND name = 'picture_kind')"""
TABLES = """corrected_figure AS figure JOIN issue ON issue.id = figure.issue_id
    LEFT JOIN picture ON picture.sha256 = figure.sha256"""

COVER_WIDTH_PX, COVER_HEIGHT_PX = 240, 150
"""The smallest size of a picture that is the cover of its issue."""
SEARCHED_COLUMNS = ("figure.caption", "figure.alt", "figure.credit", "figure.heading")
"""The columns in which the text of a selection is searched."""


class FigureRepository:
    """The figures of a library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def select(
        self, selection: Selection = ALL, *, order: str = "date", limit: int = -1, offset: int = 0
    ) -> list[FigureRecord]:
        """Return figures in an order: date (newest issue first), issue (by number) or caption."""
        where, values = where_clause(selection, *SEARCHED_COLUMNS)
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
        where, values = where_clause(selection, *SEARCHED_COLUMNS)
        return int(self._database.rows(f"SELECT count(*) FROM {TABLES} {where}", values)[0][0])

    def by_id(self, ids: Sequence[str]) -> dict[str, FigureRecord]:
        return {
            row[0]: FigureRecord(*row)
            for row in self._database.by_id(f"SELECT {COLUMNS} FROM {TABLES} WHERE figure.id", ids)
        }

    def covers(self, issues: Sequence[str]) -> dict[str, FigureRecord]:
        """Return the first large figure of each of these issues, by the id of the issue."""
        ids: list[str] = []
        for batch in batches(issues):
            # SQLite takes the id from the row with the minimum.
            rows = self._database.rows(
                f"""SELECT figure.id, min(figure.position) FROM figure JOIN picture USING (sha256)
                  WHERE width >= ? AND height >= ? AND issue_id IN ({placeholders(batch)}) GROUP BY issue_id""",
                (COVER_WIDTH_PX, COVER_HEIGHT_PX, *batch),
            )
            ids += [row[0] for row in rows]
        return {figure.issue_id: figure for figure in self.by_id(ids).values()}

    def ids_with_picture(self) -> list[str]:
        """Return the ids of all figures whose picture is there, in a fixed order."""
        return [
            row[0]
            for row in self._database.rows("SELECT id FROM figure WHERE sha256 IS NOT NULL ORDER BY id")
        ]

    def of_month(self, month: int, before_year: int, limit: int) -> list[FigureRecord]:
        """Return figures with pictures from this month of earlier years, the newest year first."""
        rows = self._database.rows(
            f"""SELECT {COLUMNS} FROM {TABLES} WHERE figure.sha256 IS NOT NULL
              AND substr(issue.date, 6, 2) = ? AND substr(issue.date, 1, 4) < ?
              ORDER BY {NEWEST_FIRST}, figure.position LIMIT ?""",
            (f"{month:02}", f"{before_year:04}", limit),
        )
        return [FigureRecord(*row) for row in rows]

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


_COUNTS_BY_ISSUE = f"""SELECT * FROM (
      SELECT 'issue_id', issue.id, coalesce(issue.title, issue.document), figures
        FROM by_issue JOIN issue ON issue.id = issue_id ORDER BY {NEWEST_FIRST})
    UNION ALL SELECT 'year', substr(issue.date, 1, 4) AS year, substr(issue.date, 1, 4), sum(figures)
      FROM by_issue JOIN issue ON issue.id = issue_id WHERE issue.date IS NOT NULL GROUP BY year"""


# Facet, value, its name for people, number of figures. The selected figures are found once for all facets.
_COUNTS_OF_SELECTED = f"""WITH selected AS MATERIALIZED (SELECT figure.id, issue.id AS issue_id FROM {TABLES} {{}}),
      by_issue AS MATERIALIZED (SELECT issue_id, count(*) AS figures FROM selected GROUP BY issue_id)
    SELECT name, value, value, count(*) FROM figure_trait WHERE figure_id IN (SELECT id FROM selected) GROUP BY name, value
    UNION ALL {_COUNTS_BY_ISSUE}"""
_COUNTS_OF_ALL = f"""WITH by_issue AS MATERIALIZED (SELECT issue_id, count(*) AS figures FROM figure GROUP BY issue_id)
    SELECT name, value, value, count(*) FROM figure_trait GROUP BY name, value
    UNION ALL {_COUNTS_BY_ISSUE}"""


class TraitRepository:
    """The traits of the figures of a library (see derived_tables.py), and how many figures have each of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, figures: Sequence[str]) -> dict[str, dict[str, list[str]]]:
        """Return the traits of figures, by id."""
        traits: dict[str, dict[str, list[str]]] = {id: {} for id in figures}
        for id, name, value in self._database.by_id(
            "SELECT figure_id, name, value FROM figure_trait WHERE figure_id", figures
        ):
            traits[id].setdefault(name, []).append(value)
        return traits

    def facets(self, selection: Selection, among: Sequence[str] | None = None) -> dict[str, list[FacetValue]]:
        """Return the facets of the figures of a selection, or of those `among` these ids. See LibraryBrowser.facets."""
        where, values = where_clause(selection, *SEARCHED_COLUMNS)
        if among is not None:
            where += f"{' AND' if where else 'WHERE'} figure.id IN (SELECT value FROM json_each(?))"
            values = [*values, json.dumps(list(among))]
        rows = self._database.rows(_COUNTS_OF_SELECTED.format(where) if where else _COUNTS_OF_ALL, values)
        facets: dict[str, list[FacetValue]] = {}
        for name, value, label, count in rows:
            facets.setdefault(name, []).append(FacetValue(value, label, count))
        for name, counted in facets.items():
            counted.sort(key=lambda it: it.value if name == "year" else (it.value == UNSURE, -it.count))
        return facets


class PictureRepository:
    """The pictures of a library, by SHA-256."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, picture: PictureRecord) -> None:
        with self._database.writing() as connection:
            row = (
                picture.sha256, picture.width, picture.height, picture.format, picture.bytes, picture.frames,
                picture.fingerprint, json.dumps(picture.colours),
            )  # fmt: skip
            connection.execute("INSERT OR IGNORE INTO picture VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def get(self, sha256: str) -> PictureRecord | None:
        rows = self._database.rows("SELECT * FROM picture WHERE sha256 = ?", (sha256,))
        if not rows:
            return None
        sha, width, height, kind, size, frames, fingerprint, colours = rows[0]
        return PictureRecord(sha, width, height, kind, size, frames, fingerprint, tuple(json.loads(colours)))

    def shown(self, issues: Sequence[str] | None = None) -> list[str]:
        """Return the SHA-256 of every picture that a figure shows, or a figure of one of these issues."""
        shown = "SELECT DISTINCT sha256 FROM figure WHERE sha256 IS NOT NULL"
        rows = (
            self._database.rows(shown)
            if issues is None
            else self._database.by_id(f"{shown} AND issue_id", issues)
        )
        return sorted({row[0] for row in rows})

    def fingerprints(self) -> dict[str, str]:
        """Return the perceptual hash of every picture that a figure shows, by SHA-256, in the order of the SHA-256."""
        return dict(
            self._database.rows(
                """SELECT sha256, fingerprint FROM picture
                  WHERE sha256 IN (SELECT sha256 FROM figure) ORDER BY sha256"""
            )
        )

    def save_text(self, sha256: str, recipe: str, lines: Sequence[TextLine]) -> None:
        """Replace the text that was read in a picture. It may be empty."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO picture_text VALUES (?, ?, ?, ?)",
                (
                    sha256,
                    recipe,
                    "\n".join(line.text for line in lines),
                    json.dumps(
                        [(line.text, line.confidence, line.box) for line in lines], ensure_ascii=False
                    ),
                ),
            )

    def text(self, sha256: str) -> tuple[TextLine, ...]:
        """Return the lines that were read in a picture; () if it has no text or was not read."""
        rows = self._database.rows("SELECT lines FROM picture_text WHERE sha256 = ?", (sha256,))
        return tuple(
            TextLine(text, confidence, tuple(box))
            for (lines,) in rows
            for text, confidence, box in json.loads(lines)
        )

    def save_kinds(self, recipe: str, kinds: Mapping[str, Sequence[float]]) -> None:
        """Replace the probability of each kind for these pictures, by SHA-256. It may be empty."""
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO picture_kind VALUES (?, ?, ?)",
                ((sha256, recipe, json.dumps(probabilities)) for sha256, probabilities in kinds.items()),
            )

    def without_kinds(self, recipe: str) -> list[str]:
        """Return the SHA-256 of every picture that a figure shows and that has no kinds of this recipe."""
        return self._without("picture_kind", recipe)

    def ocr_pending(self, recipe: str) -> list[str]:
        """Return the SHA-256 of every picture that a figure shows and that was not read with this recipe."""
        return self._without("picture_text", recipe)

    def _without(self, table: str, recipe: str) -> list[str]:
        """Return the SHA-256 of every picture that a figure shows and that has no row of this recipe in a table."""
        rows = self._database.rows(
            f"""SELECT DISTINCT sha256 FROM figure WHERE sha256 IS NOT NULL AND sha256 NOT IN
              (SELECT sha256 FROM {table} WHERE recipe = ?) ORDER BY sha256""",
            (recipe,),
        )
        return [row[0] for row in rows]

    def count_with_text(self) -> int:
        """Return the number of pictures in which text was read and which a figure shows."""
        return int(
            self._database.rows(
                "SELECT count(*) FROM picture_text WHERE text <> '' AND sha256 IN (SELECT sha256 FROM figure)"
            )[0][0]
        )

    def delete_unused(self) -> list[str]:
        """Delete the pictures that no figure of the library or the trash shows, and return their SHA-256."""
        with self._database.writing() as connection:
            rows = connection.execute(
                """DELETE FROM picture WHERE sha256 NOT IN (SELECT sha256 FROM figure WHERE sha256 IS NOT NULL)
                  AND NOT EXISTS (SELECT 1 FROM trash WHERE instr(trash.rows, picture.sha256)) RETURNING sha256"""
            ).fetchall()
        return [row[0] for row in rows]
