"""Room on the disk, asked for before it is needed.

The engine maps its files into memory: a write that finds the disk full does not fail, it kills the program (SIGBUS).
"""

import os
import shutil
from pathlib import Path

from explorer.errors import SearchIndexError

SPARE = 48 << 20
"""Bytes that must stay free: what the engine takes beside the points themselves, and what others write meanwhile."""


def require_free_space(folder: Path, size: int) -> None:
    """Raise SearchIndexError unless the disk has room for `size` bytes in `folder`, and some to spare."""
    free = shutil.disk_usage(folder).free
    if free < size + SPARE:
        raise SearchIndexError(
            f"The disk of {folder} is full: the index needs {_mb(size + SPARE)} MB there, {_mb(free)} MB are free. "
            "Free some, then do the same again: what was done is kept."
        )


def room_of(folder: Path) -> int:
    """Bytes that a folder takes on the disk; holes in its files take none."""
    return sum(_taken(file.stat()) for file in folder.rglob("*"))


def _taken(facts: os.stat_result) -> int:
    return facts.st_blocks * 512 if hasattr(facts, "st_blocks") else facts.st_size


def _mb(size: int) -> int:
    return -(-size >> 20)
