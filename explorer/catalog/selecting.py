"""A Selection in SQL."""

from __future__ import annotations

from explorer.catalog.filters import given
from explorer.catalog.records import Selection

NEWEST_FIRST = "issue.date DESC, issue.document, issue.id"


def where_clause(
    selection: Selection, *texts: str, figures_of: str | None = None
) -> tuple[str, list[object]]:
    """A WHERE clause and its values; `texts` are the columns in which each word of the text may stand.

    Where the rows are no figures, `figures_of` says which figures are theirs: they have one of the wanted kind.
    """
    clauses: list[str] = []
    values: list[object] = []
    of_figure, figure_values = _figure_conditions(selection)
    for spec, value in given(selection):
        clause = f"NOT ({spec.sql})" if value is False else spec.sql
        (of_figure if spec.of_figure else clauses).append(clause)
        (figure_values if spec.of_figure else values).extend([value] * spec.sql.count("?"))
    if of_figure and figures_of:
        of_figure = [
            f"EXISTS (SELECT 1 FROM corrected_figure AS figure WHERE {' AND '.join([figures_of, *of_figure])})"
        ]
    clauses, values = clauses + of_figure, values + figure_values
    for word in (selection.text or "").split():
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        clauses.append("(" + " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in texts) + ")")
        values.extend([pattern] * len(texts))
    return ("WHERE " + " AND ".join(clauses) if clauses else ""), values


def _figure_conditions(selection: Selection) -> tuple[list[str], list[object]]:
    """The conditions on figures that only lists have, and the value of each question mark in them."""
    columns = {
        "figure.status = ?": selection.status,
        "figure.sha256 = ?": selection.sha256,
        "(figure.sha256 = ? OR figure.sha256 IN (SELECT sha256 FROM picture_group WHERE name = ?))": selection.group,
    }
    wanted = {clause: value for clause, value in columns.items() if value is not None}
    return list(wanted), [value for clause, value in wanted.items() for _ in range(clause.count("?"))]
