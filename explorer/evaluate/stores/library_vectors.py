"""The vectors of a library that are compared, and the queries that search them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from embeddings import Vectors
from explorer.errors import QueryError
from explorer.evaluate.stores.vector_set import VectorSet
from explorer.index import EVERYTHING, Between, Equals, Filter, HasVector, Index, Json
from explorer.index.vector_stores.store import FIELDS
from explorer.representation.encoders import QueryEncoders
from explorer.representation.legs import LEG_SPECS, LegSpec
from explorer.search.legs import encode_query
from explorer.search.query import Query

if TYPE_CHECKING:
    from PIL.Image import Image

QuerySource = Literal["history", "given", "sample"]
"""The searches of the history, queries that the caller gives, or a sample of the stored vectors."""

MAX_QUERIES: Final = 200
SAMPLED_QUERIES: Final = 100
PAGE: Final = 1000
SAMPLED_POINTS: Final = 256  # to estimate how many vectors a point has
_WORDS: Final = ("words_as_clip", "words_as_sentence")
_PICTURES: Final = ("picture", "visual")


@dataclass(frozen=True, slots=True)
class StoreQueries:
    """Queries by words and by picture, and where they come from."""

    source: QuerySource
    words: Sequence[str] = ()
    pictures: Sequence[Image] = ()

    def of(self, leg: LegSpec) -> list[Query]:
        """Return the queries that search a leg, at most MAX_QUERIES."""
        if leg.query in _WORDS:
            return [Query(words=words) for words in self.words[:MAX_QUERIES]]
        if leg.query in _PICTURES:
            return [Query(picture=picture) for picture in self.pictures[:MAX_QUERIES]]
        return []


@dataclass(frozen=True, slots=True, eq=False)
class LibraryVectors:
    """The vectors of one leg, each on its own even if a point has several, and queries in the same space."""

    leg: str
    source: QuerySource
    vector_set: VectorSet


def library_vectors(index: Index, encoders: QueryEncoders, queries: StoreQueries) -> LibraryVectors:
    """Return the largest leg that the queries can search, with the queries.

    Raises QueryError if the library has no vectors, or none that the queries can search.
    """
    fields = {field.name for field in index.manifest.config.schema.vectors}
    counts = {
        leg: _estimate_vectors(index, leg.name)
        for leg in LEG_SPECS
        if leg.name in fields and (queries.source == "sample" or queries.of(leg))
    }
    leg = max(counts, key=lambda spec: counts[spec], default=None)
    if leg is None or not counts[leg]:
        raise QueryError("The library has no vectors that these queries can search. Use other queries.")
    vectors, payloads = _read_vectors(index, leg.name)
    query_vectors = _encode(queries.of(leg), leg, encoders, index) if queries.of(leg) else _sample(vectors)
    return LibraryVectors(
        leg.name, queries.source, VectorSet(vectors, payloads, query_vectors, half_of(payloads))
    )


def half_of(payloads: Sequence[Mapping[str, Json]]) -> Filter:
    """Return a filter as in a search: the later half by date, or one issue if nothing has a date."""
    days = sorted(day for payload in payloads if isinstance(day := payload.get("day"), int))
    if days:
        return EVERYTHING.also(Between("day", days[len(days) // 2], days[-1]))
    return EVERYTHING.also(Equals("issue_id", str(payloads[0].get("issue_id"))))


def _estimate_vectors(index: Index, name: str) -> int:
    points = index.count(EVERYTHING.also(HasVector(name)))
    sample = index.sample(name, SAMPLED_POINTS)
    return round(points * sum(len(np.atleast_2d(vector)) for vector in sample) / max(len(sample), 1))


def _read_vectors(index: Index, name: str) -> tuple[Vectors, list[Mapping[str, Json]]]:
    rows, payloads = [], []
    for vectors, payload in _points_with(index, name):
        rows.append(vectors)
        payloads += [payload] * len(vectors)
    return np.concatenate(rows), payloads


def _points_with(index: Index, name: str) -> Iterator[tuple[Vectors, Mapping[str, Json]]]:
    """Yield the vectors (k, dim) of each point that has some, and the part of its payload that stores get."""
    ids = sorted(index.digests())
    for start in range(0, len(ids), PAGE):
        for point in index.fetch(ids[start : start + PAGE], [name]):
            if name in point.vectors:
                payload = {field: point.payload.get(field) for field in FIELDS}
                yield np.atleast_2d(point.vectors[name]), payload


def _encode(queries: Sequence[Query], leg: LegSpec, encoders: QueryEncoders, index: Index) -> Vectors:
    return np.stack([getattr(encode_query(query, encoders, index), str(leg.query)) for query in queries])


def _sample(vectors: Vectors) -> Vectors:
    """Return vectors at equal distances in the order of their ids, which is as good as random."""
    return vectors[:: -(-len(vectors) // SAMPLED_QUERIES)]
