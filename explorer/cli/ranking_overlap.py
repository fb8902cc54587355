"""The output of `explorer compare --history`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from explorer.cli import render
from explorer.cli.evaluation import first_reasons, interval
from explorer.cli.output import Output

if TYPE_CHECKING:
    from explorer.types import RankedRecord, RankingChange, RankingOverlap

MAX_SHOWN_NAMES = 3


def overlap_output(overlap: RankingOverlap) -> Output:
    """Return the overlap of two rankings as the output of a command."""
    return Output([_overlap_json(overlap)], partial(_print_overlap, overlap))


def _print_overlap(overlap: RankingOverlap) -> None:
    metrics = overlap.stays.metrics
    render.print_pairs(
        [
            (
                "searches",
                f"{overlap.stays.queries}, of which {overlap.other_first} have another first hit in B",
            ),
            (
                "overlap@10",
                f"{interval(metrics['overlap@10'])} of A's first ten hits are among the first ten of B",
            ),
            (
                "rbo",
                f"{interval(metrics['rbo'])} overlap of the first ten hits, where the first ranks count most",
            ),
        ]
    )
    print()
    render.print_table(
        ("search", "overlap@10", "first in A", "first in B", "came", "went"),
        [
            (
                shift.query,
                f"{shift.marks['overlap@10']:.1f}",
                _name(shift.first_a),
                _name(shift.first_b),
                _names(shift.came),
                _names(shift.went),
            )
            for shift in overlap.changed
        ],
        empty="A and B give the same hits.",
    )
    if overlap.skipped:
        print()
        reasons = [f"{search.query}: {search.reason}" for search in overlap.skipped]
        render.print_pairs([("skipped", first_reasons(reasons))])


def _overlap_json(overlap: RankingOverlap) -> dict[str, Any]:
    return {
        **overlap.stays.plain(),
        "other_first": overlap.other_first,
        "changed": [_shift_json(shift) for shift in overlap.changed],
        "skipped": [render.as_json(search) for search in overlap.skipped],
    }


def _shift_json(shift: RankingChange) -> dict[str, Any]:
    marks = {name: round(mark, 4) for name, mark in shift.marks.items()}
    other_fields = render.as_json(shift, without=("query", "marks"))
    return {"query": shift.query, **marks, **other_fields}


def _name(record: RankedRecord | None) -> str:
    return record.name if record else "-"


def _names(records: Sequence[RankedRecord]) -> str:
    names = [record.name for record in records[:MAX_SHOWN_NAMES]]
    more = len(records) - len(names)
    return ", ".join([*names, *([f"{more} more"] if more else [])])
