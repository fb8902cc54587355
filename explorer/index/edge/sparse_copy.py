"""Copying a folder without filling the holes in its files.

The engine reserves its files far ahead (a shard of 75 MB claims 324 MB); a plain copy would write all that.
"""

import errno
import os
import shutil
import zlib
from collections.abc import Collection, Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path

from explorer.errors import SearchIndexError

CHUNK = 1 << 20
_NOT_BY_THE_SYSTEM = (errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)


def copy_tree(source: Path, target: Path, shared: Collection[Path] = ()) -> None:
    """Copy the folder `source` to `target`, which must not exist; the copy can be written even if `source` cannot.

    Files that are `shared` nobody writes again: where the system lets it, both folders have the same one.
    OSError, and half a copy, where it cannot be done.
    """
    target.mkdir(parents=True)
    for path in sorted(source.rglob("*")):
        there = target / path.relative_to(source)
        if path.is_dir():
            there.mkdir()
        elif path not in shared or not _linked(path, there):
            _copy(path, there)


def _linked(source: Path, target: Path) -> bool:
    try:
        target.hardlink_to(source)
    except OSError:  # another disk, or one that knows no links
        return False
    return True


def extents(file: int, size: int) -> Iterator[tuple[int, int]]:
    """Where an open file of this size holds data, as (start, end): everywhere, on systems that know no holes."""
    end = 0 if hasattr(os, "SEEK_DATA") else size
    if end == size:
        yield 0, size
    while end < size:
        try:
            start = os.lseek(file, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENOTSUP):
                yield end, size
            elif error.errno != errno.ENXIO:  # ENXIO: only a hole is left
                raise
            return
        end = os.lseek(file, start, os.SEEK_HOLE)
        yield start, end


def _copy(source: Path, target: Path) -> None:
    with source.open("rb", buffering=0) as read, target.open("wb", buffering=0) as write:
        size = os.fstat(read.fileno()).st_size
        for start, end in extents(read.fileno(), size):
            done = _copied_by_the_system(read.fileno(), write.fileno(), start, end)
            read.seek(done)
            write.seek(done)
            for rest in range(end - done, 0, -CHUNK):
                _write_all(write, read.read(min(CHUNK, rest)))
        write.truncate(size)


def _copied_by_the_system(read: int, write: int, start: int, end: int) -> int:
    """How far it came without a detour through this program, which costs twice the time; `start` where it cannot."""
    done = start
    with suppress(AttributeError):  # not on this system
        while done < end:
            try:
                copied = os.copy_file_range(read, write, end - done, done, done)
            except OSError as error:
                if error.errno in _NOT_BY_THE_SYSTEM:
                    break
                raise
            if not copied:
                break
            done += copied
    return done


def _write_all(file: FileIO, data: bytes) -> None:
    """A disk that is almost full takes a part, and only then says that it is."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


BLOCK = 1 << 18
NOTHING = bytes(BLOCK)


def checksum(path: Path) -> int:
    """A CRC-32 of all blocks that hold anything; a hole and written zeros are the same, whatever copied the file."""
    found, done = 0, 0
    with path.open("rb", buffering=0) as file:
        for start, end in extents(file.fileno(), path.stat().st_size):
            for offset in range(max(done, start - start % BLOCK), end, BLOCK):
                done = offset + BLOCK
                file.seek(offset)
                block = file.read(BLOCK)
                if block != NOTHING[: len(block)]:
                    found = zlib.crc32(block, zlib.crc32(offset.to_bytes(8, "big"), found))
    return found


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
