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
def alone(lock: Path, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
    """Holds the file `lock`. While another program does: LockHeldError, or `waiting` is told which and it is waited for.

    Who holds it stands beside it, in a file of its name with .txt. OSError where the lock cannot be written.
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
