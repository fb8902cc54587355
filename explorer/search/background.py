"""How similar anything is to a query: the background against which a leg's similarities are read.

Cosines of different legs, and of different queries in one leg, live on different scales: CLIP text-text 0.6-0.9,
text-picture 0.15-0.35. What compares is how many standard deviations a point stands above the query's own
background: its similarities to a sample of the library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explorer.index import Equals, Filter, HasVector, Index, Leg, Nearest, Recommend, Sparse, Vector

SAMPLE_SIZE = 512
# Fewer points than this give no spread worth the name: the deviation is then measured against a typical one.
MIN_SAMPLE = 8
TYPICAL_SPREAD = 0.1


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and standard deviation of a query's similarities in one leg."""

    mean: float
    deviation: float

    def of(self, similarity: float) -> float:
        """Standard deviations above the background."""
        return (similarity - self.mean) / self.deviation


class Background:
    """Samples of one generation, drawn once, against which queries are measured."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._samples: dict[tuple[str, str], list[Vector]] = {}
        self._counts: dict[str, int] = {}

    def spread(self, leg: Leg, kind: str, scores: Mapping[str, float]) -> Spread:
        """The background of a leg; for terms, all points count, and `scores` are those above zero."""
        if isinstance(leg.query, Nearest) and isinstance(leg.query.vector, Sparse):
            return _spread_of_terms(scores, self.count(kind))
        sample = self._sample(leg.name, kind)
        similarities = np.array([_similarity(leg.query, vectors) for vectors in sample])
        return _spread(similarities)

    def _sample(self, name: str, kind: str) -> list[Vector]:
        if (name, kind) not in self._samples:
            where = Filter((Equals("kind", kind), HasVector(name)))
            self._samples[name, kind] = self._index.sample(name, SAMPLE_SIZE, where)
        return self._samples[name, kind]

    def count(self, kind: str) -> int:
        """How many points of a kind there are."""
        if kind not in self._counts:
            self._counts[kind] = self._index.count(Filter((Equals("kind", kind),)))
        return self._counts[kind]


def _similarity(query: Nearest | Recommend, vectors: Vector) -> float:
    """As the index scores it: cosine, MaxSim over several vectors, or liked less disliked."""
    rows = np.atleast_2d(vectors)
    if isinstance(query, Recommend):
        liked = sum(float((rows @ vector).max()) for vector in query.positive)
        return liked - sum(float((rows @ vector).max()) for vector in query.negative)
    assert not isinstance(query.vector, Sparse)
    return float((rows @ query.vector).max())


def _spread(similarities: np.ndarray) -> Spread:
    if len(similarities) < MIN_SAMPLE:
        return Spread(float(similarities.mean()) if len(similarities) else 0.0, TYPICAL_SPREAD)
    return Spread(float(similarities.mean()), max(float(similarities.std()), 1e-6))


def _spread_of_terms(scores: Mapping[str, float], count: int) -> Spread:
    """Points that share no word with the query score zero, and count."""
    values = np.fromiter(scores.values(), dtype=np.float64, count=len(scores))
    count = max(count, len(values), MIN_SAMPLE)
    mean = float(values.sum()) / count
    deviation = float(np.sqrt(max((values**2).sum() / count - mean**2, 0.0)))
    return Spread(mean, max(deviation, 1e-6))
