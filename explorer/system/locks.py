"""Being the one program that does something in a folder, and telling the others which one that is."""

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
    """Another program holds the lock; the message says which."""


@contextmanager
def process_lock(lock: Path, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the lock file `lock`.

    If another program holds it, raises LockHeldError. With `waiting`, calls `waiting` with the name of that program and
    waits. The name of the holder is in a file beside the lock, with the suffix .txt. Raises OSError if the lock cannot be
    written.
    """
    holder = lock.with_suffix(".txt")
    held = FileLock(lock, timeout=0, thread_local=False)
    try:
        held.acquire()
    except Timeout as error:
        if waiting is None:
            raise LockHeldError(_read(holder)) from error
        waiting(_read(holder))
        held.acquire(timeout=FOREVER)
    try:
        with suppress(OSError):  # on a full disk nobody is told, and what frees some can still be done
            holder.write_text(_myself(), encoding="utf-8")
        yield
    finally:
        held.release()


def _myself() -> str:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return f"process {os.getpid()} on {socket.gethostname()} since {now}"


def _read(holder: Path) -> str:
    with suppress(OSError):
        return holder.read_text(encoding="utf-8") or "another program"
    return "another program"
