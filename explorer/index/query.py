"""The queries of an index and their validation: conditions on the payload, and legs. Each leg gives one ranked list."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from explorer.errors import SearchIndexError
from explorer.index.points import (
    Schema,
    Sparse,
    Vector,
    check_ids,
    check_sparse,
    check_vector,
    or_list,
    unknown_field,
)

COUNTABLE_KINDS = ("keyword", "integer", "bool")


@dataclass(frozen=True, slots=True)
class Equals:
    """The field has this value, or contains it if the field is a list."""

    field: str
    value: str | int | bool


@dataclass(frozen=True, slots=True)
class Between:
    """The integer field is within the bounds, both inclusive."""

    field: str
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class HasId:
    """The point has one of these ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasVector:
    """The point has a vector of this name."""

    name: str


Condition: TypeAlias = Equals | Between | HasId | HasVector


@dataclass(frozen=True, slots=True)
class Filter:
    """The points for which all conditions of `must` are true and none of `must_not`."""

    must: tuple[Condition, ...] = ()
    must_not: tuple[Condition, ...] = ()

    def also(self, *conditions: Condition) -> "Filter":
        """Return this filter with more conditions."""
        return Filter((*self.must, *conditions), self.must_not)


EVERYTHING = Filter()


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """Points near a vector: by cosine in a dense field, by MaxSim in a multivector field, by terms in a sparse field."""

    vector: Vector | Sparse


@dataclass(frozen=True, slots=True, eq=False)
class Recommend:
    """Points near the positive examples and far from the negative ones, in a dense field.

    The score is the sum of cosines to the positive examples minus the sum of cosines to the negative examples.
    """

    positive: tuple[Vector, ...] = ()
    negative: tuple[Vector, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """One ranked list: the `limit` best points of a field that pass the filter."""

    name: str
    query: Nearest | Recommend
    limit: int
    where: Filter = EVERYTHING


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
            f"it is not an indexed field of the kinds {or_list(COUNTABLE_KINDS)}."
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
                raise SearchIndexError(unknown_field(name, schema.names()))
        case _:
            if condition.field not in schema.fields:
                raise SearchIndexError(f"{condition.field!r} is not indexed, only {or_list(schema.fields)}.")


def _check_query(schema: Schema, leg: Leg) -> None:
    subject = f"the query of leg {leg.name!r}"
    if isinstance(leg.query, Nearest):
        if isinstance(leg.query.vector, Sparse):
            check_sparse(schema, leg.name, leg.query.vector, subject)
        else:
            check_vector(schema, leg.name, leg.query.vector, subject)
        return
    examples = (*leg.query.positive, *leg.query.negative)
    if not examples:
        raise SearchIndexError(f"Leg {leg.name!r} has no examples to recommend from.")
    for vector in examples:
        check_vector(schema, leg.name, vector, subject)
