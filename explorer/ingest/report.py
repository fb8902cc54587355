"""The progress of an ingest while it runs, and its counts at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol, TypeVar

Work = TypeVar("Work")


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The counts of a library after an ingest.

    `problems` is the number of documents and pictures that could not be read, `unread` that of pictures without OCR yet
    (see ocr.py), `put_off` that of texts of long issues that are not encoded yet (see issue_contents.py).
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
    precision: str = "f32"
    mentioned: int = 0  # addresses that look like those of pictures and that the reader did not use


@dataclass(frozen=True, slots=True)
class EncodeReport:
    """The index of another encoder: its number of points, and the time that it took to build."""

    encoder: str
    generation: int
    points: int
    seconds: float


class Progress(Protocol):
    """Display of the progress of long work."""

    def track(self, work: Sequence[Work], label: str) -> AbstractContextManager[Iterator[Work]]:
        """Yield an iterator over the work, whose progress is shown with this label."""
        ...


class SilentProgress:
    """Progress that shows nothing."""

    def track(self, work: Sequence[Work], label: str) -> AbstractContextManager[Iterator[Work]]:  # noqa: ARG002
        return nullcontext(iter(work))
