"""The filters of searches and lists: one row each.

A row says how a filter is written everywhere: in SQL, in the index, on the command line, in the app, in the address of a
page and in a typed line. To add a filter: a field of Filters and a row of FILTERS. Its value must be in the payload of the
points (explorer/representation/fields.py) if the index does not have it yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from explorer.catalog.records import Selection

FilterValue = str | int | bool

NEWEST_FIRST: Final = "issue.date DESC, issue.document, issue.id"
"""The order of lists in SQL."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a hit or a listed figure must satisfy. Dates are ISO (2024, 2024-03 or 2024-03-09) and inclusive."""

    issue_id: str | None = None
    number: int | None = None
    document: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    has_caption: bool | None = None


NO_FILTERS: Final = Filters()


@dataclass(frozen=True, slots=True)
class FilterSpec:
    """How one filter is written and applied."""

    name: str
    """The field of Filters."""
    type: type[str] | type[int] | type[bool]
    sql: str
    """A condition with a question mark for the value; of a bool, the condition of True."""
    of_figure: bool = False
    """Whether the condition is one of figures: items and issues pass if one of their figures does."""
    index_field: str = ""
    """The payload field that holds the value."""
    match: Literal["equals", "from", "to"] = "equals"
    option: str | None = None
    """On the command line; of a bool, both options."""
    help: str = ""
    url: str | None = None
    """The key in the address of a page."""
    label: str | None = None
    """What the app calls its field; None where it has none."""
    choices: tuple[str, str, str] | None = None
    """What the app calls no restriction, True and False."""
    key: str | None = None
    """In a typed line: `issue:36`; of a bool `has:caption` and `no:caption`."""
    pattern: re.Pattern[str] = re.compile(r".+", re.DOTALL)
    """What may stand behind the colon."""
    words: Callable[[FilterValue], str] = str
    """The filter in words: "in issue 36"."""

    @property
    def is_date(self) -> bool:
        """Whether the value is a date."""
        return self.match != "equals"


# Whatever begins with a digit is meant as a date; whether it is one is checked where it is used.
_DATE = re.compile(r"[0-9].*", re.DOTALL)

FILTERS: Final = (
    FilterSpec(
        "date_from",
        str,
        "issue.date >= ?",
        index_field="day",
        match="from",
        option="--after",
        help="Only from this date on: 2024, 2024-03 or 2024-03-09.",
        url="from",
        label="From",
        key="after",
        pattern=_DATE,
        words=lambda value: f"in issues from {value} on",
    ),
    FilterSpec(
        "date_to",
        str,
        # "2024-03" as an end takes the whole month: a longer date is compared by its beginning.
        "substr(issue.date, 1, length(?)) <= ?",
        index_field="day",
        match="to",
        option="--before",
        help="Only up to this date, inclusive.",
        url="to",
        label="Until",
        key="before",
        pattern=_DATE,
        words=lambda value: f"in issues up to {value}",
    ),
    FilterSpec(
        "number",
        int,
        "issue.number = ?",
        index_field="number",
        option="--number",
        help="Only the issue of this number.",
        url="number",
        label="Issue number",
        key="issue",
        pattern=re.compile(r"[0-9]{1,9}"),
        words=lambda value: f"in issue {value}",
    ),
    FilterSpec(
        "has_caption",
        bool,
        "figure.caption IS NOT NULL",
        of_figure=True,
        index_field="has_caption",
        option="--has-caption/--no-caption",
        help="Only figures with, or without, a caption.",
        url="caption",
        label="Caption",
        choices=("With or without caption", "With caption", "Without caption"),
        key="caption",
        words=lambda value: "with a caption" if value else "without a caption",
    ),
    FilterSpec(
        "document",
        str,
        "issue.document = ?",
        index_field="document",
        option="--document",
        help="Only this document of the archive.",
        key="document",
        words=lambda value: f"in {value}",
    ),
    FilterSpec("issue_id", str, "issue.id = ?", index_field="issue_id", url="issue"),
)


def active_filters(filters: Filters) -> Iterator[tuple[FilterSpec, FilterValue]]:
    """Yield the filters that restrict anything, with their values."""
    for spec in FILTERS:
        value = getattr(filters, spec.name)
        if value is not None:
            yield spec, value


def merge_filters(said: Filters, options: Filters) -> Filters:
    """Return both together; where both restrict the same thing, the options win."""
    values: dict[str, Any] = {
        spec.name: value
        for filters in (said, options)
        for spec, value in active_filters(filters)
        if value != ""
    }
    return Filters(**values)


def where_clause(
    selection: Selection, *texts: str, figures_of: str | None = None
) -> tuple[str, list[object]]:
    """A WHERE clause and its values; `texts` are the columns in which each word of the text may stand.

    Where the rows are no figures, `figures_of` says which figures are theirs: they have one of the wanted kind.
    """
    clauses: list[str] = []
    values: list[object] = []
    of_figure, figure_values = _figure_conditions(selection)
    for spec, value in active_filters(selection):
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
