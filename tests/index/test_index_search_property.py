"""Any query, limit and filter: the k found are the k nearest that the filter keeps, up to rounding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from index_builders import filled, near, point

from explorer.index import Between, Filter

RNG = np.random.default_rng(3)
STORED = np.round(RNG.standard_normal((60, 3)), 1) + 0.01  # rounded: some are equal, many are close
EPSILON = 1e-4

# Short vectors are left out: their direction drowns in rounding.
queries = arrays(np.float32, 3, elements=some.floats(-4, 4, width=16)).filter(
    lambda v: np.linalg.norm(v) > 0.1
)
numbers = some.integers(0, len(STORED))


@pytest.fixture(scope="module")
def index(shared_store):
    return filled(shared_store, *(point(str(n), *vector, issue=n) for n, vector in enumerate(STORED)))


@settings(max_examples=150, deadline=None)
@given(query=queries, limit=some.integers(1, 70), bounds=some.tuples(numbers, numbers))
def test_the_nearest_are_found(index, query, limit, bounds):
    low, high = sorted(bounds)
    [hits] = index.search([near(*query, limit=limit, where=Filter((Between("issue", low, high),)))])
    stored = index.fetch([hit.id for hit in hits])
    found = {point.payload["issue"]: hit.score for hit, point in zip(hits, stored, strict=True)}
    raw_points = {n: cosine(STORED[n], query) for n in range(low, min(high + 1, len(STORED)))}
    kth = ([*sorted(raw_points.values(), reverse=True)[:limit], -1])[min(limit, len(raw_points)) - 1]
    assert len(hits) == len(found) == min(limit, len(raw_points))
    assert {n for n, score in raw_points.items() if score > kth + EPSILON} <= found.keys()
    assert all(
        abs(score - raw_points[n]) < EPSILON and raw_points[n] > kth - EPSILON for n, score in found.items()
    )


def cosine(left: np.ndarray, right: np.ndarray) -> float:
    return float(left @ right / np.linalg.norm(left) / np.linalg.norm(right))
