"""Tables of pictures: rows of pictures above rows of their captions."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from explorer.archive.html.caption_marks import tidy
from explorer.archive.html.runs import has_picture

# Of a cell under a picture in a layout table. Longer cells are articles in columns.
MAX_CELL_CHARS = 250
# A row of pictures has no more cells.
MAX_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class CaptionedTable:
    """The cells of each row of a table, the index of each row, and the rows above a row with their captions."""

    rows: list[list[LexborNode]]
    index_of_row: dict[int, int]
    over_captions: frozenset[int]
    title: LexborNode | None  # the caption of the table, if all cells are pictures


def rows_of(table: LexborNode) -> list[LexborNode]:
    """Return the rows of a table, without those of tables in its cells."""
    parts = [part for child in table.iter() for part in ([child] if child.tag == "tr" else child.iter())]
    return [part for part in parts if part.tag == "tr"]


def table_of(table: LexborNode) -> CaptionedTable:
    """Return the rows of a table, and which of them have pictures above a row with their captions."""
    row_elements = rows_of(table)
    rows = [_cells(row) for row in row_elements]
    over_captions = frozenset(
        index
        for index, (above, below, after) in enumerate(zip(rows, rows[1:], [*rows[2:], []], strict=False))
        if _is_row_of_pictures(above)
        and _is_row_of_captions(above, below)
        and (not after or any(map(has_picture, after)))
    )
    title = table.css_first("caption")
    if title is not None and not all(_is_picture_cell(cell) for cells in rows for cell in cells):
        title = None
    return CaptionedTable(
        rows, {row.mem_id: index for index, row in enumerate(row_elements)}, over_captions, title
    )


def _is_row_of_pictures(cells: list[LexborNode]) -> bool:
    return 1 < len(cells) <= MAX_COLUMNS and all(map(_is_picture_cell, cells))


def _cells(row: LexborNode) -> list[LexborNode]:
    return [cell for cell in row.iter() if cell.tag in {"td", "th"}]


def _is_picture_cell(cell: LexborNode) -> bool:
    """Return whether a cell has no text."""
    return not tidy(cell.text())


def _is_row_of_captions(above: list[LexborNode], below: list[LexborNode]) -> bool:
    return len(below) in {1, len(above)} and all(
        not has_picture(cell)
        and len(tidy(cell.text()) or "") <= MAX_CELL_CHARS
        and cell.css_first("h1, h2, h3, h4, ul, ol, table") is None
        for cell in below
    )
