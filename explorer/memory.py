"""The memory of the C library: what is free is given back to the system, for an ingest is not alone on its machine."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any, cast

M_ARENA_MAX = -8
"""As malloc.h of glibc names it."""


def one_heap() -> None:
    """Has all threads take their memory from one heap, where the C library can (glibc: Linux).

    It has a heap for each thread otherwise, and none takes what is free in another: after some portions an ingest had
    250 MB more, and was no faster. Called at the beginning of a program, before there are threads.
    """
    set_option = _of_the_c_library("mallopt")
    if set_option is not None:
        set_option(M_ARENA_MAX, 1)


def give_back() -> None:
    """Has the C library return what it keeps for later, where it can (glibc: Linux). It takes some milliseconds."""
    trim = _of_the_c_library("malloc_trim")
    if trim is not None:
        trim(0)


@cache
def _of_the_c_library(name: str) -> Callable[..., Any] | None:
    try:
        return cast("Callable[..., Any]", getattr(ctypes.CDLL(None), name))
    except (OSError, AttributeError, TypeError):  # another C library, or Windows
        return None
