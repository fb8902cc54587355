"""The legs of one search as the index runs them: nothing is computed twice, and some searches are timed leg by leg."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from explorer.index import Filter, Index, Leg, ScoredPoint
from explorer.search.calibration import ScoreDistribution
from explorer.search.hits import Reason

Answer = TypeVar("Answer")

_Key = tuple[str, str]
"""The name of a leg, and whether it compares the query itself or liked figures."""


class LegRuns:
    """Runs the legs of one search. Legs with the same name have the same query in the whole search.

    With `apart`, the index runs each leg alone, so that it can be timed. Together they take a sixth less time.
    """

    def __init__(self, index: Index, *, apart: bool = False) -> None:
        self._index = index
        self._apart = apart
        self._milliseconds: dict[str, float] = defaultdict(float)
        self._rankings: dict[tuple[_Key, Filter, int], list[ScoredPoint]] = {}
        self._scores: dict[_Key, dict[str, float]] = defaultdict(dict)

    @property
    def milliseconds(self) -> Mapping[str, float]:
        """The time of each leg and of each timed stage so far, by name; empty unless they run apart."""
        return dict(self._milliseconds) if self._apart else {}

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add the time of a block to that of a leg or stage."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._milliseconds[name] += (time.perf_counter() - started) * 1000

    def search(self, legs: Sequence[Leg]) -> list[list[ScoredPoint]]:
        """Return the ranking of each leg."""
        new = [leg for leg in legs if (_key(leg), leg.where, leg.limit) not in self._rankings]
        for leg, ranking in self._run(new, self._index.search):
            self._rankings[_key(leg), leg.where, leg.limit] = ranking
            self._scores[_key(leg)].update((scored.id, scored.score) for scored in ranking)
        return [self._rankings[_key(leg), leg.where, leg.limit] for leg in legs]

    def score(self, legs: Sequence[Leg], ids: Collection[str]) -> list[dict[str, float]]:
        """Return the score of each id in each leg, as the index does. Scores of rankings are exact, and known."""
        known_to_all = set.intersection(*(set(self._scores[_key(leg)]) for leg in legs)) if legs else set()
        unknown = set(ids) - known_to_all
        if unknown:
            for leg, scores in self._run(legs, lambda legs: self._index.score(legs, unknown)):
                self._scores[_key(leg)].update(scores)
        known = [self._scores[_key(leg)] for leg in legs]
        return [{id: scores[id] for id in ids if id in scores} for scores in known]

    def _run(
        self, legs: Sequence[Leg], run: Callable[[Sequence[Leg]], Sequence[Answer]]
    ) -> Iterator[tuple[Leg, Answer]]:
        if not self._apart:
            yield from zip(legs, run(legs) if legs else (), strict=True)
            return
        for leg in legs:
            with self.timed(leg.name):
                [answer] = run([leg])
            yield leg, answer


def _key(leg: Leg) -> _Key:
    return leg.name, type(leg.query).__name__


@dataclass(eq=False)
class LegResult:
    """The scores of one leg by candidate. `without` is the deviation of the other candidates; None: they have none."""

    name: str
    scores: Mapping[str, float]
    distribution: ScoreDistribution
    without: float | None = None

    @cached_property
    def deviations(self) -> Mapping[str, float]:
        """The deviation of each candidate that has a score."""
        return {id: self.distribution.zscore(score) for id, score in self.scores.items()}

    @cached_property
    def _ranks(self) -> Mapping[str, int]:
        ranked = sorted(sorted(self.scores), key=self.scores.__getitem__, reverse=True)
        return {id: rank for rank, id in enumerate(ranked, 1)}

    def reason(self, id: str) -> Reason:
        """Return the result of the leg for a candidate that has a score."""
        return Reason(self._ranks[id], self.scores[id], self.deviations[id])


@dataclass(eq=False)
class VerifiedResult:
    """The figures that share keypoints with a picture of the query."""

    name: str
    reasons: Mapping[str, Reason]
    without: None = None

    @cached_property
    def deviations(self) -> Mapping[str, float]:
        """The deviation of each figure."""
        return {id: reason.deviation for id, reason in self.reasons.items()}

    def reason(self, id: str) -> Reason:
        """Return the result for a figure that shares keypoints."""
        return self.reasons[id]
