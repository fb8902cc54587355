"""What can be asked, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Literal, get_args

from explorer.archive.model import Status
from explorer.catalog.filters import NO_FILTERS, Filters, active_filters
from explorer.errors import QueryError
from explorer.index import Between, Condition, Equals, Filter, HasId
from explorer.representation.fields import day_number
from explorer.representation.legs import LEGS
from explorer.search.arguments import check_fields, check_one_of, check_whole

if TYPE_CHECKING:
    from PIL.Image import Image

Kind = Literal["figure", "item", "any"]


NOTHING_ASKED = "Nothing is asked for. Give words, a picture (--image FILE) or a figure you like (--like ID)."
ONLY_NOT = (
    "This says only what you do not want. Say what you look for as well (harbour - photo), or restrict it "
    "(issue:36 - photo)."
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that count so much among the words of a query."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Query:
    """Words, a picture, liked and disliked figures or items, or several of these at once."""

    words: str | None = None
    picture: Image | None = field(default=None, repr=False)
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    kind: Kind = "figure"
    filters: Filters = NO_FILTERS
    limit: int = 20
    offset: int = 0
    weights: Mapping[str, float] = field(default_factory=dict)
    """How much legs count instead of what was fitted, by name; a leg of weight 0 is not asked."""
    phrases: tuple[Phrase, ...] = ()
    """The words in parts, where they do not count alike; empty: the words are one."""
    extra_images: tuple[tuple[Image, float], ...] = field(default=(), repr=False)
    """More pictures, each with its weight; one of a weight below 0 is not liked."""
    include_ids: frozenset[str] | None = None
    """The figures and items that may be hits; None: all."""
    exclude_ids: frozenset[str] = frozenset()
    """The figures and items that may be no hits."""
    has_picture: bool | None = None
    """Whether the picture of a figure must be there (True) or be missing (False); None: either."""

    @property
    def example_images(self) -> tuple[Image, ...]:
        """The pictures that hits should resemble."""
        liked = tuple(picture for picture, weight in self.extra_images if weight > 0)
        return liked if self.picture is None else (self.picture, *liked)

    def check(self) -> None:
        """QueryError when nothing is asked, for a page that cannot be, or for a weight that is none."""
        if not self.is_asked:
            raise QueryError(NOTHING_ASKED)
        self.check_page()
        check_weights(self.weights)

    def check_page(self) -> None:
        """QueryError for a kind, filters or a page that cannot be."""
        check_one_of("kind", self.kind, get_args(Kind))
        check_filters(self.filters)
        check_whole("limit", self.limit, 1)
        check_whole("offset", self.offset, 0)

    @property
    def is_asked(self) -> bool:
        """Whether there is anything that hits shall be like: words, a picture, or a figure or item."""
        return bool((self.words and self.words.strip()) or self.example_images or self.like)

    @property
    def picture_weight(self) -> float:
        """How much the pictures count beside the words: their mean weight."""
        weights = [
            *([1.0] if self.picture is not None else []),
            *(abs(weight) for _, weight in self.extra_images),
        ]
        return sum(weights) / len(weights) if weights else 1.0

    def where(self, kind: str) -> Filter:
        """The filter of the legs for figures or for items."""
        include_ids = () if self.include_ids is None else (HasId(tuple(sorted(self.include_ids))),)
        exclude_ids = (HasId(tuple(sorted(self.exclude_ids))),) if self.exclude_ids else ()
        there = (Equals("status", Status.KEPT),)
        kept = there if self.has_picture is True else ()
        lost = there if self.has_picture is False else ()
        return Filter(
            (Equals("kind", kind), *conditions(self.filters), *include_ids, *kept),
            (*exclude_ids, *lost),
        )


def conditions(filters: Filters) -> tuple[Condition, ...]:
    """Return the conditions of the index for filters. Raises QueryError for a date that is not valid."""
    found: list[Condition] = []
    since: dict[str, int | None] = {}
    until: dict[str, int | None] = {}
    for spec, value in active_filters(filters):
        if spec.match == "equals":
            found.append(Equals(spec.index_field, value))
        elif spec.match == "from":
            since[spec.index_field] = _day(str(value), "00")
        else:
            until[spec.index_field] = _day(str(value), "99")
    found += [Between(field, since.get(field), until.get(field)) for field in {**since, **until}]
    return tuple(found)


def check_filters(filters: Filters) -> None:
    """QueryError for filters that are none, whose fields hold what they cannot, or that nothing can pass."""
    check_fields("filters", filters, Filters)
    check_dates(filters.date_from, filters.date_to)


def check_weights(weights: Mapping[str, float]) -> None:
    """QueryError for a leg that there is not, or a weight that is none."""
    if not isinstance(weights, Mapping):
        raise QueryError(f"weights={weights!r} is not possible. Give a weight by leg: {{'terms': 2.0}}")
    for leg, weight in weights.items():
        if leg not in LEGS or not isinstance(weight, int | float) or not 0 <= weight < inf:
            raise QueryError(
                f"{leg}={weight} weighs no leg. The legs are {', '.join(LEGS)}; a weight is 0 or more."
            )


def check_dates(since: str | None, until: str | None) -> None:
    """QueryError for a date that is none, and for a time that ends before it begins."""
    first, last = _day(since, "00"), _day(until, "99")
    if first is not None and last is not None and first > last:
        raise QueryError(f"Nothing lies after {since} and before {until}. Give the earlier date first.")


def _day(written: str | None, missing: str) -> int | None:
    if written is None:
        return None
    day = day_number(written, missing)
    if day is None:
        raise QueryError(f"{written!r} is no date. Write 2024, 2024-03 or 2024-03-09.")
    return day
