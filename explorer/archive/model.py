"""The content of an archive as plain data: issues, items, figures and the ledger of its pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

Read = Callable[[], bytes]
"""Returns bytes on demand; raises ArchiveError if they cannot be read."""


class Status(StrEnum):
    """The state of the picture of a figure."""

    KEPT = "kept"
    MISSING = "missing"
    REMOTE = "remote"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Figure:
    """One appearance of a picture in an issue.

    `image` is the shown address: an archive-relative POSIX path, a URL, or None if there is only a caption.
    `candidates` are the addresses that may contain its picture, largest first. `data` reads the picture if the
    document carries it itself (a data: URI, an inline SVG, a picture in an email).
    """

    order: int
    image: str | None
    status: Status
    caption: str | None = None
    alt: str | None = None
    credit: str | None = None
    heading: str | None = None
    before: str | None = None
    after: str | None = None
    item: int = 0
    candidates: tuple[str, ...] = ()
    data: Read | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Item:
    """One section of an issue."""

    order: int
    heading: str | None
    text: str
    number: int | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class ExcludedPicture:
    """One line of the ledger: a picture that is no figure, and the reason."""

    image: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mention:
    """An address in the source of a document that nothing read, and its line, if the source has lines."""

    address: str
    line: int | None = None


MENTIONED = "mentioned, not read"
"""The reason that the ledger gives for a mention."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """The metadata of an issue; None where it states none."""

    title: str | None = None
    number: int | None = None
    date: str | None = None  # ISO 8601, as much as is known: 2024, 2024-03 or 2024-03-09
    author: str | None = None
    language: str | None = None  # BCP 47, lower case
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """One document of the archive, read.

    `requested_files` are the names of the files that it refers to, whether they exist or not. `damage` describes the
    damage to its text.
    """

    document: str  # archive-relative POSIX path
    metadata: Metadata
    items: tuple[Item, ...]
    figures: tuple[Figure, ...]
    left_out: tuple[ExcludedPicture, ...] = ()
    requested_files: frozenset[str] = frozenset()
    damage: str | None = None
    mentioned: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """Something that could not be read: the file, the reason and the way out."""

    document: str
    reason: str
    image: str | None = None
