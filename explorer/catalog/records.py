"""The rows that the catalog returns, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from textwrap import shorten
from typing import Literal

from explorer.archive.html.caption_marks import is_descriptive
from explorer.archive.html.machine_names import is_machine_name
from explorer.catalog.filters import Filters

LONGEST_LABEL = 120
FigureOrder = Literal["date", "issue", "caption"]
"""The order of a list of figures: newest issue first, by number of the issue, or by caption."""


@dataclass(frozen=True, slots=True)
class IssueRecord:
    """One issue, with the numbers of its items and figures."""

    id: str
    document: str
    title: str | None
    number: int | None
    date: str | None
    author: str | None
    language: str | None
    address: str | None
    items: int
    figures: int


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """One section of an issue."""

    id: str
    issue_id: str
    document: str
    order: int
    number: int | None
    heading: str | None
    text: str
    issue_title: str | None
    issue_number: int | None
    date: str | None

    @property
    def label(self) -> str:
        """The text for lists: the heading, else the beginning of the text."""
        return self.heading or shorten(self.text, LONGEST_LABEL, placeholder=" …")


@dataclass(frozen=True, slots=True)
class FigureRecord:
    """One appearance of a picture in an issue. `width` and `height` are px, None without a picture."""

    id: str
    issue_id: str
    document: str
    order: int
    image: str | None
    sha256: str | None
    status: str
    caption: str | None
    alt: str | None
    credit: str | None
    heading: str | None
    width: int | None
    height: int | None
    before: str | None
    after: str | None
    item_id: str | None
    issue_title: str | None
    issue_number: int | None
    date: str | None
    picture_text: str | None = None  # the text that was read in the picture, a line each
    group: str | None = None  # the smallest SHA-256 of the picture and its copies
    picture_kind: str | None = None  # photo, plot, map, ... or unsure, see picture_kinds.py

    @property
    def label(self) -> str:
        """The text for lists: the caption, else an informative alt text, credit, heading, or title of the issue."""
        alt = self.alt if is_descriptive(self.alt) else None
        texts = (self.caption, alt, self.credit, self.heading, self.issue_title)
        return next((text for text in texts if text and not is_machine_name(text)), "Figure without caption")


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet with its name for people and the number of figures that have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Appearance:
    """The place of a figure or an item."""

    id: str
    document: str
    issue_title: str | None


@dataclass(frozen=True, slots=True)
class Collection:
    """Figures that somebody keeps together. `figures` is their number, `created` a time (ISO 8601, UTC)."""

    id: str
    name: str
    notes: str
    created: str
    figures: int


@dataclass(frozen=True, slots=True)
class FigureCorrection:
    """The corrected words of a figure. None leaves a field as the archive has it, "" empties it."""

    caption: str | None = None
    alt: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class PictureRecord:
    """A picture. Any number of figures may show it."""

    sha256: str
    width: int
    height: int
    format: str
    bytes: int
    frames: int
    fingerprint: str
    colours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line that was read in a picture, with its confidence (0..1) and its box in fractions of width and height."""

    text: str
    confidence: float
    box: tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    """One line of the ledger: what was not kept, where and why."""

    kind: str  # issue, unreadable, missing, remote, left out, mentioned, skipped
    document: str
    image: str | None
    reason: str
    line: int | None = None  # of the document's source, where it has lines

    @property
    def explained(self) -> str:
        """The reason, with the line of the document if it is known."""
        return f"{self.reason} (line {self.line})" if self.line else self.reason


@dataclass(frozen=True, slots=True)
class Ledger:
    """The numbers of issues, items, figures and pictures, by their fate."""

    issues: int
    items: int
    figures: int
    pictures: int
    kept: int
    remote: int
    missing: int
    unreadable: int
    problems: int
    skipped: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    mentioned: int = 0  # addresses of pictures in documents that are neither figures nor left out

    @property
    def seen(self) -> int:
        """The number of pictures in the archive, figures or not."""
        return self.figures + sum(self.left_out.values())


@dataclass(frozen=True, slots=True)
class Selection(Filters):
    """The figures, items or issues to list: filters, and conditions that only lists have.

    Conditions on figures (caption, status, picture) restrict items and issues to those with such a figure.
    """

    status: str | None = None
    text: str | None = None
    """Words of which each must occur."""
    sha256: str | None = None
    group: str | None = None

    @classmethod
    def of(cls, filters: Filters, *, text: str | None = None) -> Selection:
        """Return the selection of filters, and of words."""
        return cls(**asdict(filters), text=text)


ALL = Selection()
