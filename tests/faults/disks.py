"""Disks that fail: a small one of its own, and folders in which nothing can be written.

Both need what only root may do, or what root is not stopped by; where neither goes, the tests skip.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

DISK_MB = 96


def _done(*command: object) -> bool:
    if shutil.which(str(command[0])) is None:
        return False
    return subprocess.run([str(part) for part in command], capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of its own, of 96 MB."""
    image, folder = tmp_path / "disk.img", tmp_path / "disk"
    folder.mkdir()
    image.touch()
    os.truncate(image, DISK_MB << 20)
    if not (_done("mkfs.ext4", "-q", "-F", "-m", "0", image) and _done("mount", "-o", "loop", image, folder)):
        pytest.skip("no disk can be mounted here")
    yield folder
    _done("umount", "-l", folder)


@pytest.fixture
def read_only():
    """A function that makes a folder one in which nothing can be written, until the test ends."""
    with ExitStack() as undone:

        def protect(folder: Path) -> Path:
            if os.geteuid():
                paths = [folder, *folder.rglob("*")]
                for path in paths:
                    path.chmod(path.stat().st_mode & ~0o222)
                    undone.callback(path.chmod, path.stat().st_mode | 0o200)
            elif _done("mount", "--bind", folder, folder):
                undone.callback(_done, "umount", "-l", folder)
                if not _done("mount", "-o", "remount,bind,ro", folder):
                    pytest.skip("nothing can be protected from root here")
            else:
                pytest.skip("nothing can be protected from root here")
            return folder

        yield protect


@pytest.fixture
def filled(small_disk):
    """A function that leaves so many KB on the small disk; called again with another number it leaves those."""
    filler = small_disk / "filler"

    def leave(kb: int) -> None:
        filler.unlink(missing_ok=True)
        free = shutil.disk_usage(small_disk).free
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, free - (kb << 10)))

    return leave


@pytest.fixture
def held_back_by_rights() -> Iterator[None]:
    """Files that their owner may not read, root may not read either."""
    if os.geteuid():
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = struct.pack("Ii", 0x20080522, 0)  # version 3 of the interface, this thread
    before = ctypes.create_string_buffer(24)
    if libc.capget(header, before):
        pytest.skip("root can do everything here")
    effective, *others = struct.unpack("6I", before.raw)
    overriding = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: linux/capability.h
    libc.capset(header, struct.pack("6I", effective & ~overriding, *others))
    yield
    libc.capset(header, before.raw)
