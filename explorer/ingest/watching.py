"""Noticing that an archive changed, within seconds: the system tells, and where it cannot, we look."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

QUIET_SECONDS = 1.0
"""A change is over when nothing was written for so long: issues are copied file by file."""

LOOK_EVERY_SECONDS = 60.0
"""Network drives tell nothing."""


class Watch(FileSystemEventHandler):
    """Waits for changes below some folders."""

    def __init__(self) -> None:
        self._changed = threading.Event()
        self._last = 0.0

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by watchdog, in a thread of its own."""
        if event.event_type in {"created", "modified", "moved", "deleted", "closed"}:
            self._last = time.monotonic()
            self._changed.set()

    def wait(self) -> None:
        """Returns when something changed and is quiet again, or when it is time to look anyway."""
        if self._changed.wait(LOOK_EVERY_SECONDS):
            while time.monotonic() - self._last < QUIET_SECONDS:
                time.sleep(QUIET_SECONDS / 10)
        self._changed.clear()


@contextmanager
def watching(locations: Iterable[str]) -> Iterator[Watch]:
    """Watches these archives, as far as they are there and the system can tell."""
    watch, observer = Watch(), Observer()
    for location in locations:
        path = Path(location)
        folder = path if path.is_dir() else path.parent
        if folder.is_dir():
            observer.schedule(watch, str(folder), recursive=path.is_dir())
    try:
        observer.start()
    except OSError:  # too many folders for this system: then it is looked at every minute
        yield watch
        return
    try:
        yield watch
    finally:
        observer.stop()
        observer.join()
