"""Two sides that were asked what people searched for: how much stays, and what came and went."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import zip_longest

from explorer.types import RankingChange
from explorer.web.components import comparison_report as report
from explorer.web.state.comparison_job import Column, Shifted


def show(done: Shifted) -> None:
    """The numbers, and the searches that changed most with pictures."""
    told = done.shifts
    facts = {
        "A": done.a.named,
        "B": done.b.named,
        "Searches": f"{told.stays.queries:,}, of which {told.other_first:,} show another first hit in B",
    }
    note = "Nobody said what is right for these. Beside each mean the interval that holds 95 %."
    report.numbers(facts, {"B beside A": told.stays.plain()}, of="How much stays", note=note)
    cards = [_changed(one, *columns) for one, columns in zip(told.changed, done.columns, strict=True)]
    report.changed(cards, none="No search changed.")
    report.not_asked([f"{one.query}: {one.reason}" for one in told.skipped])


def _changed(one: RankingChange, column_a: Column, column_b: Column) -> str:
    stays = f"{one.marks['overlap@10']:.0%} of A’s first ten stay; {len(one.went)} went, {len(one.came)} came"
    shown = "".join(_rows(column_a, column_b))
    return f'<li><p>{escape(one.query)}<br><span class="ax-quiet">{stays}</span></p>{shown}</li>'


def _rows(column_a: Column, column_b: Column) -> Iterator[str]:
    """A on the left, B on the right: what is first, and smaller what only that side has."""
    yield _picture(column_a[0], "A: first") + _picture(column_b[0], "B: first")
    for went, came in zip_longest(column_a[1:], column_b[1:]):
        yield _picture(went, "went", small=True) + _picture(came, "came", small=True)


def _picture(shown: str | None, said: str, *, small: bool = False) -> str:
    if shown is None:
        return "<span></span>"
    kind = ' class="ax-small"' if small else ""
    return f'<figure{kind}><div class="ax-ground">{shown}</div><figcaption>{said}</figcaption></figure>'
