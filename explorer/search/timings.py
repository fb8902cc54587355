"""The times of the last searches, by leg: a file in the folder of the library, one line for each search.

A line is appended without a transaction, so that no search waits for another program. It contains no words.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path
from typing import Final

from explorer.representation.legs import LEGS
from explorer.system.files import write_atomically

FILE: Final = "timings.jsonl"
KEPT: Final = 1000
"""Searches that are kept. The file is cut to them when it is twice as long as they usually are."""
_LINE_BYTES: Final = 120
_NO_LEGS: Final = '"legs": {}}'
ENCODING: Final = "encoding"
TOTAL: Final = "total"
OTHER: Final = "other"
"""What remains of a search besides encoding and legs: fusion, records, copies."""
NAMES: Final = (TOTAL, ENCODING, *LEGS, OTHER)


@dataclass(frozen=True, slots=True)
class SearchTiming:
    """The time of one search in ms: of all of it, and for some searches of its legs and of encoding the query."""

    total: float
    warm: bool
    """Whether the process had searched before. The first search of a process loads what the others need."""
    legs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Percentiles:
    """The times of a leg, or of whole searches, in ms."""

    searches: int
    p50: float
    p95: float


class TimingLog:
    """The times of the last searches of a library."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def append(self, timing: SearchTiming) -> None:
        """Add a search. Nothing happens if the folder cannot be written."""
        with suppress(OSError):
            rounded = {leg: round(milliseconds, 2) for leg, milliseconds in timing.legs.items()}
            entry = asdict(timing) | {"total": round(timing.total, 2), "legs": rounded}
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")
                is_long = file.tell() > 2 * KEPT * _LINE_BYTES
            if is_long:
                lines = self._lines()[-KEPT:]
                write_atomically(self._path, "".join(f"{line}\n" for line in lines))

    def costs(self, *, warm: bool) -> dict[str, float]:
        """Return the time that a leg does not exceed in 95 of 100 searches, by name; legs never timed are missing."""
        # Most lines have no legs. They are not parsed, because this is part of a search.
        timed = [line for line in self._lines()[-KEPT:] if not line.endswith(_NO_LEGS)]
        by_name = self._times(entry for entry in _parsed(timed) if entry.warm == warm)
        return {name: _percentile(times, 95) for name, times in by_name.items()}

    def percentiles(self) -> dict[str, Percentiles]:
        """Return the times of the last searches, of each leg and in total, in the order of NAMES."""
        by_name = self._times(_parsed(self._lines()[-KEPT:]))
        return {
            name: Percentiles(len(times), _percentile(times, 50), _percentile(times, 95))
            for name in NAMES
            if (times := by_name.get(name))
        }

    def _times(self, entries: Iterator[SearchTiming]) -> dict[str, list[float]]:
        by_name: dict[str, list[float]] = defaultdict(list)
        for entry in entries:
            other = {OTHER: max(0.0, entry.total - sum(entry.legs.values()))} if entry.legs else {}
            for name, milliseconds in {TOTAL: entry.total, **entry.legs, **other}.items():
                by_name[name].append(milliseconds)
        return by_name

    def _lines(self) -> Sequence[str]:
        try:
            return self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ()


def _parsed(lines: Sequence[str]) -> Iterator[SearchTiming]:
    """Yield the searches. Invalid lines are skipped: the file may come from anybody, with the library."""
    for line in lines:
        with suppress(ValueError, TypeError, RecursionError):
            timing = SearchTiming(**json.loads(line))
            if _is_valid(timing):
                yield timing


def _is_valid(timing: SearchTiming) -> bool:
    return (
        isinstance(timing.warm, bool)
        and isinstance(timing.legs, dict)
        and set(timing.legs) <= set(NAMES)
        and all(
            type(milliseconds) in (int, float) and isfinite(milliseconds) and milliseconds >= 0
            for milliseconds in (timing.total, *timing.legs.values())
        )
    )


def _percentile(times: Sequence[float], percent: int) -> float:
    """Return the smallest time that `percent` of the times do not exceed."""
    ordered = sorted(times)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
