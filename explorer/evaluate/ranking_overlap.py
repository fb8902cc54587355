"""How much two libraries, or two settings, answer alike what people searched for: nobody said what is right for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from explorer.catalog.records import FigureRecord
from explorer.errors import QueryError
from explorer.evaluate.metrics import COMPARED, OVERLAPS, Metrics, Summary, overlaps_of, summary
from explorer.evaluate.questions import picture_of
from explorer.ingest.report import Progress
from explorer.search.hits import Hit, Result

MOST_SHIFTED = 10

Answering = Callable[[str], Result]
"""Answers a line as one side does."""


@dataclass(frozen=True, slots=True)
class RankedRecord:
    """A figure or item that one side found: its image or document, and its id in that side's library."""

    name: str
    id: str


@dataclass(frozen=True, slots=True)
class Shift:
    """A search that B answers otherwise: what of B's first ten is not among A's (`came`), and the reverse (`went`)."""

    query: str
    marks: Metrics
    first_a: RankedRecord | None
    first_b: RankedRecord | None
    came: tuple[RankedRecord, ...]
    went: tuple[RankedRecord, ...]


@dataclass(frozen=True, slots=True)
class Unasked:
    """A search that was not compared, and why."""

    query: str
    reason: str


@dataclass(frozen=True, slots=True)
class RankingOverlap:
    """How much of what A answers stays in B, how many searches show another first hit, and those that changed most."""

    stays: Summary
    other_first: int
    changed: tuple[Shift, ...]
    skipped: tuple[Unasked, ...]


@dataclass(frozen=True, slots=True)
class _Both:
    """The first ten of both sides, best first: a picture once, whichever figure shows it, under its SHA-256."""

    query: str
    a: Mapping[str, RankedRecord]
    b: Mapping[str, RankedRecord]

    @property
    def is_shifted(self) -> bool:
        return list(self.a) != list(self.b)

    @property
    def has_another_first(self) -> bool:
        return list(self.a)[:1] != list(self.b)[:1]


def shifts(a: Answering, b: Answering, lines: Sequence[str], progress: Progress) -> RankingOverlap:
    """Asks both sides every line; one that a side cannot be asked, or that neither answers, is skipped."""
    asked: list[_Both] = []
    skipped: list[Unasked] = []
    with progress.track(lines, "Asking both") as work:
        for line in work:
            try:
                both = _Both(line, _first_of(a(line)), _first_of(b(line)))
            except QueryError as problem:  # it likes a figure that one of them does not have
                skipped.append(Unasked(line, str(problem)))
            else:
                if both.a or both.b:
                    asked.append(both)
                else:
                    skipped.append(Unasked(line, "neither side finds anything"))
    marks = overlaps_of([list(one.a) for one in asked], [list(one.b) for one in asked])
    return RankingOverlap(
        stays=summary(marks, OVERLAPS),
        other_first=sum(one.has_another_first for one in asked),
        changed=_most_shifted(asked, marks),
        skipped=tuple(skipped),
    )


def _first_of(result: Result) -> Mapping[str, RankedRecord]:
    first: dict[str, RankedRecord] = {}
    for hit in result.hits:
        first.setdefault(
            _key(hit), RankedRecord(getattr(hit.record, "image", None) or hit.record.document, hit.id)
        )
        if len(first) == COMPARED:
            break
    return first


def _key(hit: Hit) -> str:
    return picture_of(hit.record) if isinstance(hit.record, FigureRecord) else hit.id


def _most_shifted(asked: Sequence[_Both], marks: Sequence[Metrics]) -> tuple[Shift, ...]:
    """By rank-biased overlap: another first figure is more than another tenth."""
    order = sorted(range(len(asked)), key=lambda n: marks[n]["rbo"])
    return tuple([_shift(asked[n], marks[n]) for n in order if asked[n].is_shifted][:MOST_SHIFTED])


def _shift(both: _Both, marks: Metrics) -> Shift:
    return Shift(
        query=both.query,
        marks=marks,
        first_a=next(iter(both.a.values()), None),
        first_b=next(iter(both.b.values()), None),
        came=tuple(found for key, found in both.b.items() if key not in both.a),
        went=tuple(found for key, found in both.a.items() if key not in both.b),
    )
