"""Long work in a thread, so that pages stay usable and can be left and opened again."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from explorer.errors import ExplorerError, LibraryError
from explorer.types import Work

Report = TypeVar("Report")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """The progress of one task of the job."""

    task: str
    done: int
    total: int
    seconds: float = 0.0
    """The time that the done part took."""

    @property
    def remaining_seconds(self) -> float | None:
        """The expected time until the task ends; None before the first part is done."""
        return self.seconds / self.done * (self.total - self.done) if self.done else None


@dataclass(frozen=True, slots=True)
class JobMessages:
    """The messages for a job that is already running, was stopped, or failed unexpectedly."""

    busy: str
    stopped: str
    unexpected: str


class _Stopped(BaseException):
    """Ends the work from within its progress. Like KeyboardInterrupt, it is not an error to recover from."""


class BackgroundJob(Generic[Report]):
    """One piece of work at a time. The job is also the progress that the library reports to."""

    def __init__(self, name: str, messages: JobMessages) -> None:
        self._name = name
        self._messages = messages
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self.step: Step | None = None
        self.remark: str | None = None
        self.report: Report | None = None
        self.error: str | None = None

    @property
    def is_running(self) -> bool:
        """Whether the work is being done."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self, work: Callable[[], Report]) -> None:
        """Start the work in a thread. Raises LibraryError while the job is running."""
        with self._starting:
            if self.is_running:
                raise LibraryError(self._messages.busy)
            self._stopping.clear()
            self.step = self.remark = self.report = self.error = None
            # A daemon: the work may be killed at any moment, so it need not keep the server alive.
            self._thread = threading.Thread(target=self._run, args=(work,), name=self._name, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop the work at its next step."""
        self._stopping.set()

    def wait(self, seconds: float) -> None:
        """Wait until the work has ended, at most this many seconds."""
        if self._thread is not None:
            self._thread.join(seconds)

    @contextmanager
    def track(self, work: Sequence[Work], what: str) -> Iterator[Iterator[Work]]:
        """Record the progress of a task, as every long method of Library reports it."""
        yield self._count_steps(work, what)

    def set_remark(self, line: str) -> None:
        """Set the remark that is shown below the progress."""
        self.remark = line

    def _count_steps(self, work: Sequence[Work], task: str) -> Iterator[Work]:
        started = time.monotonic()
        for done, element in enumerate(work):
            if self._stopping.is_set():
                raise _Stopped
            self.step = Step(task, done, len(work), time.monotonic() - started)
            yield element

    def _run(self, work: Callable[[], Report]) -> None:
        try:
            self.report = work()
        except _Stopped:
            self.error = self._messages.stopped
        except ExplorerError as error:
            self.error = str(error)
        except Exception:  # an error in a thread would be lost
            log.exception("%s failed", self._name)
            self.error = self._messages.unexpected
