"""Qdrant Edge with other settings than those of the explorer's index: one shard each, without a write-ahead log.

The engine builds quantised vectors and the graph only when `optimize` is called, in this thread.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import qdrant_edge as edge

from explorer.index.edge.requests import NO_GRAPH, PAYLOAD_TYPES, to_filter
from explorer.index.points import Vector
from explorer.index.query import Filter
from explorer.index.vector_stores.store import (
    FIELDS,
    HNSW_EDGES,
    HNSW_EF,
    HNSW_EF_CONSTRUCT,
    VECTOR,
    Rows,
    StorePlace,
)

SMALLEST_KB: Final = 1
"""Segments above this size are optimised: a small library shows the settings too."""
BINARY_OVERSAMPLING: Final = 10.0
"""One bit per number ranks coarsely. Of clustered 512-dimensional vectors, recall@10 was 1.00 at 5,000 vectors and 0.71 at
40,000; with 3 times the limit rescored, as for int8, it was 0.86 and 0.38."""
GRAPH: Final = edge.HnswIndexConfig(
    m=HNSW_EDGES, ef_construct=HNSW_EF_CONSTRUCT, full_scan_threshold=SMALLEST_KB
)


class EdgeShardStore:
    """A shard with the given settings."""

    def __init__(
        self,
        place: StorePlace,
        graph: edge.HnswIndexConfig,
        quantization: edge.BinaryQuantizationConfig | None,
        params: edge.SearchParams,
    ) -> None:
        self._folder = place.folder
        self._params = params
        self._config = edge.EdgeConfig(
            vectors={
                VECTOR: edge.EdgeVectorParams(
                    place.dim,
                    edge.Distance.Cosine,
                    on_disk=True,  # as in the explorer's index
                    quantization_config=quantization,
                    hnsw_config=graph,
                )
            },
            optimizers=edge.EdgeOptimizersConfig(default_segment_number=1, indexing_threshold=SMALLEST_KB),
            wal_enabled=False,
        )
        self._shard: edge.EdgeShard | None = None

    def load(self, batches: Iterable[Rows]) -> None:
        """See VectorStore."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._shard = edge.EdgeShard.create(str(self._folder), self._config)
        for field, kind in FIELDS.items():
            self._shard.update(edge.UpdateOperation.create_field_index(field, PAYLOAD_TYPES[kind]))
        for rows in batches:
            points = [
                edge.Point(number, {VECTOR: vector.tolist()}, dict(payload))
                for number, vector, payload in zip(rows.numbers, rows.vectors, rows.payloads, strict=True)
            ]
            self._shard.update(edge.UpdateOperation.upsert_points(points))
        self._shard.flush()
        self._shard.optimize()
        self._shard.flush()

    def open(self, batches: Iterable[Rows]) -> None:  # noqa: ARG002
        """See VectorStore."""
        self._shard = edge.EdgeShard.load(str(self._folder))

    def search(self, vector: Vector, limit: int, where: Filter) -> list[int]:
        """See VectorStore."""
        assert self._shard
        query = edge.Query.Nearest(vector.tolist(), VECTOR)
        request = edge.QueryRequest(limit, query=query, filter=to_filter(where), params=self._params)
        return [int(str(hit.id)) for hit in self._shard.query(request)]

    def close(self) -> None:
        """See VectorStore."""
        if self._shard:
            self._shard.close()


def plain(place: StorePlace) -> EdgeShardStore:
    """Return a shard that compares every full vector."""
    return EdgeShardStore(place, NO_GRAPH, None, edge.SearchParams(exact=True))


def binary(place: StorePlace) -> EdgeShardStore:
    """Return a shard that compares one bit per number, and rescores the best with the full vectors."""
    rescoring = edge.QuantizationSearchParams(rescore=True, oversampling=BINARY_OVERSAMPLING)
    params = edge.SearchParams(quantization=rescoring)
    return EdgeShardStore(place, NO_GRAPH, edge.BinaryQuantizationConfig(), params)


def hnsw(place: StorePlace) -> EdgeShardStore:
    """Return a shard with a graph over the full vectors."""
    return EdgeShardStore(place, GRAPH, None, edge.SearchParams(hnsw_ef=HNSW_EF))
