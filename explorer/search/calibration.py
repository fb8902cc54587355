"""How similar anything is to a query: the background against which a leg's similarities are read.

Cosines of different legs, and of different queries in one leg, live on different scales: CLIP text-text 0.6-0.9,
text-picture 0.15-0.35. What compares is how many standard deviations a point stands above the query's own
background: its similarities to a sample of the library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.index import Equals, Filter, HasVector, Index, Leg, Nearest, Recommend, Sparse, Vector

SAMPLE_SIZE = 512
# Fewer points than this give no spread worth the name: the deviation is then measured against a typical one.
MIN_SAMPLE = 8
TYPICAL_SPREAD = 0.1
# A background without any spread (all pictures alike) must not make every difference infinite.
MIN_SPREAD = 0.01


@dataclass(frozen=True, slots=True)
class ScoreDistribution:
    """Middle and standard deviation of a query's similarities in one leg."""

    mean: float
    deviation: float

    def of(self, similarity: float) -> float:
        """Standard deviations above the background."""
        return (similarity - self.mean) / self.deviation


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """Vectors of sampled points, one below the other; those of point n begin at row starts[n]."""

    rows: Vector
    starts: NDArray[np.intp]

    @classmethod
    def of(cls, points: Sequence[Vector]) -> _Sample:
        stacked = [np.atleast_2d(vectors) for vectors in points]
        lengths = [len(vectors) for vectors in stacked]
        rows = np.concatenate(stacked) if stacked else np.zeros((0, 1), dtype=np.float32)
        return cls(rows, np.cumsum([0, *lengths[:-1]], dtype=np.intp))

    def similarities(self, query: Nearest | Recommend) -> NDArray[np.float64]:
        """Per point as the index scores it: cosine, MaxSim over several vectors, or liked less disliked."""
        if not len(self.rows):
            return np.zeros(0)
        if isinstance(query, Recommend):
            liked = sum((self._best(vector) for vector in query.positive), start=np.zeros(len(self.starts)))
            return sum((-self._best(vector) for vector in query.negative), start=liked)
        assert not isinstance(query.vector, Sparse)
        return self._best(query.vector)

    def _best(self, vector: Vector) -> NDArray[np.float64]:
        best: NDArray[np.float64] = np.maximum.reduceat((self.rows @ vector).astype(np.float64), self.starts)
        return best


class ScoreCalibrator:
    """Samples of one generation, drawn once, against which queries are measured."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._samples: dict[tuple[str, str], _Sample] = {}
        self._counts: dict[str, int] = {}

    def spread(self, leg: Leg, kind: str, scores: Mapping[str, float]) -> ScoreDistribution:
        """The background of a leg; for terms, all points count, and `scores` are those above zero."""
        if isinstance(leg.query, Nearest) and isinstance(leg.query.vector, Sparse):
            return _spread_of_terms(scores, self.count(kind))
        return _spread(self._sample(leg.name, kind).similarities(leg.query))

    def _sample(self, name: str, kind: str) -> _Sample:
        if (name, kind) not in self._samples:
            where = Filter((Equals("kind", kind), HasVector(name)))
            self._samples[name, kind] = _Sample.of(self._index.sample(name, SAMPLE_SIZE, where))
        return self._samples[name, kind]

    def count(self, kind: str) -> int:
        """How many points of a kind there are."""
        if kind not in self._counts:
            self._counts[kind] = self._index.count(Filter((Equals("kind", kind),)))
        return self._counts[kind]


def median_and_deviation(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the median and a robust standard deviation: 1.4826 times the median absolute deviation.

    Few large values do not move them. For normal values the second is the standard deviation (Hampel, 1974).
    """
    middle = float(np.median(values))
    return middle, 1.4826 * float(np.median(np.abs(values - middle)))


def _spread(similarities: NDArray[np.float64]) -> ScoreDistribution:
    """The robust distribution of similarities.

    The hits of the query are in the sample too, and must not count as background. If most of the library is alike the
    robust deviation collapses; half the standard deviation is its floor.
    """
    if len(similarities) < MIN_SAMPLE:
        return ScoreDistribution(float(similarities.mean()) if len(similarities) else 0.0, TYPICAL_SPREAD)
    middle, deviation = median_and_deviation(similarities)
    return ScoreDistribution(middle, max(deviation, float(similarities.std()) / 2, MIN_SPREAD))


def _spread_of_terms(scores: Mapping[str, float], count: int) -> ScoreDistribution:
    """Points that share no word with the query score zero, and count."""
    values = np.fromiter(scores.values(), dtype=np.float64, count=len(scores))
    count = max(count, len(values), MIN_SAMPLE)
    mean = float(values.sum()) / count
    deviation = float(np.sqrt(max((values**2).sum() / count - mean**2, 0.0)))
    return ScoreDistribution(mean, max(deviation, MIN_SPREAD))
