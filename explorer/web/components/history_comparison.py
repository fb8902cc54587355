"""The result of a comparison by past searches: how many hits stay, and which went and came."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from markupsafe import Markup

from explorer.types import RankingChange
from explorer.web.components import comparison_report as report
from explorer.web.components.comparison_report import ChangedQuery, Row, ShownHit
from explorer.web.state.comparison_job import Column, HistoryComparison


def show(comparison: HistoryComparison) -> None:
    """Show the metrics, and the pictures of the searches that changed most."""
    overlap = comparison.overlap
    facts = {
        "A": comparison.a.label,
        "B": comparison.b.label,
        "Searches": f"{overlap.stays.queries:,}, of which {overlap.other_first:,} have another first hit in B",
    }
    note = "The right hits of past searches are not known. Means with their 95 % confidence intervals."
    report.show_metrics(facts, {"A and B": overlap.stays.plain()}, label="Overlap of the hits", note=note)
    queries = [
        _changed_query(shift, *columns)
        for shift, columns in zip(overlap.changed, comparison.columns, strict=True)
    ]
    report.show_changed(queries, if_none="No search changed.")
    report.show_skipped([f"{skipped.query}: {skipped.reason}" for skipped in overlap.skipped])


def _changed_query(shift: RankingChange, column_a: Column, column_b: Column) -> ChangedQuery:
    overlap = shift.marks["overlap@10"]
    note = f"{overlap:.0%} of A’s first ten hits are also in B; {len(shift.went)} only in A, {len(shift.came)} only in B"
    return ChangedQuery(shift.query, list(_rows(column_a, column_b)), note)


def _rows(column_a: Column, column_b: Column) -> Iterator[Row]:
    """Yield the first hit of each side, and then, smaller, the hits that only one side has."""
    yield ShownHit(column_a[0], "A: first"), ShownHit(column_b[0], "B: first")
    for went, came in zip_longest(column_a[1:], column_b[1:]):
        yield _small(went, "only in A"), _small(came, "only in B")


def _small(picture: Markup | None, caption: str) -> ShownHit | None:
    return None if picture is None else ShownHit(picture, caption, is_small=True)
