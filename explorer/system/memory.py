"""Settings of the C library's heap, so that an ingest returns free memory to the system."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any, cast

M_ARENA_MAX = -8
"""The option's number in malloc.h of glibc."""


def share_one_heap() -> None:
    """Make all threads share one heap, if the C library can (glibc: Linux).

    By default each thread has its own heap, and no thread uses the free memory of another heap: an ingest took 250 MB
    more and was no faster. Call this when the program starts, before it starts threads.
    """
    set_option = _c_library_function("mallopt")
    if set_option is not None:
        set_option(M_ARENA_MAX, 1)


def return_free_memory() -> None:
    """Return free memory of the heap to the system, if the C library can (glibc: Linux). Takes some milliseconds."""
    trim = _c_library_function("malloc_trim")
    if trim is not None:
        trim(0)


@cache
def _c_library_function(name: str) -> Callable[..., Any] | None:
    """Return a function of the C library, or None if it has no such function."""
    try:
        return cast("Callable[..., Any]", getattr(ctypes.CDLL(None), name))
    except (OSError, AttributeError, TypeError):  # another C library, or Windows
        return None
