"""Calibrate similarities: how far a point is above the similarities of the query to a sample of the library.

Cosines of different legs, and of different queries in one leg, have different scales: CLIP text-text 0.6-0.9,
text-picture 0.15-0.35. Standard deviations above the query's own background can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.index import Equals, Filter, HasVector, Index, Leg, Nearest, Recommend, Sparse, Vector
from explorer.representation.legs import TERMS

SAMPLE_SIZE = 512
# Fewer points than this give no reliable deviation: a typical one is used instead.
MIN_SAMPLE = 8
TYPICAL_SPREAD = 0.1
# If all pictures are alike, a deviation of zero would make every difference infinite.
MIN_SPREAD = 0.01


@dataclass(frozen=True, slots=True)
class ScoreDistribution:
    """Mean and standard deviation of the similarities of a query in one leg."""

    mean: float
    deviation: float

    def zscore(self, similarity: float) -> float:
        """Return the standard deviations of a similarity above the mean."""
        return (similarity - self.mean) / self.deviation

    def closeness(self, similarity: float) -> float:
        """Return a cosine as a share of the way from the mean, 0, to the same vector, 1."""
        return (similarity - self.mean) / max(1 - self.mean, MIN_SPREAD)


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """The vectors of sampled points as rows. Those of point n begin at row starts[n]."""

    rows: Vector
    starts: NDArray[np.intp]

    @classmethod
    def of(cls, points: Sequence[Vector]) -> _Sample:
        stacked = [np.atleast_2d(vectors) for vectors in points]
        lengths = [len(vectors) for vectors in stacked]
        rows = np.concatenate(stacked) if stacked else np.zeros((0, 1), dtype=np.float32)
        return cls(rows, np.cumsum([0, *lengths[:-1]], dtype=np.intp))

    def similarities(self, query: Nearest | Recommend) -> NDArray[np.float64]:
        """Return the score of each point as in the index: cosine, MaxSim over several vectors, or liked minus disliked."""
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
    """Compares scores with samples of one generation. Each sample is drawn once."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._samples: dict[tuple[str, str], _Sample] = {}
        self._counts: dict[str, int] = {}

    def distribution(self, leg: Leg, kind: str, scores: Mapping[str, float]) -> ScoreDistribution:
        """Return the distribution of the scores in a leg. For terms, all points count; `scores` are those above zero."""
        if isinstance(leg.query, Nearest) and isinstance(leg.query.vector, Sparse):
            return _distribution_of_terms(scores, self.count(kind))
        return _distribution(self._sample(leg.name, kind).similarities(leg.query))

    def _sample(self, name: str, kind: str) -> _Sample:
        if (name, kind) not in self._samples:
            where = Filter((Equals("kind", kind), HasVector(name)))
            self._samples[name, kind] = _Sample.of(self._index.sample(name, SAMPLE_SIZE, where))
        return self._samples[name, kind]

    def has_vectors(self, name: str, kind: str) -> bool:
        """Return whether any point of a kind has a vector in a leg. Every point may have terms."""
        return name == TERMS or bool(len(self._sample(name, kind).rows))

    def count(self, kind: str) -> int:
        """Return the number of points of a kind."""
        if kind not in self._counts:
            self._counts[kind] = self._index.count(Filter((Equals("kind", kind),)))
        return self._counts[kind]


def median_and_deviation(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the median and a robust standard deviation: 1.4826 times the median absolute deviation.

    A few large values do not change them. For normal values the second is the standard deviation (Hampel, 1974).
    """
    median = float(np.median(values))
    return median, 1.4826 * float(np.median(np.abs(values - median)))


def _distribution(similarities: NDArray[np.float64]) -> ScoreDistribution:
    """Return the robust distribution of similarities.

    The hits of the query are in the sample too and must not count as background. If most pictures of the library are
    alike, the robust deviation is nearly zero: half the standard deviation is its minimum.
    """
    if len(similarities) < MIN_SAMPLE:
        return ScoreDistribution(float(similarities.mean()) if len(similarities) else 0.0, TYPICAL_SPREAD)
    median, deviation = median_and_deviation(similarities)
    return ScoreDistribution(median, max(deviation, float(similarities.std()) / 2, MIN_SPREAD))


def _distribution_of_terms(scores: Mapping[str, float], count: int) -> ScoreDistribution:
    """Return the distribution of term scores. Points that share no word with the query score zero and count too."""
    values = np.fromiter(scores.values(), dtype=np.float64, count=len(scores))
    count = max(count, len(values), MIN_SAMPLE)
    mean = float(values.sum()) / count
    deviation = float(np.sqrt(max((values**2).sum() / count - mean**2, 0.0)))
    return ScoreDistribution(mean, max(deviation, MIN_SPREAD))
