"""Conversion of queries, points and layouts to types of qdrant_client."""

from collections.abc import Sequence
from typing import Literal, assert_never

from qdrant_client import models

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
from explorer.index.server.settings import ServerSettings

HNSW_EF = 256
"""The `ef` of HNSW searches; with the servers' default of 100, a tenth of the hundred nearest is missed."""

PAYLOAD_TYPES: dict[FieldKind, models.PayloadSchemaType] = {
    "keyword": models.PayloadSchemaType.KEYWORD,
    "integer": models.PayloadSchemaType.INTEGER,
    "bool": models.PayloadSchemaType.BOOL,
}


def vector_params(schema: Schema, settings: ServerSettings) -> dict[str, models.VectorParams]:
    """Return the dense fields of a collection."""
    return {field.name: _vector_params(field, settings) for field in schema.vectors}


def sparse_params(schema: Schema) -> dict[str, models.SparseVectorParams]:
    """Return the sparse fields of a collection."""
    return {name: models.SparseVectorParams(modifier=models.Modifier.IDF) for name in schema.sparse}


def quantisation(kind: Literal["scalar", "binary"] | None) -> models.QuantizationConfig | None:
    """Return the configuration of the quantised vectors, which always stay in memory."""
    match kind:
        case "scalar":
            return models.ScalarQuantization(
                scalar=models.ScalarQuantizationConfig(type=models.ScalarType.INT8, always_ram=True)
            )
        case "binary":
            return models.BinaryQuantization(binary=models.BinaryQuantizationConfig(always_ram=True))
        case None:
            return None


def search_params(settings: ServerSettings) -> models.SearchParams:
    """Return the parameters of an approximate search."""
    rescoring = models.QuantizationSearchParams(rescore=True, oversampling=settings.oversampling)
    return models.SearchParams(hnsw_ef=HNSW_EF, quantization=rescoring if settings.quantisation else None)


def exact_params() -> models.SearchParams:
    """Return the parameters of a search that compares every full vector."""
    return models.SearchParams(exact=True, quantization=models.QuantizationSearchParams(ignore=True))


def to_point(schema: Schema, point: Point, digest: str) -> models.PointStruct:
    """Convert a point, with its digest in the payload. Empty sparse vectors are left out: they could never match."""
    vectors: dict[str, models.Vector] = {}
    for name, vector in point.vectors.items():
        vectors[name] = schema.rows(name, vector)
    for name, terms in point.sparse.items():
        if terms.indices:
            vectors[name] = _sparse_vector(terms)
    return models.PointStruct(id=point.id, vector=vectors, payload={**point.payload, DIGEST: digest})


def search_request(schema: Schema, leg: Leg, params: models.SearchParams | None) -> models.QueryRequest:
    """Return the request that searches a leg for ids and scores."""
    return models.QueryRequest(
        query=_query(schema, leg),
        using=leg.name,
        limit=leg.limit,
        filter=to_filter(leg.where),
        with_payload=False,
        params=params,
    )


def scoring_request(
    schema: Schema, leg: Leg, ids: Sequence[str], params: models.SearchParams | None
) -> models.QueryRequest:
    """Return the request for the scores of these points in a leg."""
    return models.QueryRequest(
        query=_query(schema, leg),
        using=leg.name,
        limit=len(ids),
        filter=to_filter(Filter((HasId(tuple(ids)),))),
        params=params,
    )


def to_filter(where: Filter) -> models.Filter:
    """Convert a filter."""
    return models.Filter(
        must=[_condition(condition) for condition in where.must],
        must_not=[_condition(condition) for condition in where.must_not],
    )


def _vector_params(field: VectorField, settings: ServerSettings) -> models.VectorParams:
    multivector = (
        models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM) if field.multi else None
    )
    return models.VectorParams(
        size=field.dim,
        distance=models.Distance.COSINE,
        on_disk=settings.on_disk,
        multivector_config=multivector,
    )


def _query(schema: Schema, leg: Leg) -> models.Query:
    match leg.query:
        case Nearest(vector):
            return models.NearestQuery(nearest=_query_vector(schema, leg.name, vector))
        case Recommend(positive, negative):
            examples = models.RecommendInput(
                positive=[_query_vector(schema, leg.name, vector) for vector in positive],
                negative=[_query_vector(schema, leg.name, vector) for vector in negative],
                strategy=models.RecommendStrategy.SUM_SCORES,
            )
            return models.RecommendQuery(recommend=examples)
        case other:
            assert_never(other)


def _query_vector(
    schema: Schema, name: str, vector: Vector | Sparse
) -> list[float] | list[list[float]] | models.SparseVector:
    return _sparse_vector(vector) if isinstance(vector, Sparse) else schema.rows(name, vector)


def _sparse_vector(terms: Sparse) -> models.SparseVector:
    return models.SparseVector(indices=list(terms.indices), values=list(terms.values))


def _condition(condition: Condition) -> models.Condition:
    match condition:
        case Equals(field, value):
            return models.FieldCondition(key=field, match=models.MatchValue(value=value))
        case Between(field, low, high):
            return models.FieldCondition(key=field, range=models.Range(gte=low, lte=high))
        case HasId(ids):
            return models.HasIdCondition(has_id=list(ids))
        case HasVector(name):
            return models.HasVectorCondition(has_vector=name)
        case other:
            assert_never(other)
