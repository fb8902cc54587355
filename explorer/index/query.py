"""What an index can be asked, as plain data: conditions on the payload, and legs, each one ranked list."""

from dataclasses import dataclass
from typing import TypeAlias

from explorer.index.points import Sparse, Vector


@dataclass(frozen=True, slots=True)
class Equals:
    """The field is this value, or holds it where the field is a list."""

    field: str
    value: str | int | bool


@dataclass(frozen=True, slots=True)
class Between:
    """The integer field lies within the bounds, both inclusive."""

    field: str
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class HasId:
    """The point is one of these."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasVector:
    """The point has a vector of this name."""

    name: str


Condition: TypeAlias = Equals | Between | HasId | HasVector


@dataclass(frozen=True, slots=True)
class Filter:
    """Which points count: all of `must` hold and none of `must_not`."""

    must: tuple[Condition, ...] = ()
    must_not: tuple[Condition, ...] = ()

    def also(self, *conditions: Condition) -> "Filter":
        """This filter, narrowed."""
        return Filter((*self.must, *conditions), self.must_not)


EVERYTHING = Filter()


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """Like this vector: by cosine where the field is dense, MaxSim where multi, shared terms where sparse."""

    vector: Vector | Sparse


@dataclass(frozen=True, slots=True, eq=False)
class Recommend:
    """Like these, unlike those, in a dense field: the sum of cosines to these, less the sum to those."""

    positive: tuple[Vector, ...] = ()
    negative: tuple[Vector, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """One ranked list: the `limit` best of a field among the points that count."""

    name: str
    query: Nearest | Recommend
    limit: int
    where: Filter = EVERYTHING
