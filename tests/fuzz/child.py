"""Reads many inputs, in a process of its own that may die of any of them: limits of time and memory for each."""

from __future__ import annotations

import resource
import signal
import sys
import time
import traceback
from pathlib import Path
from types import FrameType

from fuzz.mutations import made
from fuzz.subjects import subjects

MEMORY = 1 << 30
"""What one input may take, in bytes, beyond what the program itself takes."""

CPU_SECONDS, CPU_SECONDS_OF_A_MEGABYTE = 10.0, 80.0
"""What one input may take: Markdown of nothing but brackets takes half of that, and what takes the square takes more."""


class TooLongError(BaseException):
    """An input takes more than its time; no `except Exception` of a reader keeps it."""


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise TooLongError("took more than its CPU time")


def limit_memory() -> None:
    """From here on an input that wants more memory than is good gets a MemoryError."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def main(name: str, seed: int, first: int, seconds: float, now: Path) -> None:
    """Tries inputs from number `first` on; `now` holds the number of the one that is being read."""
    subject = next(it for it in subjects() if it.name == name)
    subject.read(subject.samples[0])  # what is imported late is imported now
    signal.signal(signal.SIGPROF, _too_long)
    limit_memory()
    end = time.monotonic() + seconds
    number = first
    while time.monotonic() < end:
        data = made(subject.samples, seed, number)
        now.write_text(str(number), encoding="ascii")
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS + CPU_SECONDS_OF_A_MEGABYTE * len(data) / (1 << 20))
        try:
            subject.read(data)
        except (Exception, TooLongError):  # noqa: BLE001  that is what is looked for
            signal.setitimer(signal.ITIMER_PROF, 0)
            traceback.print_exc()
            sys.exit(1)
        signal.setitimer(signal.ITIMER_PROF, 0)
        number += 1
    now.write_text(str(number), encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), Path(sys.argv[5]))
