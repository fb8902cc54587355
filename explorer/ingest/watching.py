"""Noticing that an archive changed, within seconds: the system tells, and where it cannot, we look."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from explorer.archive.storage.files import is_in_library

QUIET_SECONDS = 1.0
"""A change is over when nothing was written for so long: issues are copied file by file."""

LOOK_EVERY_SECONDS = 60.0
"""Network drives tell nothing."""


class Watch(FileSystemEventHandler):
    """Waits for changes below some folders."""

    def __init__(self) -> None:
        self.folders: list[str] = []
        self._changed = threading.Event()
        self._last = 0.0

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by watchdog, in a thread of its own."""
        if event.event_type in {"created", "modified", "moved", "deleted", "closed"} and self._counts(event):
            self._last = time.monotonic()
            self._changed.set()

    def _counts(self, event: FileSystemEvent) -> bool:
        """Whether something else was touched than a library that lies in its archive: each sync writes to that."""
        paths = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        return any(not self._is_of_a_library(path, event) for path in paths)

    def _is_of_a_library(self, path: str, event: FileSystemEvent) -> bool:
        # A folder is touched whenever something in it is made, and that is told of itself.
        is_holder = event.is_directory and event.event_type == "modified"
        return is_holder or any(is_in_library(path, folder) for folder in self.folders)

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
            watch.folders.append(str(folder))
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
