"""The heap of the C library: an ingest returns free memory to the system."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any, cast

M_ARENA_MAX = -8
"""The option's number in malloc.h of glibc."""


def one_heap() -> None:
    """Make all threads share one heap, where the C library can (glibc: Linux).

    By default each thread has a heap of its own, and no thread uses free memory of another heap: an ingest had 250 MB
    more, and was no faster. Call it when the program starts, before there are threads.
    """
    set_option = _of_the_c_library("mallopt")
    if set_option is not None:
        set_option(M_ARENA_MAX, 1)


def give_back() -> None:
    """Return free memory of the heap to the system, where the C library can (glibc: Linux). Takes some milliseconds."""
    trim = _of_the_c_library("malloc_trim")
    if trim is not None:
        trim(0)


@cache
def _of_the_c_library(name: str) -> Callable[..., Any] | None:
    try:
        return cast("Callable[..., Any]", getattr(ctypes.CDLL(None), name))
    except (OSError, AttributeError, TypeError):  # another C library, or Windows
        return None
