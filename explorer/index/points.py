"""The data that an index stores and returns: fields and points."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float32]
"""One vector of shape (dim,), or the vectors of a multivector field, shape (k, dim)."""

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
FieldKind: TypeAlias = Literal["keyword", "integer", "bool"]

DIGEST = "_digest"
"""The reserved payload key of a point's digest."""


@dataclass(frozen=True, slots=True)
class VectorField:
    """A named vector, compared by cosine. A `multi` field has several vectors per point, compared by MaxSim."""

    name: str
    dim: int
    multi: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of an index: dense vectors, sparse vectors (weighted by IDF), and payload for filters."""

    vectors: tuple[VectorField, ...]
    sparse: tuple[str, ...] = ()
    fields: Mapping[str, FieldKind] = field(default_factory=dict)

    def vector(self, name: str) -> VectorField | None:
        """Return the dense field `name`, or None."""
        return next((field for field in self.vectors if field.name == name), None)

    def rows(self, name: str, vector: Vector) -> list[float] | list[list[float]]:
        """Return a dense vector as a list of numbers, nested for a `multi` field."""
        field = self.vector(name)
        rows = np.atleast_2d(vector) if field and field.multi else vector
        numbers: list[float] | list[list[float]] = rows.tolist()
        return numbers

    def names(self) -> tuple[str, ...]:
        """Return the names of all vector fields."""
        return (*(field.name for field in self.vectors), *self.sparse)


@dataclass(frozen=True, slots=True)
class Sparse:
    """A sparse vector: term numbers, each once, and their weights."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A point. Its id is a UUID that is evenly distributed (uuid4, uuid5): samples rely on it."""

    id: str
    vectors: Mapping[str, Vector]
    sparse: Mapping[str, Sparse]
    payload: Mapping[str, Json]

    @property
    def digest(self) -> str:
        """A hash of everything but the id: an unchanged point need not be written again."""
        hasher = blake2b(digest_size=16)
        hasher.update(json.dumps(dict(self.payload), sort_keys=True, allow_nan=False).encode())
        for name, vector in sorted(self.vectors.items()):
            hasher.update(f"\0{name}{vector.shape}".encode())
            hasher.update(np.ascontiguousarray(vector, dtype=np.float32).tobytes())
        for name, terms in sorted(self.sparse.items()):
            hasher.update(f"\0{name}{sorted(zip(terms.indices, terms.values, strict=True))}".encode())
        return hasher.hexdigest()


@dataclass(frozen=True, slots=True)
class ScoredPoint:
    """A point in the result of a search."""

    id: str
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class StoredPoint:
    """A point that was read from an index. Its dense vectors have unit length, whatever length was stored."""

    id: str
    payload: Mapping[str, Json]
    vectors: Mapping[str, Vector]


@dataclass(frozen=True, slots=True, eq=False)
class RawPoint:
    """A complete point, for another store. `digest` is the digest of the point as it was first written."""

    point: Point
    digest: str


def raw_point(point_id: object, payload: Mapping[str, Json] | None, vectors: object) -> RawPoint:
    """Convert a point that a back end read with all vectors. Sparse vectors have `indices` and `values`."""
    named = vectors if isinstance(vectors, dict) else {}
    sparse = {
        name: Sparse(tuple(vector.indices), tuple(map(float, vector.values)))
        for name, vector in named.items()
        if hasattr(vector, "indices")
    }
    dense = {name: np.asarray(vector, np.float32) for name, vector in named.items() if name not in sparse}
    return RawPoint(
        Point(str(point_id), dense, sparse, _without_digest(payload)), str((payload or {}).get(DIGEST))
    )


def stored_point(point_id: object, payload: Mapping[str, Json] | None, vectors: object) -> StoredPoint:
    """Convert a point that a back end read, without its digest. `vectors` maps names to numbers, if it is a mapping."""
    named = vectors if isinstance(vectors, dict) else {}
    return StoredPoint(
        str(point_id),
        _without_digest(payload),
        {name: np.asarray(vector, dtype=np.float32) for name, vector in named.items()},
    )


def _without_digest(payload: Mapping[str, Json] | None) -> dict[str, Json]:
    return {key: value for key, value in (payload or {}).items() if key != DIGEST}
