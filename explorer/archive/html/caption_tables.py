"""Tables of pictures: rows of pictures above rows of their captions."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from explorer.archive.html.caption_marks import tidy

# The words of a cell under a picture of a layout table; longer ones are an article in a column.
MAX_CELL_CHARS = 250
# More cells make no row of pictures.
MAX_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class CaptionedTable:
    """The cells of a table's rows and the place of each row; which rows stand over one with their captions."""

    rows: list[list[LexborNode]]
    places: dict[int, int]
    over_captions: frozenset[int]
    title: LexborNode | None  # where all else is pictures


def rows_of(table: LexborNode) -> list[LexborNode]:
    """The rows of a table itself, not of those in its cells."""
    parts = [one for part in table.iter() for one in ([part] if part.tag == "tr" else part.iter())]
    return [part for part in parts if part.tag == "tr"]


def table_of(table: LexborNode) -> CaptionedTable:
    """Return the rows of a table, and which of them are pictures above a row with their captions."""
    found = rows_of(table)
    rows = [_cells(row) for row in found]
    over_captions = frozenset(
        place
        for place, (above, below, after) in enumerate(zip(rows, rows[1:], [*rows[2:], []], strict=False))
        if _is_row_of_pictures(above)
        and _is_row_of_captions(above, below)
        and (not after or any(map(has_picture, after)))
    )
    title = table.css_first("caption")
    if title is not None and not all(_is_picture_cell(one) for cells in rows for one in cells):
        title = None
    return CaptionedTable(rows, {row.mem_id: place for place, row in enumerate(found)}, over_captions, title)


def _is_row_of_pictures(cells: list[LexborNode]) -> bool:
    return 1 < len(cells) <= MAX_COLUMNS and all(map(_is_picture_cell, cells))


def _cells(row: LexborNode) -> list[LexborNode]:
    return [cell for cell in row.iter() if cell.tag in {"td", "th"}]


def has_picture(element: LexborNode) -> bool:
    """Whether an element shows a picture."""
    return element.css_first("img, svg, picture, object, embed, amp-img") is not None


def _is_picture_cell(cell: LexborNode) -> bool:
    """A picture and no word, or nothing at all."""
    return not tidy(cell.text())


def _is_row_of_captions(above: list[LexborNode], below: list[LexborNode]) -> bool:
    return len(below) in {1, len(above)} and all(
        not has_picture(cell)
        and len(tidy(cell.text()) or "") <= MAX_CELL_CHARS
        and cell.css_first("h1, h2, h3, h4, ul, ol, table") is None
        for cell in below
    )
