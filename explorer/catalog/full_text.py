"""Every text of a library, for finding words as they are written."""

from __future__ import annotations

from typing import Literal

from explorer.catalog.database import Database


class FullText:
    """The texts of figures and items."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def texts(self, of: Literal["figure", "item"]) -> list[tuple[str | None, ...]]:
        """The id of every figure or item, and each text that stands in it or around it."""
        statement = {
            "figure": """SELECT figure.id, caption, alt, credit, heading, before, after, picture_text.text
              FROM corrected_figure AS figure LEFT JOIN picture_text ON picture_text.sha256 = figure.sha256""",
            "item": "SELECT id, heading, text FROM item",
        }[of]
        return self._database.rows(statement)
