"""How similarly two libraries, or two settings, answer earlier searches, for which no correct answers are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from explorer.catalog.records import FigureRecord
from explorer.errors import QueryError
from explorer.evaluate.metrics import COMPARED_RANKS, OVERLAPS, Metrics, Summary, overlaps_of, summarize
from explorer.evaluate.questions import picture_of
from explorer.ingest.report import Progress
from explorer.search.hits import Hit, Result

MAX_CHANGED = 10

AnswerFunction = Callable[[str], Result]
"""Searches a line on one side and returns the result."""


@dataclass(frozen=True, slots=True)
class RankedRecord:
    """A figure or item in the result of one side: its image or document, and its id in the library of that side."""

    name: str
    id: str


@dataclass(frozen=True, slots=True)
class RankingChange:
    """A search with different results: `came` are in the first ten of B only, `went` in those of A only."""

    query: str
    marks: Metrics
    first_a: RankedRecord | None
    first_b: RankedRecord | None
    came: tuple[RankedRecord, ...]
    went: tuple[RankedRecord, ...]


@dataclass(frozen=True, slots=True)
class SkippedSearch:
    """A search that was not compared, and the reason."""

    query: str
    reason: str


@dataclass(frozen=True, slots=True)
class RankingOverlap:
    """The overlap of A and B, the number of searches with another first hit, and the searches that changed most."""

    stays: Summary
    other_first: int
    changed: tuple[RankingChange, ...]
    skipped: tuple[SkippedSearch, ...]


@dataclass(frozen=True, slots=True)
class _RankingPair:
    """The first ten hits of a query on both sides, best first, by picture. Figures with the same picture count once."""

    query: str
    a: Mapping[str, RankedRecord]
    b: Mapping[str, RankedRecord]

    @property
    def is_changed(self) -> bool:
        return list(self.a) != list(self.b)

    @property
    def has_another_first(self) -> bool:
        return list(self.a)[:1] != list(self.b)[:1]


def compare_rankings(
    a: AnswerFunction, b: AnswerFunction, lines: Sequence[str], progress: Progress
) -> RankingOverlap:
    """Search every line on both sides. A line that one side cannot search, or that has no results, is skipped."""
    pairs: list[_RankingPair] = []
    skipped: list[SkippedSearch] = []
    with progress.track(lines, "Asking both") as work:
        for line in work:
            try:
                pair = _RankingPair(line, _first_of(a(line)), _first_of(b(line)))
            except QueryError as error:  # the line refers to a figure that one side does not have
                skipped.append(SkippedSearch(line, str(error)))
            else:
                if pair.a or pair.b:
                    pairs.append(pair)
                else:
                    skipped.append(SkippedSearch(line, "neither side finds anything"))
    overlaps = overlaps_of([list(pair.a) for pair in pairs], [list(pair.b) for pair in pairs])
    return RankingOverlap(
        stays=summarize(overlaps, OVERLAPS),
        other_first=sum(pair.has_another_first for pair in pairs),
        changed=_most_changed(pairs, overlaps),
        skipped=tuple(skipped),
    )


def _first_of(result: Result) -> Mapping[str, RankedRecord]:
    first: dict[str, RankedRecord] = {}
    for hit in result.hits:
        first.setdefault(
            _key(hit), RankedRecord(getattr(hit.record, "image", None) or hit.record.document, hit.id)
        )
        if len(first) == COMPARED_RANKS:
            break
    return first


def _key(hit: Hit) -> str:
    return picture_of(hit.record) if isinstance(hit.record, FigureRecord) else hit.id


def _most_changed(pairs: Sequence[_RankingPair], overlaps: Sequence[Metrics]) -> tuple[RankingChange, ...]:
    """Return the searches with the lowest rank-biased overlap: a new first figure weighs more than a new tenth one."""
    order = sorted(range(len(pairs)), key=lambda n: overlaps[n]["rbo"])
    return tuple([_ranking_change(pairs[n], overlaps[n]) for n in order if pairs[n].is_changed][:MAX_CHANGED])


def _ranking_change(pair: _RankingPair, overlaps: Metrics) -> RankingChange:
    return RankingChange(
        query=pair.query,
        marks=overlaps,
        first_a=next(iter(pair.a.values()), None),
        first_b=next(iter(pair.b.values()), None),
        came=tuple(record for key, record in pair.b.items() if key not in pair.a),
        went=tuple(record for key, record in pair.a.items() if key not in pair.b),
    )
