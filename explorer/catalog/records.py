"""What the catalog gives back: plain rows, each with the issue it stands in."""

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
"""What figures are listed by: the newest issue first, the number of the issue, or the caption."""


@dataclass(frozen=True, slots=True)
class IssueRecord:
    """One issue, with how many items and figures it has."""

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
        """What a list shows: the heading, else the beginning of the text."""
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
    picture_text: str | None = None  # what was read in the picture, a line each
    group: str | None = None  # the smallest SHA-256 of the picture and its copies

    @property
    def label(self) -> str:
        """What a list shows: the caption, else an alt text that says something, else the heading it stands under."""
        alt = self.alt if is_descriptive(self.alt) else None
        texts = (self.caption, alt, self.credit, self.heading, self.issue_title)
        return next((text for text in texts if text and not is_machine_name(text)), "Figure without caption")


@dataclass(frozen=True, slots=True)
class Appearance:
    """Where a figure or an item stands."""

    id: str
    document: str
    issue_title: str | None


@dataclass(frozen=True, slots=True)
class FigureCorrection:
    """Other words for a figure than the archive's. None leaves a field as it is, "" empties it."""

    caption: str | None = None
    alt: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class PictureRecord:
    """A picture once, whatever number of figures show it."""

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
    """A line that was read in a picture: how surely (0..1), and where, in fractions of its width and height."""

    text: str
    confidence: float
    box: tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    """One line of the ledger that is no kept figure: what, where and why."""

    kind: str  # issue, unreadable, missing, remote, left out, mentioned, skipped
    document: str
    image: str | None
    reason: str
    line: int | None = None  # of the document's source, where it has lines

    @property
    def explained(self) -> str:
        """The reason, and where to look."""
        return f"{self.reason} (line {self.line})" if self.line else self.reason


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every picture seen, counted."""

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
    mentioned: int = 0  # addresses of pictures of which nothing became

    @property
    def seen(self) -> int:
        """Pictures met in the archive, figures or not."""
        return self.figures + sum(self.left_out.values())


@dataclass(frozen=True, slots=True)
class Selection(Filters):
    """Which figures, items or issues to list: filters, and what only lists can ask for.

    What only figures have (caption, status, picture) restricts items and issues to those with such a figure.
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
