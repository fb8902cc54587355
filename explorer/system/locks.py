"""Locks between programs: one program at a time works in a folder, and the others learn which one it is."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

FOREVER = -1


class LockHeldError(Exception):
    """Another program holds the lock; the message names that program."""


@contextmanager
def process_lock(lock: Path, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the lock file `lock`.

    If another program holds it, raises LockHeldError. With `waiting`, calls `waiting` with the name of that program
    and waits. The name of the holder is in a file beside the lock, with the suffix .txt. Raises OSError if the lock
    cannot be written.
    """
    holder_file = lock.with_suffix(".txt")
    file_lock = FileLock(lock, timeout=0, thread_local=False)
    try:
        file_lock.acquire()
    except Timeout as error:
        if waiting is None:
            raise LockHeldError(_read_holder(holder_file)) from error
        waiting(_read_holder(holder_file))
        file_lock.acquire(timeout=FOREVER)
    try:
        with suppress(OSError):  # on a full disk the name is missing, but commands that free space still run
            holder_file.write_text(_describe_this_process(), encoding="utf-8")
        yield
    finally:
        file_lock.release()


def _describe_this_process() -> str:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return f"process {os.getpid()} on {socket.gethostname()} since {now}"


def _read_holder(holder_file: Path) -> str:
    with suppress(OSError):
        return holder_file.read_text(encoding="utf-8") or "another program"
    return "another program"
