"""Watching of archives for changes, by notifications of the system and, where there are none, by polling."""

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
"""A change is complete when nothing was written for this time: issues are copied file by file."""

POLL_SECONDS = 60.0
"""Network drives send no notifications."""


class ArchiveWatcher(FileSystemEventHandler):
    """Watcher for changes below some folders."""

    def __init__(self) -> None:
        self.folders: list[str] = []
        self._changed = threading.Event()
        self._last = 0.0

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note the event. watchdog calls this in its own thread."""
        if event.event_type in {"created", "modified", "moved", "deleted", "closed"} and self._is_relevant(
            event
        ):
            self._last = time.monotonic()
            self._changed.set()

    def _is_relevant(self, event: FileSystemEvent) -> bool:
        """Whether the event is outside of libraries. A library may be inside its archive, and each sync writes to it."""
        paths = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        return any(not self._is_in_a_library(path, event) for path in paths)

    def _is_in_a_library(self, path: str, event: FileSystemEvent) -> bool:
        # A folder is modified whenever a file in it is created, and that is an event of its own.
        is_parent_folder = event.is_directory and event.event_type == "modified"
        return is_parent_folder or any(is_in_library(path, folder) for folder in self.folders)

    def wait(self) -> None:
        """Return when something changed and nothing was written since for QUIET_SECONDS, or after POLL_SECONDS."""
        if self._changed.wait(POLL_SECONDS):
            while time.monotonic() - self._last < QUIET_SECONDS:
                time.sleep(QUIET_SECONDS / 10)
        self._changed.clear()


@contextmanager
def watch_archives(locations: Iterable[str]) -> Iterator[ArchiveWatcher]:
    """Watch these archives, as far as they exist and the system sends notifications."""
    watcher, observer = ArchiveWatcher(), Observer()
    for location in locations:
        path = Path(location)
        folder = path if path.is_dir() else path.parent
        if folder.is_dir():
            watcher.folders.append(str(folder))
            observer.schedule(watcher, str(folder), recursive=path.is_dir())
    try:
        observer.start()
    except OSError:  # too many folders for this system: then the archives are polled
        yield watcher
        return
    try:
        yield watcher
    finally:
        observer.stop()
        observer.join()
