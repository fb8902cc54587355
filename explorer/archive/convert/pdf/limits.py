"""Resource limits of a process that reads a PDF. pdfium is C++: a hostile file may only kill its own process."""

from __future__ import annotations

import contextlib
import time

try:
    import resource
except ImportError:  # Windows has no such limits; there only the timeout of the reader applies
    resource = None  # type: ignore[assignment]

MAX_MEMORY_BYTES = 1024**3
MAX_SECONDS = 240  # CPU time for a whole document
PAGE_SECONDS = 15  # CPU time for one page


def limit_process() -> None:
    """Limit the memory and the CPU time of this process permanently."""
    _limit("RLIMIT_AS", MAX_MEMORY_BYTES, MAX_MEMORY_BYTES)
    _limit("RLIMIT_CORE", 0, 0)
    allow_page()


def allow_page() -> None:
    """Grant the CPU time for one more page. The system kills the process when it is used up."""
    _limit("RLIMIT_CPU", min(MAX_SECONDS, int(time.process_time()) + PAGE_SECONDS), MAX_SECONDS)


def _limit(name: str, soft: int, hard: int) -> None:
    # Some systems define a limit without supporting it.
    with contextlib.suppress(ValueError, OSError, AttributeError):
        resource.setrlimit(getattr(resource, name), (soft, hard))
