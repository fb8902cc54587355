"""Long work with the library by a thread of its own: the pages stay usable, and may come and go."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from explorer.errors import ExplorerError, LibraryProblem
from explorer.ingest.enriching import EnrichReport
from explorer.ingest.report import IngestReport
from explorer.ingest.report import Work as One
from explorer.library import Library

STOPPED = "Stopped. What was read until then is kept; read again to go on."
UNEXPECTED = (
    "Reading failed in a way that the explorer did not expect; the log of `explorer app` says more. What was "
    "read until then is kept; read again to go on."
)

Work = Callable[[Library], IngestReport | EnrichReport]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """How far one piece of the work has come."""

    what: str
    done: int
    total: int


class _Stopped(BaseException):
    """Ends the reading from within its progress. Like KeyboardInterrupt, it is nothing to recover from."""


class Reading:
    """One archive at a time into one library, or the texts of its pictures. It is itself the progress that is told."""

    def __init__(self, library: Path) -> None:
        self._library = library
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self.step: Step | None = None
        self.remark: str | None = None
        self.report: IngestReport | EnrichReport | None = None
        self.problem: str | None = None

    @property
    def is_running(self) -> bool:
        """Whether anything is being read."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, archive: Path) -> None:
        """Begins to read an archive; LibraryProblem while anything is being read."""
        self._start(lambda library: library.ingest([archive], progress=self, tell=self._tell))

    def start_texts(self) -> None:
        """Begins to read the texts in the pictures; LibraryProblem while anything is being read."""
        self._start(lambda library: library.enrich(progress=self, tell=self._tell))

    def _start(self, work: Work) -> None:
        with self._starting:
            if self.is_running:
                raise LibraryProblem("The library is being read already. Wait until it is done, or stop it.")
            self._stopping.clear()
            self.step = self.remark = self.report = self.problem = None
            # A daemon: reading may be killed at any moment and resumed, so it need not keep the server alive.
            self._thread = threading.Thread(target=self._read, args=(work,), name="reading", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends the reading at its next step; what was read is kept."""
        self._stopping.set()

    def wait(self, seconds: float) -> None:
        """Returns when the reading has ended, or after so many seconds."""
        if self._thread is not None:
            self._thread.join(seconds)

    @contextmanager
    def track(self, work: Sequence[One], what: str) -> Iterator[Iterator[One]]:
        """Progress of an ingest or enrich."""
        yield self._counted(work, what)

    def _counted(self, work: Sequence[One], what: str) -> Iterator[One]:
        for done, one in enumerate(work):
            if self._stopping.is_set():
                raise _Stopped
            self.step = Step(what, done, len(work))
            yield one

    def _read(self, work: Work) -> None:
        try:
            # A library of its own: what it writes by and by is not seen by those who read, until it is whole.
            with Library.create(self._library) as library:
                self.report = work(library)
        except _Stopped:
            self.problem = STOPPED
        except ExplorerError as error:
            self.problem = str(error)
        except Exception:  # a thread's last words would be lost
            log.exception("Reading into %s failed", self._library)
            self.problem = UNEXPECTED

    def _tell(self, line: str) -> None:
        self.remark = line


@st.cache_resource(show_spinner=False)
def reading_into(library: Path) -> Reading:
    """The one that reads into this library."""
    return Reading(library)
