"""Copying a folder without filling the holes in its files.

The engine reserves its files far ahead (a shard of 75 MB claims 324 MB); a plain copy would write all that.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

CHUNK = 1 << 20


def copy_tree(source: Path, target: Path) -> None:
    """Copy the folder `source` to `target`, which must not exist."""
    shutil.copytree(source, target, copy_function=_copy)


def _copy(source: str, target: str) -> str:
    if not hasattr(os, "SEEK_DATA"):
        return shutil.copy2(source, target)
    try:
        _copy_data(source, target)
    except OSError as error:
        # Some file systems know no holes.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
        return shutil.copy2(source, target)
    return target


def _copy_data(source: str, target: str) -> None:
    with open(source, "rb", buffering=0) as read, open(target, "wb", buffering=0) as write:  # noqa: PTH123
        size = os.fstat(read.fileno()).st_size
        for start, end in _extents(read.fileno(), size):
            read.seek(start)
            write.seek(start)
            for rest in range(end - start, 0, -CHUNK):
                write.write(read.read(min(CHUNK, rest)))
        write.truncate(size)


def _extents(file: int, size: int) -> Iterator[tuple[int, int]]:
    """Where the file holds data, as (start, end)."""
    end = 0
    while end < size:
        try:
            start = os.lseek(file, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno != errno.ENXIO:  # ENXIO: only a hole is left
                raise
            return
        end = os.lseek(file, start, os.SEEK_HOLE)
        yield start, end
