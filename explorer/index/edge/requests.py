"""Our queries and points in the words of qdrant_edge (whose type aliases exist in its stubs only)."""

from collections.abc import Sequence
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

NO_GRAPH = edge.HnswIndexConfig(m=0, ef_construct=100, full_scan_threshold=10_000)
"""Every vector is compared. A graph (HNSW) answers 20,000 vectors in a third of the time and takes five times as
long to load; of 200,000 it took minutes to build, where comparing all takes 20 ms."""

BYTES = edge.ScalarQuantizationConfig(edge.ScalarType.Int8)
COMPRESS_FROM_KB = 500
"""Segments below this size stay writable. The engine counts only the largest vector of each point: for an item, a twelfth of
the bytes that it takes."""
SEGMENT_BYTES = 20_000_000
"""Bytes of vectors in a segment. Writing a segment takes 170 MB of memory and four times its size."""
MERGED_KB = 2_000
"""The size up to which syncs merge small segments, so that many syncs do not leave many segments."""
OVERSAMPLING = 3.0
"""A number is compared as one byte, a quarter of the memory to read; the best are then compared as they are."""

KINDS: dict[FieldKind, edge.PayloadSchemaType] = {
    "keyword": edge.PayloadSchemaType.Keyword,
    "integer": edge.PayloadSchemaType.Integer,
    "bool": edge.PayloadSchemaType.Bool,
}


def edge_config(schema: Schema, merged_kb: int) -> edge.EdgeConfig:
    """Return the configuration of a shard that merges segments up to a size.

    The shard has no write-ahead log: with one, only one process could open it.
    """
    return edge.EdgeConfig(
        vectors={field.name: _vector_params(field) for field in schema.vectors},
        sparse_vectors={
            name: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf) for name in schema.sparse
        },
        optimizers=edge.EdgeOptimizersConfig(indexing_threshold=COMPRESS_FROM_KB, max_segment_size=merged_kb),
        wal_enabled=False,
    )


def written(schema: Schema, point: Point, digest: str) -> edge.Point:
    """A point as it is written. Empty term lists are left out: they could never match."""
    vectors: dict[str, edge.NamedVector] = {}
    for name, vector in point.vectors.items():
        vectors[name] = schema.rows(name, vector)
    for name, terms in point.sparse.items():
        if terms.indices:
            vectors[name] = _terms(terms)
    return edge.Point(point.id, vectors, {**point.payload, DIGEST: digest})


def size_of(schema: Schema, points: Sequence[Point]) -> int:
    """Return the bytes that the vectors of points take in a segment. A vector that a point lacks takes as much as one row."""
    absent = {field.name: 4 * field.dim for field in schema.vectors}
    taken = ({**absent, **{name: it.nbytes for name, it in point.vectors.items()}} for point in points)
    return sum(sum(sizes.values()) for sizes in taken)


def request(schema: Schema, leg: Leg) -> edge.QueryRequest:
    """A leg as it is searched: ids and scores."""
    return edge.QueryRequest(
        leg.limit,
        query=_query(schema, leg),
        filter=filtered(leg.where),
        params=edge.SearchParams(
            quantization=edge.QuantizationSearchParams(rescore=True, oversampling=OVERSAMPLING)
        ),
    )


def scoring_requests(schema: Schema, legs: Sequence[Leg], ids: Sequence[str]) -> list[edge.QueryRequest]:
    """The exact scores of these points in each leg."""
    these = filtered(Filter((HasId(tuple(ids)),)))  # once: thousands of ids cross into the engine
    exactly = edge.SearchParams(exact=True, quantization=edge.QuantizationSearchParams(ignore=True))
    return [
        edge.QueryRequest(len(ids), query=_query(schema, leg), filter=these, params=exactly) for leg in legs
    ]


def filtered(where: Filter) -> edge.Filter:
    """Which points count."""
    return edge.Filter(
        must=[_condition(one) for one in where.must], must_not=[_condition(one) for one in where.must_not]
    )


def _vector_params(field: VectorField) -> edge.EdgeVectorParams:
    several = edge.MultiVectorConfig(edge.MultiVectorComparator.MaxSim) if field.multi else None
    return edge.EdgeVectorParams(
        field.dim,
        edge.Distance.Cosine,
        on_disk=True,  # only a byte of each number is read into memory: to load a shard is not to read all of it
        multivector_config=several,
        quantization_config=BYTES,
        hnsw_config=NO_GRAPH,
    )


def _query(schema: Schema, leg: Leg) -> edge.Query:
    match leg.query:
        case Nearest(vector):
            return edge.Query.Nearest(_example(schema, leg.name, vector), leg.name)
        case Recommend(positive, negative):
            liked = [_example(schema, leg.name, vector) for vector in positive]
            disliked = [_example(schema, leg.name, vector) for vector in negative]
            return edge.Query.RecommendSumScores(edge.RecommendQuery(liked, disliked), leg.name)
        case other:
            assert_never(other)


def _example(schema: Schema, name: str, vector: Vector | Sparse) -> "edge.NamedVector":
    return _terms(vector) if isinstance(vector, Sparse) else schema.rows(name, vector)


def _terms(terms: Sparse) -> edge.SparseVector:
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
