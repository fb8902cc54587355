"""What an index stores, as plain data: fields, points, and what comes back. Nothing here opens anything."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = NDArray[np.float32]
"""One vector of shape (dim,), or the several of a multivector field, shape (k, dim)."""

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
FieldKind: TypeAlias = Literal["keyword", "integer", "bool"]

DIGEST = "_digest"
"""The payload key under which a point's digest is stored, and which nobody else may use."""


@dataclass(frozen=True, slots=True)
class VectorField:
    """A named vector, compared by cosine; a `multi` field holds several per point, compared by MaxSim."""

    name: str
    dim: int
    multi: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """The fields of an index: dense vectors, sparse vectors (weighted by IDF), payload that is filtered."""

    vectors: tuple[VectorField, ...]
    sparse: tuple[str, ...] = ()
    fields: Mapping[str, FieldKind] = field(default_factory=dict)

    def vector(self, name: str) -> VectorField | None:
        """The dense field called `name`, or None."""
        return next((one for one in self.vectors if one.name == name), None)

    def rows(self, name: str, vector: Vector) -> list[float] | list[list[float]]:
        """A dense vector as plain numbers, nested where its field holds several."""
        named = self.vector(name)
        rows = np.atleast_2d(vector) if named and named.multi else vector
        plain: list[float] | list[list[float]] = rows.tolist()
        return plain

    def names(self) -> tuple[str, ...]:
        """Every vector field a search may use."""
        return (*(one.name for one in self.vectors), *self.sparse)


@dataclass(frozen=True, slots=True)
class Sparse:
    """Term numbers, each once, and their weights."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """What is stored under one id. Ids are UUIDs that spread evenly (uuid4, uuid5): samples rely on it."""

    id: str
    vectors: Mapping[str, Vector]
    sparse: Mapping[str, Sparse]
    payload: Mapping[str, Json]

    @property
    def digest(self) -> str:
        """Changes when anything but the id does: an unchanged point need not be written again."""
        finalize = blake2b(digest_size=16)
        finalize.update(json.dumps(dict(self.payload), sort_keys=True, allow_nan=False).encode())
        for name, vector in sorted(self.vectors.items()):
            finalize.update(f"\0{name}{vector.shape}".encode())
            finalize.update(np.ascontiguousarray(vector, dtype=np.float32).tobytes())
        for name, terms in sorted(self.sparse.items()):
            finalize.update(f"\0{name}{sorted(zip(terms.indices, terms.values, strict=True))}".encode())
        return finalize.hexdigest()


@dataclass(frozen=True, slots=True)
class Scored:
    """A point that a search found."""

    id: str
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """A point read back; its dense vectors have unit length, whatever length they were stored with."""

    id: str
    payload: Mapping[str, Json]
    vectors: Mapping[str, Vector]


@dataclass(frozen=True, slots=True, eq=False)
class RawPoint:
    """A whole point, for another store; `digest` is that of the point as it was first written."""

    point: Point
    digest: str


def raw_points(point_id: object, payload: Mapping[str, Json] | None, vectors: object) -> RawPoint:
    """What a back end read with every vector; a sparse one is known by its `indices` and `values`."""
    named = vectors if isinstance(vectors, dict) else {}
    sparse = {
        name: Sparse(tuple(vector.indices), tuple(map(float, vector.values)))
        for name, vector in named.items()
        if hasattr(vector, "indices")
    }
    dense = {name: np.asarray(vector, np.float32) for name, vector in named.items() if name not in sparse}
    return RawPoint(Point(str(point_id), dense, sparse, _shown(payload)), str((payload or {}).get(DIGEST)))


def stored(point_id: object, payload: Mapping[str, Json] | None, vectors: object) -> Stored:
    """What a back end read, without the digest; `vectors` is its mapping of names to numbers, or nothing."""
    named = vectors if isinstance(vectors, dict) else {}
    return Stored(
        str(point_id),
        _shown(payload),
        {name: np.asarray(vector, dtype=np.float32) for name, vector in named.items()},
    )


def _shown(payload: Mapping[str, Json] | None) -> dict[str, Json]:
    return {key: value for key, value in (payload or {}).items() if key != DIGEST}
