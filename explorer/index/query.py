"""The queries of an index: conditions on the payload, and legs. Each leg gives one ranked list."""

from dataclasses import dataclass
from typing import TypeAlias

from explorer.index.points import Sparse, Vector


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
