"""What `explorer compare --history` tells."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from explorer.cli import render
from explorer.cli.evaluation import first_reasons, interval
from explorer.cli.output import Output

if TYPE_CHECKING:
    from explorer.types import RankedRecord, RankingOverlap, Shift

SHOWN_FOUND = 3


def overlap_output(done: RankingOverlap) -> Output:
    """Return the output of `explorer compare --history`."""
    return Output([_overlap_json(done)], partial(_print_overlap, done))


def _print_overlap(done: RankingOverlap) -> None:
    stays = done.stays.metrics
    render.print_pairs(
        [
            ("searches", f"{done.stays.queries}, of which {done.other_first} show another first hit in B"),
            (
                "overlap@10",
                f"{interval(stays['overlap@10'])} of A's first ten hits are among the first ten of B",
            ),
            ("rbo", f"{interval(stays['rbo'])} of the first ten stays, the first places counting most"),
        ]
    )
    print()
    render.print_table(
        ("search", "overlap@10", "first in A", "first in B", "came", "went"),
        [
            (
                one.query,
                f"{one.marks['overlap@10']:.1f}",
                _name(one.first_a),
                _name(one.first_b),
                _names(one.came),
                _names(one.went),
            )
            for one in done.changed
        ],
        empty="Both answer alike.",
    )
    if done.skipped:
        print()
        reasons = [f"{one.query}: {one.reason}" for one in done.skipped]
        render.print_pairs([("skipped", first_reasons(reasons))])


def _overlap_json(done: RankingOverlap) -> dict[str, Any]:
    return {
        **done.stays.plain(),
        "other_first": done.other_first,
        "changed": [_shift_json(one) for one in done.changed],
        "skipped": [render.as_json(one) for one in done.skipped],
    }


def _shift_json(one: Shift) -> dict[str, Any]:
    marks = {name: round(mark, 4) for name, mark in one.marks.items()}
    told = render.as_json(one, without=("query", "marks"))
    return {"query": one.query, **marks, **told}


def _name(found: RankedRecord | None) -> str:
    return found.name if found else "-"


def _names(found: Sequence[RankedRecord]) -> str:
    names = [one.name for one in found[:SHOWN_FOUND]]
    rest = len(found) - len(names)
    return ", ".join([*names, *([f"{rest} more"] if rest else [])])
