"""What a search gives back, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from explorer.catalog.records import FigureRecord, ItemRecord
from explorer.search.fields import DETAILS, PARTS

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
    """A figure or an item in a result."""

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

    @property
    def region(self) -> Region | None:
        """Where in the hit's picture the query's picture lies: as its details tell, else as its parts do."""
        regions = (self.why[leg].region for leg in (DETAILS, PARTS) if leg in self.why)
        return next((region for region in regions if region), None)


@dataclass(frozen=True, slots=True)
class Result:
    """The hits of one query, best first; `took_ms` counts everything but loading models."""

    hits: tuple[Hit, ...]
    took_ms: float

    @property
    def matches_well(self) -> bool:
        """False when the honest answer is `Nothing in this library matches well`."""
        return any(hit.confidence is not Confidence.WEAK for hit in self.hits)
