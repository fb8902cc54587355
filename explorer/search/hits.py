"""What a search gives back, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from explorer.catalog.records import Appearance, FigureRecord, ItemRecord
from explorer.representation.legs import KEYPOINTS, REGIONS
from explorer.search.result_html import result_as_html

MOST_NAMED = 5
"""Issues that are named beside a hit."""

Region = tuple[float, float, float, float]
"""A part of a picture: left, top, right, bottom in fractions of its width and height."""


class Confidence(StrEnum):
    """How sure the explorer is, by the query's own background in this library."""

    STRONG = "strong"
    MAYBE = "maybe"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class Reason:
    """One leg's part in a hit: its place in that leg's list, its similarity there, and how far it stands out.

    `deviation` counts standard deviations above the query's own background in this leg.
    """

    rank: int
    similarity: float
    deviation: float
    region: Region | None = None
    """Where in the hit's picture the query's picture lies, if that is known."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A figure or an item in a result: of those that show copies of one picture, or say the same, the best."""

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
    """How many other figures of the library show this picture or a copy of it, or items say the same."""
    also_in: tuple[Appearance, ...] = ()
    """The newest of them."""

    @property
    def other_issues(self) -> str:
        """The issues in which the newest of the copies stand, each once, and how many there are if not all are named."""
        issues = list(dict.fromkeys(one.issue_title or one.document for one in self.also_in))
        named = ", ".join(issues[:MOST_NAMED])
        is_all = len(issues) <= MOST_NAMED and self.copies == len(self.also_in)
        return named if is_all else f"{named} … ({self.copies:,} copies)"

    @property
    def region(self) -> Region | None:
        """Where in the hit's picture the query's picture lies: as its details tell, else as its parts do."""
        regions = (self.why[leg].region for leg in (KEYPOINTS, REGIONS) if leg in self.why)
        return next((region for region in regions if region), None)


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """The hits of one query, best first; `took_ms` counts everything but loading models.

    A result is as long as it has hits and gives them one by one; a notebook shows it with its pictures.
    """

    hits: tuple[Hit, ...]
    took_ms: float
    thumbnail_of: Callable[[str], bytes | None] | None = field(default=None, compare=False)
    """By the SHA-256 of a picture: its small thumbnail, a WebP; None where there is none."""

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
        """False when the honest answer is `Nothing in this library matches well`."""
        return any(hit.confidence is not Confidence.WEAK for hit in self.hits)
