"""FAISS, of the extra `stores`. It has no payload: it filters by row numbers that the caller found elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from explorer.index.points import Vector
from explorer.index.query import Filter
from explorer.index.vector_stores.store import HNSW_EDGES, HNSW_EF, HNSW_EF_CONSTRUCT, Rows, StorePlace

if TYPE_CHECKING:
    import faiss


class FaissStore:
    """An index in one file, read into memory as a whole. `index` is the empty one."""

    def __init__(self, place: StorePlace, index: faiss.Index) -> None:
        self._folder = place.folder
        self._file = str(place.folder / "index.faiss")
        self._index = index

    def load(self, batches: Iterable[Rows]) -> None:
        """See VectorStore."""
        import faiss

        self._folder.mkdir(parents=True, exist_ok=True)
        for rows in batches:
            self._index.add(rows.vectors)
        faiss.write_index(self._index, self._file)

    def open(self, batches: Iterable[Rows]) -> None:  # noqa: ARG002
        """See VectorStore."""
        import faiss

        self._index = faiss.read_index(self._file)

    def search(self, vector: Vector, limit: int, where: Filter) -> list[int]:  # noqa: ARG002
        """See VectorStore."""
        _, [numbers] = self._index.search(vector[None], limit)
        return [int(number) for number in numbers if number >= 0]  # -1: fewer rows than the limit

    def close(self) -> None:
        """See VectorStore."""


def flat(place: StorePlace) -> FaissStore:
    """Return an index that compares every vector."""
    import faiss

    return FaissStore(place, faiss.IndexFlatIP(place.dim))


def hnsw(place: StorePlace) -> FaissStore:
    """Return an index with a graph."""
    import faiss

    index = faiss.IndexHNSWFlat(place.dim, HNSW_EDGES, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = HNSW_EF_CONSTRUCT
    index.hnsw.efSearch = HNSW_EF  # written to the file with the graph
    return FaissStore(place, index)
