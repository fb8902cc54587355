"""Files that several programs use: locks, and writing in one step.

With a lock, one program at a time works in a folder, and the others learn which one it is. A reader of a file that is
written in one step sees the old content or the new content.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.errors import LibraryError

FOREVER = -1

TEMPORARY = "tmp-"
"""The prefix of the names of unfinished files. A killed process leaves them behind; `explorer doctor` finds them."""


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


def write_atomically(file: Path, content: bytes | str) -> None:
    """Write a file in one rename; text is encoded as UTF-8. Raises OSError, after deleting the unfinished file."""
    new = file.with_name(f"{TEMPORARY}{os.getpid()}-{threading.get_ident()}")
    try:
        new.write_bytes(content.encode() if isinstance(content, str) else content)
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise


@contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """Raise LibraryError in place of an OSError while `path` is written."""
    try:
        yield
    except OSError as error:
        raise LibraryError(
            f"{path} cannot be written: {error.strerror or error}. "
            "Check the permissions of the folder and the free space."
        ) from error
