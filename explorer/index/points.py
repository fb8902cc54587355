"""The data that an index stores and returns: fields and points, and their validation before a back end gets them.

Back ends differ in what they accept (one stores NaN, one ignores a misspelt field), and none of them checks a
whole batch before it writes the first point.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from explorer.errors import SearchIndexError

Vector: TypeAlias = NDArray[np.float32]
"""One vector of shape (dim,), or the vectors of a multivector field, shape (k, dim)."""

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
FieldKind: TypeAlias = Literal["keyword", "integer", "bool"]

DIGEST = "_digest"
"""The reserved payload key of a point's digest."""
UUID_TEXT = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The form in which Qdrant writes ids."""


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


def check_points(schema: Schema, points: Sequence[Point]) -> list[str]:
    """Return the digest of each point. Raises SearchIndexError if a point does not fit the schema."""
    for point in points:
        check_ids([point.id])
        for name, vector in point.vectors.items():
            check_vector(schema, name, vector, f"point {point.id}")
        for name, terms in point.sparse.items():
            check_sparse(schema, name, terms, f"point {point.id}")
    return [_digest(point) for point in points]


def check_ids(ids: Iterable[str]) -> None:
    """Raise SearchIndexError if an id is not a UUID in canonical form."""
    for point_id in ids:
        if not UUID_TEXT.fullmatch(point_id):
            raise SearchIndexError(
                f"{point_id!r} is not the id of a point: ids are UUIDs in lower case with hyphens."
            )


def check_names(schema: Schema, names: Iterable[str]) -> None:
    """Raise SearchIndexError if a name is not the name of a dense vector field."""
    for name in names:
        if schema.vector(name) is None:
            raise SearchIndexError(unknown_field(name, [field.name for field in schema.vectors]))


def check_vector(schema: Schema, name: str, vector: Vector, subject: str) -> None:
    """Raise SearchIndexError if a vector does not fit its dense field; `subject` has it."""
    field = schema.vector(name)
    if field is None:
        raise SearchIndexError(unknown_field(name, schema.names()))
    if vector.ndim not in ((1, 2) if field.multi else (1,)) or vector.size == 0:
        raise SearchIndexError(f"{subject}: {name!r} has the shape {vector.shape}.")
    if vector.shape[-1] != field.dim:
        raise SearchIndexError(f"{subject}: {name!r} expected {field.dim} numbers, got {vector.shape[-1]}.")
    if not np.isfinite(vector).all():
        raise SearchIndexError(f"{subject}: {name!r} contains a number that is not finite.")


def check_sparse(schema: Schema, name: str, terms: Sparse, subject: str) -> None:
    """Raise SearchIndexError if terms do not fit their sparse field; `subject` has them."""
    if name not in schema.sparse:
        raise SearchIndexError(unknown_field(name, schema.names()))
    if len(terms.indices) != len(terms.values) or len(set(terms.indices)) != len(terms.indices):
        raise SearchIndexError(f"{subject}: {name!r} must contain each term once, with one weight.")
    if not all(0 <= index < 2**32 for index in terms.indices) or not all(map(math.isfinite, terms.values)):
        raise SearchIndexError(f"{subject}: {name!r} contains a number that is out of range.")


def _digest(point: Point) -> str:
    if DIGEST in point.payload:
        raise SearchIndexError(f"point {point.id}: the payload key {DIGEST!r} is reserved.")
    try:
        return point.digest
    except (TypeError, ValueError) as error:
        raise SearchIndexError(f"point {point.id}: the payload is not JSON ({error}).") from error


def unknown_field(name: str, names: Sequence[str]) -> str:
    """Return the message about a vector field that an index lacks."""
    return f"There is no vector field {name!r}, only {or_list(names)}."


def or_list(names: Iterable[str]) -> str:
    """Return names as a list for people."""
    return ", ".join(names) or "none"
