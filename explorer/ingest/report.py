"""What an ingest tells: its progress while it runs, its counts at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol, TypeVar

Work = TypeVar("Work")


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The counts of a library after an ingest.

    `problems` are documents and pictures that could not be read, `unread` pictures whose text was not read yet (see
    ocr.py), `put_off` texts of long issues that are not encoded yet (see issue_contents.py).
    """

    issues: int
    items: int
    figures: int
    pictures: int
    left_out: Mapping[str, int]
    missing: int
    remote: int
    problems: int
    skipped: int
    encoder: str
    generation: int
    seconds: float
    unread: int
    put_off: int = 0
    mentioned: int = 0  # addresses that look like a picture's and that nothing read


@dataclass(frozen=True, slots=True)
class EncodeReport:
    """What an index of another encoder holds, and how long its making took."""

    encoder: str
    generation: int
    points: int
    seconds: float


class Progress(Protocol):
    """Shows how far long work has come."""

    def track(self, work: Sequence[Work], what: str) -> AbstractContextManager[Iterator[Work]]:
        """The work one by one, told under the name `what`."""
        ...


class Silent:
    """Progress for whoever does not want to hear of it."""

    def track(self, work: Sequence[Work], what: str) -> AbstractContextManager[Iterator[Work]]:  # noqa: ARG002
        return nullcontext(iter(work))
