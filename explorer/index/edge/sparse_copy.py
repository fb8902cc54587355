"""Copying of folders with sparse files: holes in files stay holes.

The engine reserves space far ahead (a shard of 75 MB has files of 324 MB); a plain copy would write all of it.
"""

import errno
import os
import shutil
import tempfile
import weakref
import zlib
from collections.abc import Collection, Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path

from explorer.errors import SearchIndexError

CHUNK = 1 << 20
_UNSUPPORTED_BY_SYSTEM = (errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)


def copy_tree(source: Path, target: Path, shared: Collection[Path] = ()) -> None:
    """Copy the folder `source` to `target`, which must not exist. The copy is writable even if `source` is not.

    The files in `shared` are never written again: where the system allows it, they become hard links.
    Raises OSError, and leaves an incomplete copy, if the copy fails.
    """
    target.mkdir(parents=True)
    for path in sorted(source.rglob("*")):
        copy = target / path.relative_to(source)
        if path.is_dir():
            copy.mkdir()
        elif path not in shared or not _hardlink(path, copy):
            _copy(path, copy)


def writable_folder(source: Path, owner: object) -> Path:
    """Return the folder, or a copy of a read-only folder. A copy is deleted with its owner.

    Raises as copy_tree and require_free_space do.
    """
    if os.access(source, os.W_OK):
        return source
    folder = tempfile.mkdtemp(prefix="explorer-index-")
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    copy = Path(folder) / source.name
    require_free_space(copy.parent, disk_usage(source))
    copy_tree(source, copy)
    return copy


def _hardlink(source: Path, target: Path) -> bool:
    """Create a hard link; return whether the system could."""
    try:
        target.hardlink_to(source)
    except OSError:  # another disk, or a file system without links
        return False
    return True


def extents(file: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges (start, end) of an open file that contain data: one range on systems without sparse files."""
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
            done = _copy_in_kernel(read.fileno(), write.fileno(), start, end)
            read.seek(done)
            write.seek(done)
            for remaining in range(end - done, 0, -CHUNK):
                _write_all(write, read.read(min(CHUNK, remaining)))
        write.truncate(size)


def _copy_in_kernel(read: int, write: int, start: int, end: int) -> int:
    """Copy a range inside the kernel, which takes half the time, and return the offset that was reached.

    Returns `start` if the system cannot do it.
    """
    done = start
    with suppress(AttributeError):  # not on this system
        while done < end:
            try:
                copied = os.copy_file_range(read, write, end - done, done, done)
            except OSError as error:
                if error.errno in _UNSUPPORTED_BY_SYSTEM:
                    break
                raise
            if not copied:
                break
            done += copied
    return done


def _write_all(file: FileIO, data: bytes) -> None:
    """Write all bytes: an almost full disk takes a part of them first, and raises OSError only then."""
    remaining = memoryview(data)
    while remaining:
        remaining = remaining[file.write(remaining) :]


BLOCK = 1 << 18
ZEROS = bytes(BLOCK)


def checksum(path: Path) -> int:
    """Return a CRC-32 of all blocks that are not zero: a hole and written zeros are equal."""
    crc, done = 0, 0
    with path.open("rb", buffering=0) as file:
        for start, end in extents(file.fileno(), path.stat().st_size):
            for offset in range(max(done, start - start % BLOCK), end, BLOCK):
                done = offset + BLOCK
                file.seek(offset)
                block = file.read(BLOCK)
                if block != ZEROS[: len(block)]:
                    crc = zlib.crc32(block, zlib.crc32(offset.to_bytes(8, "big"), crc))
    return crc


SPARE_BYTES = 48 << 20
"""Bytes that must stay free: for the engine, beside the points themselves, and for other programs."""


def require_free_space(folder: Path, size: int) -> None:
    """Raise SearchIndexError unless the disk of `folder` has `size` bytes free, and SPARE_BYTES more."""
    free = shutil.disk_usage(folder).free
    if free < size + SPARE_BYTES:
        raise SearchIndexError(
            f"The disk of {folder} is full: the index needs {_megabytes(size + SPARE_BYTES)} MB there, "
            f"{_megabytes(free)} MB are free. Free some space, then run the command again: finished work is kept."
        )


def disk_usage(folder: Path) -> int:
    """Return the bytes that a folder takes on the disk; holes in its files take none."""
    return sum(_allocated_bytes(file.stat()) for file in folder.rglob("*"))


def _allocated_bytes(stat: os.stat_result) -> int:
    return stat.st_blocks * 512 if hasattr(stat, "st_blocks") else stat.st_size


def _megabytes(size: int) -> int:
    return -(-size >> 20)
