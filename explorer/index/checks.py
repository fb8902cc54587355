"""What is refused before a back end sees it, in the same words for each of them.

Back ends differ in what they let pass (one stores NaN, one ignores a misspelt field), and none checks a whole
batch before it writes the first point of it.
"""

import math
import re
from collections.abc import Iterable, Sequence

import numpy as np

from explorer.errors import SearchIndexError
from explorer.index.points import DIGEST, Point, Schema, Sparse, Vector
from explorer.index.query import Condition, Filter, HasId, HasVector, Leg, Nearest

FACETED = ("keyword", "integer", "bool")


UUID_TEXT = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""As Qdrant writes it."""


def check_points(schema: Schema, points: Sequence[Point]) -> list[str]:
    """The digest of each point; SearchIndexError when one of them does not fit the schema."""
    for point in points:
        check_ids([point.id])
        for name, vector in point.vectors.items():
            _check_vector(schema, name, vector, f"point {point.id}")
        for name, terms in point.sparse.items():
            _check_sparse(schema, name, terms, f"point {point.id}")
    return [_digest(point) for point in points]


def check_legs(schema: Schema, legs: Iterable[Leg]) -> None:
    """Raise SearchIndexError when one of the legs asks for what the schema does not have."""
    for leg in legs:
        if leg.limit < 0:
            raise SearchIndexError(f"A leg cannot have limit {leg.limit}.")
        check_filter(schema, leg.where)
        _check_query(schema, leg)


def check_filter(schema: Schema, where: Filter) -> None:
    """Raise SearchIndexError when a condition names a field that is not indexed, or an id that is none."""
    for condition in (*where.must, *where.must_not):
        _check_condition(schema, condition)


def check_facet(schema: Schema, field: str) -> None:
    """Raise SearchIndexError when the values of the field cannot be counted."""
    if schema.fields.get(field) not in FACETED:
        raise SearchIndexError(
            f"The values of {field!r} cannot be counted: it is no indexed field of {_or(FACETED)}."
        )


def check_names(schema: Schema, names: Iterable[str]) -> None:
    """Raise SearchIndexError when a name is not one of a dense vector field."""
    for name in names:
        if schema.vector(name) is None:
            raise SearchIndexError(_no_such(name, [field.name for field in schema.vectors]))


def check_ids(ids: Iterable[str]) -> None:
    """Raise SearchIndexError when an id is not a UUID in its canonical form."""
    for point_id in ids:
        if not UUID_TEXT.fullmatch(point_id):
            raise SearchIndexError(
                f"{point_id!r} is no id of a point: it is not a UUID in lower case with hyphens."
            )


def answers(leg: Leg) -> bool:
    """Whether the leg can find anything; those that cannot are never sent, as back ends disagree on them."""
    empty = (
        isinstance(leg.query, Nearest)
        and isinstance(leg.query.vector, Sparse)
        and not leg.query.vector.indices
    )
    return leg.limit > 0 and not empty


def _check_condition(schema: Schema, condition: Condition) -> None:
    match condition:
        case HasId(ids):
            check_ids(ids)
        case HasVector(name):
            if name not in schema.names():
                raise SearchIndexError(_no_such(name, schema.names()))
        case _:
            if condition.field not in schema.fields:
                raise SearchIndexError(f"{condition.field!r} is not indexed, only {_or(schema.fields)}.")


def _check_query(schema: Schema, leg: Leg) -> None:
    what = f"the query of leg {leg.name!r}"
    if isinstance(leg.query, Nearest):
        if isinstance(leg.query.vector, Sparse):
            _check_sparse(schema, leg.name, leg.query.vector, what)
        else:
            _check_vector(schema, leg.name, leg.query.vector, what)
        return
    examples = (*leg.query.positive, *leg.query.negative)
    if not examples:
        raise SearchIndexError(f"Leg {leg.name!r} recommends from no example.")
    for vector in examples:
        _check_vector(schema, leg.name, vector, what)


def _check_vector(schema: Schema, name: str, vector: Vector, what: str) -> None:
    field = schema.vector(name)
    if field is None:
        raise SearchIndexError(_no_such(name, schema.names()))
    if vector.ndim not in ((1, 2) if field.multi else (1,)) or vector.size == 0:
        raise SearchIndexError(f"{what}: {name!r} has the shape {vector.shape}.")
    if vector.shape[-1] != field.dim:
        raise SearchIndexError(f"{what}: {name!r} expected {field.dim} numbers, got {vector.shape[-1]}.")
    if not np.isfinite(vector).all():
        raise SearchIndexError(f"{what}: {name!r} holds a number that is not finite.")


def _check_sparse(schema: Schema, name: str, terms: Sparse, what: str) -> None:
    if name not in schema.sparse:
        raise SearchIndexError(_no_such(name, schema.names()))
    if len(terms.indices) != len(terms.values) or len(set(terms.indices)) != len(terms.indices):
        raise SearchIndexError(f"{what}: {name!r} must give each term once, with one weight.")
    if not all(0 <= index < 2**32 for index in terms.indices) or not all(map(math.isfinite, terms.values)):
        raise SearchIndexError(f"{what}: {name!r} holds a number that is out of range.")


def _digest(point: Point) -> str:
    if DIGEST in point.payload:
        raise SearchIndexError(f"point {point.id}: the payload key {DIGEST!r} is reserved.")
    try:
        return point.digest
    except (TypeError, ValueError) as error:
        raise SearchIndexError(f"point {point.id}: the payload is not JSON ({error}).") from error


def _no_such(name: str, names: Sequence[str]) -> str:
    return f"There is no vector field {name!r}, only {_or(names)}."


def _or(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
