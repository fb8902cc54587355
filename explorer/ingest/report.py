"""The progress of an ingest while it runs, its counts at the end, and what it cost."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol, TypeVar

Work = TypeVar("Work")
COSTS_FILE: Final = "costs.jsonl"
"""A file in the folder of the library: one line for each ingest and sync."""
READING: Final = "reading"
EMBEDDING: Final = "embedding"
INDEXING: Final = "indexing"
COPIES: Final = "copies"
GRAPHS: Final = "graphs"
_RAPL: Final = Path("/sys/class/powercap")


@dataclass(frozen=True, slots=True)
class RunCost:
    """What an ingest or a sync cost: processor time in core-seconds by stage, and what it computed.

    `pictures` are all pictures of the library, `embedded` those whose vectors this run computed. `joules` is the energy of
    the processors of the whole machine during the run; None where the system does not let it be read.
    """

    when: str
    core_seconds: Mapping[str, float]
    pictures: int
    embedded: int
    joules: float | None = None


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
    core_seconds: Mapping[str, float] = field(default_factory=dict)  # by stage


@dataclass(frozen=True, slots=True)
class EncodeReport:
    """The index of another encoder: its number of points, and the time that it took to build."""

    encoder: str
    generation: int
    points: int
    seconds: float


class CostMeter:
    """Measures the processor time of the stages of a run, and the energy of the machine if it can be read."""

    def __init__(self) -> None:
        self.core_seconds: dict[str, float] = {}
        self._joules = read_joules()

    @contextmanager
    def stage(self, name: str, *, beside: str | None = None) -> Iterator[None]:
        """Add the processor time of the block to a stage.

        With `beside`, only the time of this thread is added to `name`, and that of all other threads to `beside`.
        """
        process, thread = time.process_time(), time.thread_time()
        try:
            yield
        finally:
            used, own = time.process_time() - process, time.thread_time() - thread
            shares = {name: own, beside: used - own} if beside else {name: used}
            for stage, seconds in shares.items():
                total = self.core_seconds.get(stage, 0.0) + max(seconds, 0.0)
                self.core_seconds[stage] = round(total, 3)

    def move(self, seconds: float, source: str, target: str) -> None:
        """Count processor time of a stage to another one."""
        seconds = min(seconds, self.core_seconds[source])
        self.core_seconds[source] = round(self.core_seconds[source] - seconds, 3)
        self.core_seconds[target] = round(self.core_seconds.get(target, 0.0) + seconds, 3)

    def write(self, folder: Path, *, pictures: int, embedded: int) -> RunCost:
        """Add the run to the costs of a library, and return it."""
        now, joules = read_joules(), None
        if now is not None and self._joules is not None and now >= self._joules:
            joules = round(now - self._joules, 1)
        when = datetime.now(UTC).isoformat(timespec="seconds")
        cost = RunCost(when, self.core_seconds, pictures, embedded, joules)
        with suppress(OSError), (folder / COSTS_FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(cost)) + "\n")
        return cost


def read_joules() -> float | None:
    """Return the energy counter of all processors (Linux powercap, RAPL); None if it cannot be read.

    https://docs.kernel.org/power/powercap/powercap.html
    """
    try:
        counters = [int(file.read_text()) for file in _RAPL.glob("intel-rapl:[0-9]*/energy_uj")]
    except (OSError, ValueError):
        return None
    return sum(counters) / 1e6 if counters else None


class Progress(Protocol):
    """Display of the progress of long work."""

    def track(self, work: Sequence[Work], label: str) -> AbstractContextManager[Iterator[Work]]:
        """Yield an iterator over the work, whose progress is shown with this label."""
        ...


class SilentProgress:
    """Progress that shows nothing."""

    def track(self, work: Sequence[Work], label: str) -> AbstractContextManager[Iterator[Work]]:  # noqa: ARG002
        return nullcontext(iter(work))
