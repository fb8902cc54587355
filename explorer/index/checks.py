"""Validation of points and queries before a back end gets them, with the same messages for every back end.

Back ends differ in what they accept (one stores NaN, one ignores a misspelt field), and none of them checks a
whole batch before it writes the first point.
"""

import math
import re
from collections.abc import Iterable, Sequence

import numpy as np

from explorer.errors import SearchIndexError
from explorer.index.points import DIGEST, Point, Schema, Sparse, Vector
from explorer.index.query import Condition, Filter, HasId, HasVector, Leg, Nearest

COUNTABLE_KINDS = ("keyword", "integer", "bool")


UUID_TEXT = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The form in which Qdrant writes ids."""


def check_points(schema: Schema, points: Sequence[Point]) -> list[str]:
    """Return the digest of each point. Raises SearchIndexError if a point does not fit the schema."""
    for point in points:
        check_ids([point.id])
        for name, vector in point.vectors.items():
            _check_vector(schema, name, vector, f"point {point.id}")
        for name, terms in point.sparse.items():
            _check_sparse(schema, name, terms, f"point {point.id}")
    return [_digest(point) for point in points]


def check_legs(schema: Schema, legs: Iterable[Leg]) -> None:
    """Raise SearchIndexError if a leg does not fit the schema."""
    for leg in legs:
        if leg.limit < 0:
            raise SearchIndexError(f"A leg cannot have the limit {leg.limit}.")
        check_filter(schema, leg.where)
        _check_query(schema, leg)


def check_filter(schema: Schema, where: Filter) -> None:
    """Raise SearchIndexError if a condition names a field that is not indexed, or an invalid id."""
    for condition in (*where.must, *where.must_not):
        _check_condition(schema, condition)


def check_facet(schema: Schema, field: str) -> None:
    """Raise SearchIndexError if the values of the field cannot be counted."""
    if schema.fields.get(field) not in COUNTABLE_KINDS:
        raise SearchIndexError(
            f"The values of {field!r} cannot be counted: "
            f"it is not an indexed field of the kinds {_or_list(COUNTABLE_KINDS)}."
        )


def check_names(schema: Schema, names: Iterable[str]) -> None:
    """Raise SearchIndexError if a name is not the name of a dense vector field."""
    for name in names:
        if schema.vector(name) is None:
            raise SearchIndexError(_unknown_field(name, [field.name for field in schema.vectors]))


def check_ids(ids: Iterable[str]) -> None:
    """Raise SearchIndexError if an id is not a UUID in canonical form."""
    for point_id in ids:
        if not UUID_TEXT.fullmatch(point_id):
            raise SearchIndexError(
                f"{point_id!r} is not the id of a point: ids are UUIDs in lower case with hyphens."
            )


def can_match(leg: Leg) -> bool:
    """Whether the leg can match any point. Other legs are never sent: back ends disagree on them."""
    is_empty = (
        isinstance(leg.query, Nearest)
        and isinstance(leg.query.vector, Sparse)
        and not leg.query.vector.indices
    )
    return leg.limit > 0 and not is_empty


def _check_condition(schema: Schema, condition: Condition) -> None:
    match condition:
        case HasId(ids):
            check_ids(ids)
        case HasVector(name):
            if name not in schema.names():
                raise SearchIndexError(_unknown_field(name, schema.names()))
        case _:
            if condition.field not in schema.fields:
                raise SearchIndexError(f"{condition.field!r} is not indexed, only {_or_list(schema.fields)}.")


def _check_query(schema: Schema, leg: Leg) -> None:
    subject = f"the query of leg {leg.name!r}"
    if isinstance(leg.query, Nearest):
        if isinstance(leg.query.vector, Sparse):
            _check_sparse(schema, leg.name, leg.query.vector, subject)
        else:
            _check_vector(schema, leg.name, leg.query.vector, subject)
        return
    examples = (*leg.query.positive, *leg.query.negative)
    if not examples:
        raise SearchIndexError(f"Leg {leg.name!r} has no examples to recommend from.")
    for vector in examples:
        _check_vector(schema, leg.name, vector, subject)


def _check_vector(schema: Schema, name: str, vector: Vector, subject: str) -> None:
    field = schema.vector(name)
    if field is None:
        raise SearchIndexError(_unknown_field(name, schema.names()))
    if vector.ndim not in ((1, 2) if field.multi else (1,)) or vector.size == 0:
        raise SearchIndexError(f"{subject}: {name!r} has the shape {vector.shape}.")
    if vector.shape[-1] != field.dim:
        raise SearchIndexError(f"{subject}: {name!r} expected {field.dim} numbers, got {vector.shape[-1]}.")
    if not np.isfinite(vector).all():
        raise SearchIndexError(f"{subject}: {name!r} contains a number that is not finite.")


def _check_sparse(schema: Schema, name: str, terms: Sparse, subject: str) -> None:
    if name not in schema.sparse:
        raise SearchIndexError(_unknown_field(name, schema.names()))
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


def _unknown_field(name: str, names: Sequence[str]) -> str:
    return f"There is no vector field {name!r}, only {_or_list(names)}."


def _or_list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
