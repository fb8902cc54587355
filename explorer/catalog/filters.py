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

COLOUR_NAMES: Final = (
    "black", "grey", "white", "red", "orange", "brown", "yellow", "green", "blue", "purple", "pink",
)  # fmt: skip
ORIENTATIONS: Final = ("landscape", "portrait", "square")
PICTURE_KINDS: Final = ("photo", "drawing", "plot", "diagram", "table", "screenshot", "map")
"""The kinds that embeddings.picture_kinds tells apart, in its order."""
UNSURE: Final = "unsure"

NEWEST_FIRST: Final = "issue.date DESC, issue.document, issue.id"
"""The order of lists in SQL."""


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a search or a list. Dates are ISO (2024, 2024-03 or 2024-03-09) and inclusive."""

    issue_id: str | None = None
    number: int | None = None
    document: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    has_caption: bool | None = None
    has_text: bool | None = None
    colour: str | None = None
    orientation: str | None = None
    picture_kind: str | None = None
    credit: str | None = None


NO_FILTERS: Final = Filters()


@dataclass(frozen=True, slots=True)
class FilterSpec:
    """How one filter is written and applied."""

    name: str
    """The field of Filters."""
    type: type[str] | type[int] | type[bool]
    sql: str
    """A condition with a question mark for the value. For a bool: the condition for True."""
    of_figure: bool = False
    """Whether the condition is about figures. Items and issues pass if one of their figures passes."""
    index_field: str = ""
    """The payload field that holds the value."""
    match: Literal["equals", "from", "to"] = "equals"
    option: str | None = None
    """The option of the command line. A bool has two."""
    help: str = ""
    url: str | None = None
    """The key in the address of a page."""
    label: str | None = None
    """The label of its field in the app; None if it has no field."""
    choices: tuple[str, str, str] | None = None
    """The labels of the three choices of a bool in the app: no restriction, True, False."""
    key: str | None = None
    """The key in a typed line: `issue:36`. A bool is written `has:caption` or `no:caption`."""
    pattern: re.Pattern[str] = re.compile(r".+", re.DOTALL)
    """The values that may follow the colon."""
    words: Callable[[FilterValue], str] = str
    """The filter in words: "in issue 36"."""

    is_facet: bool = False
    """Whether the app shows its values with the number of figures. The value is a trait of that name (derived_tables.py)."""

    @property
    def is_date(self) -> bool:
        """Whether the value is a date."""
        return self.match != "equals"


def _has_trait(name: str, value: str = "?") -> str:
    """Return the SQL condition for figures with a trait."""
    return f"figure.id IN (SELECT figure_id FROM figure_trait WHERE name = '{name}' AND value = {value})"


def _kind_in_words(value: FilterValue) -> str:
    return "of an unsure kind" if value == UNSURE else f"{value}s"


# A value that begins with a digit is read as a date. The date is checked where it is used.
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
        # "2024-03" as an end includes the whole month: a longer date is compared by its first characters.
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
        help="Only the issue with this number.",
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
        "has_text",
        bool,
        _has_trait("text", "'yes'"),
        of_figure=True,
        index_field="has_text",
        option="--has-text/--no-text",
        help="Only pictures in which text was read (explorer enrich), or without such text.",
        url="text",
        key="text",
        words=lambda value: "with text in the picture" if value else "without text in the picture",
    ),
    FilterSpec(
        "colour",
        str,
        _has_trait("colour"),
        of_figure=True,
        index_field="colours",
        option="--colour",
        help=f"Only pictures with this colour: {', '.join(COLOUR_NAMES)}.",
        url="colour",
        key="colour",
        pattern=re.compile("|".join(COLOUR_NAMES)),
        words=lambda value: f"with {value}",
        is_facet=True,
    ),
    FilterSpec(
        "orientation",
        str,
        _has_trait("orientation"),
        of_figure=True,
        index_field="orientation",
        option="--orientation",
        help=f"Only pictures of this shape: {', '.join(ORIENTATIONS)}.",
        url="shape",
        key="shape",
        pattern=re.compile("|".join(ORIENTATIONS)),
        words=lambda value: f"{value} pictures",
        is_facet=True,
    ),
    FilterSpec(
        "picture_kind",
        str,
        _has_trait("picture_kind"),
        of_figure=True,
        index_field="picture_kind",
        option="--picture-kind",
        help=f"Only pictures of this kind: {', '.join(PICTURE_KINDS)} or {UNSURE}.",
        url="is",
        key="is",
        pattern=re.compile("|".join((*PICTURE_KINDS, UNSURE))),
        words=_kind_in_words,
        is_facet=True,
    ),
    FilterSpec(
        "credit",
        str,
        _has_trait("credit"),
        of_figure=True,
        index_field="credit",
        option="--credit",
        help="Only figures with this credit, as the archive writes it.",
        url="credit",
        key="credit",
        words=lambda value: f"with the credit “{value}”",
        is_facet=True,
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
    """Yield each filter that has a value, with the value."""
    for spec in FILTERS:
        value = getattr(filters, spec.name)
        if value is not None:
            yield spec, value


def merge_filters(typed: Filters, options: Filters) -> Filters:
    """Return the filters of a typed line and of options together. The options win."""
    values: dict[str, Any] = {
        spec.name: value
        for filters in (typed, options)
        for spec, value in active_filters(filters)
        if value != ""
    }
    return Filters(**values)


def where_clause(
    selection: Selection, *texts: str, figures_of: str | None = None
) -> tuple[str, list[object]]:
    """Return a WHERE clause and its values.

    Args:
        selection: Filters and words.
        *texts: Columns. Each word must occur in one of them.
        figures_of: For rows that are not figures: the condition that connects a row with its figures. Conditions on
            figures then hold if one figure of the row fulfils all of them.
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
    """Return the conditions on figures that only lists have, and the value of each of their question marks."""
    columns = {
        "figure.status = ?": selection.status,
        "figure.sha256 = ?": selection.sha256,
        "(figure.sha256 = ? OR figure.sha256 IN (SELECT sha256 FROM picture_group WHERE name = ?))": selection.group,
    }
    used = {clause: value for clause, value in columns.items() if value is not None}
    return list(used), [value for clause, value in used.items() for _ in range(clause.count("?"))]
