"""How good rankings are: marks per query, by ir_measures, and what they say of all queries, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

# recall@k is the share of queries with a relevant picture among the first k: what papers on finding pictures by
# text call so, and what ir_measures calls Success.
METRICS: Final = ("recall@1", "recall@5", "recall@10", "mrr", "ndcg@10")

OVERLAPS: Final = ("overlap@10", "rbo")
COMPARED = 10  # places
PERSISTENCE = 0.9  # of rank-biased overlap: so the first ten places have 86 % of the weight of all

CONFIDENCE_PERCENT = 95
RESAMPLES = 2000
SEED = 20240309

Metrics = Mapping[str, float]
"""What one query earned, by metric."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a query found, best first and each once, and what it should have found."""

    found: Sequence[str]
    relevant: frozenset[str]

    @property
    def rank(self) -> int | None:
        """The place of the first that is relevant; None where none was found."""
        return next((rank for rank, one in enumerate(self.found, 1) if one in self.relevant), None)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over queries, and the interval in which 95 % of such samples of queries would have it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Summary:
    """The marks of several queries together."""

    queries: int
    metrics: Mapping[str, Estimate]

    def plain(self) -> dict[str, object]:
        """The same as an object with stable keys."""
        estimates = {
            name: {"value": round(one.value, 4), "low": round(one.low, 4), "high": round(one.high, 4)}
            for name, one in self.metrics.items()
        }
        return {"queries": self.queries, **estimates}


def metrics_of(rankings: Sequence[Ranking]) -> list[Metrics]:
    """The marks of each ranking."""
    import ir_measures  # 100 ms, and only who measures needs it

    names = {
        ir_measures.Success @ 1: "recall@1",
        ir_measures.Success @ 5: "recall@5",
        ir_measures.Success @ 10: "recall@10",
        ir_measures.RR: "mrr",
        ir_measures.nDCG @ 10: "ndcg@10",
    }
    wanted = [dict.fromkeys(one.relevant, 1) for one in rankings]
    return _marks(names, wanted, [one.found for one in rankings])


def overlaps_of(before: Sequence[Sequence[str]], after: Sequence[Sequence[str]]) -> list[Metrics]:
    """How much of what each query found before it finds after, best first: OVERLAPS; 1 where nothing changed.

    overlap@10 is the share of the first ten that are among the first ten again. rbo is the rank-biased overlap of both
    (Webber, Moffat and Zobel, 2010), in which the first places count most; ir_measures has it as the compatibility
    with an ideal ranking (Clarke, Vtyurina and Smucker, 2021).
    """
    import ir_measures

    names = {ir_measures.R @ 10: "overlap@10", ir_measures.Compat(p=PERSISTENCE): "rbo"}
    wanted = [{name: COMPARED - place for place, name in enumerate(one[:COMPARED])} for one in before]
    return _marks(names, wanted, [one[:COMPARED] for one in after])


def _marks(
    names: Mapping[Any, str], wanted: Sequence[Mapping[str, int]], found: Sequence[Sequence[str]]
) -> list[Metrics]:
    """What each query earned by measures of ir_measures (`names` says what we call them); `wanted` are its gains."""
    import ir_measures

    gains = {str(n): dict(one) for n, one in enumerate(wanted)}
    scores = {str(n): {name: float(-place) for place, name in enumerate(one)} for n, one in enumerate(found)}
    marks = [dict.fromkeys(names.values(), 0.0) for _ in found]
    for metric in ir_measures.iter_calc(list(names), gains, scores):
        marks[int(metric.query_id)][names[metric.measure]] = float(metric.value)
    return list(marks)


def summary(marks: Sequence[Metrics], metrics: Sequence[str] = METRICS) -> Summary:
    """Means with percentile bootstrap intervals over queries (Efron, 1979); always the same for the same marks.

    Of differences of marks it is the paired bootstrap: a query is drawn with what it earned on both sides.
    """
    if not marks:
        return Summary(0, {name: Estimate(0.0, 0.0, 0.0) for name in metrics})
    rows = np.array([[one[name] for name in metrics] for one in marks], dtype=np.float64)
    low, high = np.percentile(_resampled_means(rows), _tails(), axis=0)
    estimates = map(Estimate, rows.mean(axis=0).tolist(), low.tolist(), high.tolist())
    return Summary(len(marks), dict(zip(metrics, estimates, strict=True)))


def _resampled_means(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The means (RESAMPLES, metrics) of rows (queries, metrics) drawn with replacement."""
    count = len(rows)
    drawn = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
    means: NDArray[np.float64] = drawn @ rows / count
    return means


def _tails() -> tuple[float, float]:
    tail = (100 - CONFIDENCE_PERCENT) / 2
    return tail, 100 - tail
