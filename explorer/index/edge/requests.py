"""Conversion of queries and points to types of qdrant_edge (whose type aliases exist in its stubs only), and digests."""

from collections.abc import Mapping, Sequence
from typing import assert_never

import numpy as np
import qdrant_edge as edge

from explorer.index.points import DIGEST, FieldKind, Point, Schema, Sparse, Vector, VectorField
from explorer.index.query import (
    Between,
    Condition,
    Equals,
    Filter,
    HasId,
    HasVector,
    Leg,
    Nearest,
    Recommend,
)
from explorer.index.store import Graph

NO_GRAPH = edge.HnswIndexConfig(m=0, ef_construct=100, full_scan_threshold=10_000)
"""No HNSW graph: every vector is compared."""
GRAPH_EDGES, GRAPH_CANDIDATES = 16, 128
"""The edges of a vector in the graph, and the candidates among which they are chosen (`m` and `ef_construct` of HNSW)."""
COMPARED_KB = 100_000
"""Vectors of this many KB, as float32, are compared in about 5 ms. Only larger fields have a graph, and only filters that
more vectors pass use it."""
MIN_POINTS_FOR_GRAPHS = 3_000
"""Smaller indexes need no graph: comparing all their vectors takes less than 5 ms."""
MIN_RECALL = 0.98
"""A graph that finds less of the 20 best of an exact search is not used."""

INT8_QUANTIZATION = edge.ScalarQuantizationConfig(edge.ScalarType.Int8)
COMPRESS_FROM_KB = 500
"""Segments below this size stay writable. The engine counts only the largest vector of each point: for an item, a twelfth of
the bytes that it takes."""
SEGMENT_BYTES = 20_000_000
"""Bytes of vectors in a segment. Writing a segment takes 170 MB of memory and four times its size."""
MERGED_KB = 2_000
"""The size up to which syncs merge small segments, so that many syncs do not leave many segments."""
LARGEST_KB = 1_000_000_000
"""The size up to which segments are merged for a graph: all of them. A search in many small graphs takes longer."""
DIGESTS_AT_ONCE = 10_000
OVERSAMPLING = 1.5
"""Vectors are compared as int8 first, which reads a quarter of the memory; this many times the limit are rescored with
the full vectors, in each segment. A segment has some hundred figures: with 3.0 nearly all were rescored."""

PAYLOAD_TYPES: dict[FieldKind, edge.PayloadSchemaType] = {
    "keyword": edge.PayloadSchemaType.Keyword,
    "integer": edge.PayloadSchemaType.Integer,
    "bool": edge.PayloadSchemaType.Bool,
}


def edge_config(schema: Schema, merged_kb: int, graphs: Mapping[str, int]) -> edge.EdgeConfig:
    """Return the configuration of a shard that merges segments up to a size.

    `graphs` has the fields that have a graph, each with the KB that are compared without it.

    The shard has no write-ahead log: with one, only one process could open it.
    """
    return edge.EdgeConfig(
        vectors={
            field.name: _vector_params(
                field, _graph(graphs[field.name]) if field.name in graphs else NO_GRAPH
            )
            for field in schema.vectors
        },
        sparse_vectors={
            name: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf) for name in schema.sparse
        },
        optimizers=edge.EdgeOptimizersConfig(indexing_threshold=COMPRESS_FROM_KB, max_segment_size=merged_kb),
        wal_enabled=False,
    )


def to_point(schema: Schema, point: Point, digest: str) -> edge.Point:
    """Convert a point, with its digest in the payload. Empty sparse vectors are left out: they could never match."""
    vectors: dict[str, edge.NamedVector] = {}
    for name, vector in point.vectors.items():
        vectors[name] = schema.rows(name, vector)
    for name, terms in point.sparse.items():
        if terms.indices:
            vectors[name] = _sparse_vector(terms)
    return edge.Point(point.id, vectors, {**point.payload, DIGEST: digest})


def vector_bytes(schema: Schema, points: Sequence[Point]) -> int:
    """Return the bytes that the vectors of points take in a segment. A vector that a point lacks takes as much as one row."""
    one_row = {field.name: 4 * field.dim for field in schema.vectors}
    sizes_of_points = (
        {**one_row, **{name: vector.nbytes for name, vector in point.vectors.items()}} for point in points
    )
    return sum(sum(sizes.values()) for sizes in sizes_of_points)


def search_request(schema: Schema, leg: Leg, graph: Graph | None = None) -> edge.QueryRequest:
    """Return the request that searches a leg for ids and scores, with the graph of its field if that finds enough."""
    return edge.QueryRequest(
        leg.limit,
        query=_query(schema, leg),
        filter=to_filter(leg.where),
        params=edge.SearchParams(
            hnsw_ef=graph.ef if graph else None,
            exact=graph is not None and graph.recall < MIN_RECALL,
            quantization=edge.QuantizationSearchParams(rescore=True, oversampling=OVERSAMPLING),
        ),
    )


def scoring_requests(schema: Schema, legs: Sequence[Leg], ids: Sequence[str]) -> list[edge.QueryRequest]:
    """Return the requests for the exact scores of these points in each leg."""
    id_filter = to_filter(Filter((HasId(tuple(ids)),)))  # shared: converting thousands of ids takes time
    return [
        edge.QueryRequest(len(ids), query=_query(schema, leg), filter=id_filter, params=_exact_params())
        for leg in legs
    ]


def exact_request(schema: Schema, leg: Leg) -> edge.QueryRequest:
    """Return the request that compares every vector of a leg in full precision."""
    return edge.QueryRequest(
        leg.limit, query=_query(schema, leg), filter=to_filter(leg.where), params=_exact_params()
    )


def to_filter(where: Filter) -> edge.Filter:
    """Convert a filter."""
    return edge.Filter(
        must=[_condition(condition) for condition in where.must],
        must_not=[_condition(condition) for condition in where.must_not],
    )


def _graph(compared_kb: int) -> edge.HnswIndexConfig:
    return edge.HnswIndexConfig(GRAPH_EDGES, GRAPH_CANDIDATES, compared_kb)


def _vector_params(field: VectorField, graph: edge.HnswIndexConfig) -> edge.EdgeVectorParams:
    multivector = edge.MultiVectorConfig(edge.MultiVectorComparator.MaxSim) if field.multi else None
    return edge.EdgeVectorParams(
        field.dim,
        edge.Distance.Cosine,
        on_disk=True,  # only the int8 copies are read into memory when a shard is loaded
        multivector_config=multivector,
        quantization_config=INT8_QUANTIZATION,
        hnsw_config=graph,
    )


def _exact_params() -> edge.SearchParams:
    return edge.SearchParams(exact=True, quantization=edge.QuantizationSearchParams(ignore=True))


def _query(schema: Schema, leg: Leg) -> edge.Query:
    match leg.query:
        case Nearest(vector):
            return edge.Query.Nearest(_query_vector(schema, leg.name, vector), leg.name)
        case Recommend(positive, negative):
            liked = [_query_vector(schema, leg.name, vector) for vector in positive]
            disliked = [_query_vector(schema, leg.name, vector) for vector in negative]
            return edge.Query.RecommendSumScores(edge.RecommendQuery(liked, disliked), leg.name)
        case other:
            assert_never(other)


def _query_vector(schema: Schema, name: str, vector: Vector | Sparse) -> "edge.NamedVector":
    return _sparse_vector(vector) if isinstance(vector, Sparse) else schema.rows(name, vector)


def _sparse_vector(terms: Sparse) -> edge.SparseVector:
    return edge.SparseVector(list(terms.indices), list(terms.values))


def _condition(condition: Condition) -> "edge.ConditionType":
    match condition:
        case Equals(field, bool(value)):
            # qdrant_edge 0.9 reads Python's True as the number 1, which no bool field holds.
            return edge.FieldCondition(field, match=edge.MatchValue(np.bool_(value)))  # type: ignore[arg-type]
        case Equals(field, value):
            return edge.FieldCondition(field, match=edge.MatchValue(value))
        case Between(field, low, high):
            return edge.FieldCondition(field, range=edge.RangeFloat(gte=low, lte=high))
        case HasId(ids):
            return edge.HasIdCondition(set(ids))
        case HasVector(name):
            return edge.HasVectorCondition(name)
        case other:
            assert_never(other)


def digests_of(shard: edge.EdgeShard) -> dict[str, str]:
    """Return the digest of every point by id."""
    digests: dict[str, str] = {}
    after: edge.PointId | None = None
    while True:
        records, after = shard.scroll(
            edge.ScrollRequest(offset=after, limit=DIGESTS_AT_ONCE, with_payload=[DIGEST])
        )
        digests.update({str(record.id): (record.payload or {})[DIGEST] for record in records})
        if after is None:
            return digests
