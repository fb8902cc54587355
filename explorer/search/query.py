"""A query, as plain data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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


NOTHING_ASKED = "The query is empty. Give words, a picture (--image FILE) or a figure you like (--like ID)."
ONLY_NOT = (
    "The query contains only what you do not want. Add what you are looking for (harbour - photo) or a filter "
    "(issue:36 - photo)."
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words with a weight among the words of a query."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Query:
    """A query by words, by a picture, by liked and disliked figures or items, or by several of these."""

    words: str | None = None
    picture: Image | None = field(default=None, repr=False)
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    kind: Kind = "figure"
    filters: Filters = NO_FILTERS
    limit: int = 20
    offset: int = 0
    items: int = 0
    """The number of items to find as well, apart from the hits."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """Weights by leg, instead of the fitted ones. A leg of weight 0 is not used."""
    phrases: tuple[Phrase, ...] = ()
    """The words in phrases, if they have different weights. Empty: all words are one phrase."""
    extra_images: tuple[tuple[Image, float], ...] = field(default=(), repr=False)
    """More pictures with their weights. A weight below 0 means unlike."""
    include_ids: frozenset[str] | None = None
    """The ids that may be hits; None: all."""
    exclude_ids: frozenset[str] = frozenset()
    """The ids that must not be hits."""
    has_picture: bool | None = None
    """Whether the picture of a figure must exist (True) or be missing (False); None: either."""
    budget_ms: float | None = None
    """The latency that the search should not exceed, in ms; None: all legs are run."""

    @property
    def example_images(self) -> tuple[Image, ...]:
        """The pictures that hits should resemble."""
        liked = tuple(picture for picture, weight in self.extra_images if weight > 0)
        return liked if self.picture is None else (self.picture, *liked)

    def check(self) -> None:
        """Raise QueryError for an empty query, a page that is not valid, or a weight that is not valid."""
        if not self.is_asked:
            raise QueryError(NOTHING_ASKED)
        self.check_page()
        check_weights(self.weights)
        check_budget(self.budget_ms)

    def check_page(self) -> None:
        """Raise QueryError for a kind, filters or a page that are not valid."""
        check_one_of("kind", self.kind, get_args(Kind))
        check_filters(self.filters)
        check_whole("limit", self.limit, 1)
        check_whole("offset", self.offset, 0)
        check_whole("items", self.items, 0)

    @property
    def is_asked(self) -> bool:
        """Whether the query has words, a picture, or a liked figure or item."""
        return bool((self.words and self.words.strip()) or self.example_images or self.like)

    @property
    def picture_weight(self) -> float:
        """The mean weight of the pictures."""
        weights = [
            *([1.0] if self.picture is not None else []),
            *(abs(weight) for _, weight in self.extra_images),
        ]
        return sum(weights) / len(weights) if weights else 1.0

    def where(self, kind: str) -> Filter:
        """Return the filter of the legs for figures or for items."""
        include_ids = () if self.include_ids is None else (HasId(tuple(sorted(self.include_ids))),)
        exclude_ids = (HasId(tuple(sorted(self.exclude_ids))),) if self.exclude_ids else ()
        is_kept = (Equals("status", Status.KEPT),)
        required = is_kept if self.has_picture is True else ()
        excluded = is_kept if self.has_picture is False else ()
        return Filter(
            (Equals("kind", kind), *conditions(self.filters), *include_ids, *required),
            (*exclude_ids, *excluded),
        )


def conditions(filters: Filters) -> tuple[Condition, ...]:
    """Return the conditions of the index for filters. Raises QueryError for a date that is not valid."""
    all_conditions: list[Condition] = []
    since: dict[str, int | None] = {}
    until: dict[str, int | None] = {}
    for spec, value in active_filters(filters):
        if spec.match == "equals":
            all_conditions.append(Equals(spec.index_field, value))
        elif spec.match == "from":
            since[spec.index_field] = _day(str(value), "00")
        else:
            until[spec.index_field] = _day(str(value), "99")
    all_conditions += [Between(field, since.get(field), until.get(field)) for field in {**since, **until}]
    return tuple(all_conditions)


def check_filters(filters: Filters) -> None:
    """Raise QueryError for filters with values of wrong types, or that nothing can pass."""
    check_fields("filters", filters, Filters)
    check_dates(filters.date_from, filters.date_to)


def check_fields_exist(filters: Filters, fields: Collection[str]) -> None:
    """Raise QueryError for a filter whose field an index of an older version does not have."""
    for spec, _ in active_filters(filters):
        if spec.index_field not in fields:
            raise QueryError(
                f"The index was built by an older version and has no filter {spec.name}. Update it: explorer sync"
            )


def check_weights(weights: Mapping[str, float]) -> None:
    """Raise QueryError for an unknown leg, or a weight that is not a number of 0 or more."""
    if not isinstance(weights, Mapping):
        raise QueryError(f"weights={weights!r} is not possible. Give a weight by leg: {{'terms': 2.0}}")
    for leg, weight in weights.items():
        if leg not in LEGS or not isinstance(weight, int | float) or not 0 <= weight < inf:
            raise QueryError(
                f"{leg}={weight} is not a weight of a leg. The legs are {', '.join(LEGS)}; a weight is 0 or more."
            )


def check_budget(budget_ms: float | None) -> None:
    """Raise QueryError for a latency budget that is not a number above 0."""
    is_number = isinstance(budget_ms, int | float) and not isinstance(budget_ms, bool)
    if budget_ms is not None and not (is_number and 0 < budget_ms < inf):
        raise QueryError(f"budget_ms={budget_ms!r} is not possible. Give a number of milliseconds above 0.")


def check_dates(since: str | None, until: str | None) -> None:
    """Raise QueryError for a date that is not valid, and for a range that ends before it begins."""
    first, last = _day(since, "00"), _day(until, "99")
    if first is not None and last is not None and first > last:
        raise QueryError(f"The first date ({since}) is later than the last date ({until}). Swap them.")


def _day(written: str | None, missing: str) -> int | None:
    if written is None:
        return None
    day = day_number(written, missing)
    if day is None:
        raise QueryError(f"{written!r} is not a date. Write 2024, 2024-03 or 2024-03-09.")
    return day
