"""What a process that reads a PDF may use. pdfium is C++: a hostile file must cost its own process and no more."""

from __future__ import annotations

import contextlib
import time

try:
    import resource
except ImportError:  # Windows has none of these; there the reader that waits sets the only limit
    resource = None  # type: ignore[assignment]

MAX_MEMORY_BYTES = 1024**3
MAX_SECONDS = 240  # of processor time, for a whole document
PAGE_SECONDS = 15  # for one page


def confine() -> None:
    """Limits the memory and the processor time of this process for good."""
    _limit("RLIMIT_AS", MAX_MEMORY_BYTES, MAX_MEMORY_BYTES)
    _limit("RLIMIT_CORE", 0, 0)
    allow_page()


def allow_page() -> None:
    """Grants the time for one more page; what takes longer is ended by the system."""
    _limit("RLIMIT_CPU", min(MAX_SECONDS, int(time.process_time()) + PAGE_SECONDS), MAX_SECONDS)


def _limit(name: str, soft: int, hard: int) -> None:
    # Some systems know a limit by name only.
    with contextlib.suppress(ValueError, OSError, AttributeError):
        resource.setrlimit(getattr(resource, name), (soft, hard))
