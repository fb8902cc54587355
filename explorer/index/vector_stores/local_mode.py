"""The local mode of qdrant-client: a Qdrant in Python, used as its documentation shows."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from qdrant_client import QdrantClient, models

from explorer.index.points import Vector
from explorer.index.query import Filter
from explorer.index.server.requests import to_filter
from explorer.index.vector_stores.store import COLLECTION, VECTOR, Rows, StorePlace


class LocalMode:
    """qdrant-client without a server."""

    def __init__(self, client: QdrantClient, place: StorePlace, *, is_in_memory: bool) -> None:
        warnings.simplefilter("ignore")  # it warns above 20,000 points
        self._client = client
        self._dim = place.dim
        self._is_in_memory = is_in_memory

    def load(self, batches: Iterable[Rows]) -> None:
        """See VectorStore."""
        params = models.VectorParams(size=self._dim, distance=models.Distance.COSINE)
        self._client.create_collection(COLLECTION, vectors_config={VECTOR: params})
        for rows in batches:
            points = [
                models.PointStruct(id=number, vector={VECTOR: vector.tolist()}, payload=dict(payload))
                for number, vector, payload in zip(rows.numbers, rows.vectors, rows.payloads, strict=True)
            ]
            self._client.upsert(COLLECTION, points)

    def open(self, batches: Iterable[Rows]) -> None:
        """See VectorStore. The connection has already read the whole folder, if there is one."""
        if self._is_in_memory:
            self.load(batches)

    def search(self, vector: Vector, limit: int, where: Filter) -> list[int]:
        """See VectorStore."""
        response = self._client.query_points(
            COLLECTION, query=vector, using=VECTOR, limit=limit, query_filter=to_filter(where)
        )
        return [int(hit.id) for hit in response.points]

    def close(self) -> None:
        """See VectorStore."""
        self._client.close()


def in_folder(place: StorePlace) -> LocalMode:
    """Return local mode in a folder."""
    return LocalMode(QdrantClient(path=str(place.folder)), place, is_in_memory=False)


def in_memory(place: StorePlace) -> LocalMode:
    """Return local mode in memory, which loads its points at each start."""
    return LocalMode(QdrantClient(":memory:"), place, is_in_memory=True)
