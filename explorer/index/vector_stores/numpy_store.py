"""The exact comparison with every vector in NumPy: the reference."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from explorer.index.points import Vector
from explorer.index.query import Filter
from explorer.index.vector_stores.store import Rows, StorePlace


class NumpyStore:
    """One array in a file."""

    def __init__(self, place: StorePlace) -> None:
        self._folder = place.folder
        self._file = place.folder / "vectors.npy"

    def load(self, batches: Iterable[Rows]) -> None:
        """See VectorStore."""
        self._folder.mkdir(parents=True, exist_ok=True)
        np.save(self._file, np.concatenate([rows.vectors for rows in batches]))

    def open(self, batches: Iterable[Rows]) -> None:  # noqa: ARG002
        """See VectorStore."""
        self._vectors: Vector = np.load(self._file)

    def search(self, vector: Vector, limit: int, where: Filter) -> list[int]:  # noqa: ARG002
        """See VectorStore."""
        scores = self._vectors @ vector
        count = min(limit, len(scores))
        nearest = np.argpartition(-scores, count - 1)[:count]
        return [int(number) for number in nearest[np.argsort(-scores[nearest])]]

    def close(self) -> None:
        """See VectorStore."""
