"""The result of a search, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from explorer.catalog.records import Appearance, FigureRecord, ItemRecord
from explorer.representation.legs import KEYPOINTS, REGIONS
from explorer.search.result_html import result_as_html
from explorer.search.timings import SearchTiming

MOST_NAMED = 5
"""The maximum number of other issues that are named with a hit."""

Region = tuple[float, float, float, float]
"""A part of a picture: left, top, right, bottom in fractions of its width and height."""


class Confidence(StrEnum):
    """How sure it is that a hit answers the query."""

    STRONG = "strong"
    MAYBE = "maybe"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Reason:
    """The result of one leg for a hit: rank and similarity in this leg.

    `deviation` is in standard deviations above the query's background in this leg.
    """

    rank: int
    similarity: float
    deviation: float
    region: Region | None = None
    """The part of the hit's picture that shows the query's picture, if known."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A figure or an item of a result: the best of all copies of its picture, or of all items with the same text."""

    rank: int
    kind: str
    id: str
    score: float
    confidence: Confidence
    why: Mapping[str, Reason]
    record: FigureRecord | ItemRecord
    matched: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # word of the query -> words of the hit
    copies: int = 0
    """The number of other figures with this picture or a copy of it, or of other items with the same text."""
    also_in: tuple[Appearance, ...] = ()
    """The newest of these copies."""

    @property
    def other_issues(self) -> str:
        """The issues of the newest copies, each once, and the number of copies if not all are named."""
        issues = list(dict.fromkeys(place.issue_title or place.document for place in self.also_in))
        named = ", ".join(issues[:MOST_NAMED])
        is_all = len(issues) <= MOST_NAMED and self.copies == len(self.also_in)
        return named if is_all else f"{named} … ({self.copies:,} copies)"

    @property
    def region(self) -> Region | None:
        """The part of the hit's picture that shows the query's picture: by keypoints, else by regions."""
        regions = (self.why[leg].region for leg in (KEYPOINTS, REGIONS) if leg in self.why)
        return next((region for region in regions if region), None)


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """The hits of one query, best first. `took_ms` includes everything but loading models.

    `len(result)` is the number of hits, and iteration yields them. A notebook shows a result with its pictures.
    """

    hits: tuple[Hit, ...]
    took_ms: float
    items: tuple[Hit, ...] = ()
    """The items that were asked for apart from the hits."""
    thumbnail_of: Callable[[str], bytes | None] | None = field(default=None, compare=False)
    """Returns the small thumbnail (WebP) of a picture by its SHA-256; None if there is none."""
    timing: SearchTiming | None = field(default=None, compare=False)
    """The time of the search; None for lists that no leg has ranked."""
    omitted: tuple[str, ...] = ()
    """The legs that were left out to stay within the latency budget."""

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __repr__(self) -> str:
        best = f", best {self.hits[0].record.label!r}" if self.hits else ""
        count = len(self.hits)
        return f"<Result: {count} {'hit' if count == 1 else 'hits'}{best}, {self.took_ms:.0f} ms>"

    def _repr_html_(self) -> str:
        return result_as_html(self)

    @property
    def matches_well(self) -> bool:
        """Whether any hit is better than weak. If not, the answer is `Nothing in this library matches well`."""
        return any(hit.confidence is not Confidence.WEAK for hit in self.hits)
