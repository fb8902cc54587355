"""Metrics of rankings: per query, by ir_measures, and summarised over queries, with confidence intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

# recall@k is the share of queries with a relevant picture among the first k, as in papers on text-to-image retrieval;
# ir_measures calls it Success.
METRICS: Final = ("recall@1", "recall@5", "recall@10", "mrr", "ndcg@10")

OVERLAPS: Final = ("overlap@10", "rbo")
COMPARED_RANKS = 10
RBO_PERSISTENCE = 0.9  # of rank-biased overlap: the first ten ranks have 86 % of the weight

CONFIDENCE_PERCENT = 95
RESAMPLES = 2000
SEED = 20240309

Metrics = Mapping[str, float]
"""The metrics of one query by name."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The pictures that a query retrieved, best first and each once, and the relevant ones."""

    retrieved: Sequence[str]
    relevant: frozenset[str]

    @property
    def rank(self) -> int | None:
        """The rank of the first relevant picture, or None if none was retrieved."""
        return next(
            (rank for rank, picture in enumerate(self.retrieved, 1) if picture in self.relevant), None
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over queries with its 95 % confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Summary:
    """The mean metrics of several queries."""

    queries: int
    metrics: Mapping[str, Estimate]

    def plain(self) -> dict[str, object]:
        """Return the summary as a dictionary with stable keys, for JSON."""
        estimates = {
            name: {
                "value": round(estimate.value, 4),
                "low": round(estimate.low, 4),
                "high": round(estimate.high, 4),
            }
            for name, estimate in self.metrics.items()
        }
        return {"queries": self.queries, **estimates}


def metrics_of(rankings: Sequence[Ranking]) -> list[Metrics]:
    """Return the METRICS of each ranking."""
    import ir_measures  # takes 100 ms, and only evaluations need it

    names = {
        ir_measures.Success @ 1: "recall@1",
        ir_measures.Success @ 5: "recall@5",
        ir_measures.Success @ 10: "recall@10",
        ir_measures.RR: "mrr",
        ir_measures.nDCG @ 10: "ndcg@10",
    }
    gains = [dict.fromkeys(ranking.relevant, 1) for ranking in rankings]
    return _compute_metrics(names, gains, [ranking.retrieved for ranking in rankings])


def overlaps_of(before: Sequence[Sequence[str]], after: Sequence[Sequence[str]]) -> list[Metrics]:
    """Return the OVERLAPS of the rankings of each query before and after a change; 1 means equal rankings.

    overlap@10 is the share of the first ten that are among the first ten again. rbo is the rank-biased overlap
    (Webber, Moffat and Zobel, 2010), in which the first ranks weigh most; in ir_measures it is the compatibility
    with an ideal ranking (Clarke, Vtyurina and Smucker, 2021).
    """
    import ir_measures

    names = {ir_measures.R @ 10: "overlap@10", ir_measures.Compat(p=RBO_PERSISTENCE): "rbo"}
    gains = [
        {name: COMPARED_RANKS - place for place, name in enumerate(ranking[:COMPARED_RANKS])}
        for ranking in before
    ]
    return _compute_metrics(names, gains, [ranking[:COMPARED_RANKS] for ranking in after])


def _compute_metrics(
    names: Mapping[Any, str], gains: Sequence[Mapping[str, int]], rankings: Sequence[Sequence[str]]
) -> list[Metrics]:
    """Return the metrics of each query. `names` maps measures of ir_measures to our names, `gains` are by query."""
    import ir_measures

    qrels = {str(n): dict(query_gains) for n, query_gains in enumerate(gains)}
    scores = {
        str(n): {name: float(-place) for place, name in enumerate(ranking)}
        for n, ranking in enumerate(rankings)
    }
    metrics = [dict.fromkeys(names.values(), 0.0) for _ in rankings]
    for result in ir_measures.iter_calc(list(names), qrels, scores):
        metrics[int(result.query_id)][names[result.measure]] = float(result.value)
    return list(metrics)


def summarize(metrics_of_queries: Sequence[Metrics], names: Sequence[str] = METRICS) -> Summary:
    """Return means with percentile bootstrap intervals over queries (Efron, 1979). The result is deterministic.

    For differences between two sides this is the paired bootstrap: each query is drawn with its difference.
    """
    if not metrics_of_queries:
        return Summary(0, {name: Estimate(0.0, 0.0, 0.0) for name in names})
    rows = np.array([[metrics[name] for name in names] for metrics in metrics_of_queries], dtype=np.float64)
    low, high = np.percentile(_resampled_means(rows), _tails(), axis=0)
    estimates = map(Estimate, rows.mean(axis=0).tolist(), low.tolist(), high.tolist())
    return Summary(len(metrics_of_queries), dict(zip(names, estimates, strict=True)))


def _resampled_means(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the means (RESAMPLES, metrics) of rows (queries, metrics) drawn with replacement."""
    count = len(rows)
    drawn = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
    means: NDArray[np.float64] = drawn @ rows / count
    return means


def _tails() -> tuple[float, float]:
    tail = (100 - CONFIDENCE_PERCENT) / 2
    return tail, 100 - tail
