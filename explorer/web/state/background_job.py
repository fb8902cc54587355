"""Long work by a thread of its own: the pages stay usable, and may come and go."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from explorer.errors import ExplorerError, LibraryError
from explorer.types import Work as One

Done = TypeVar("Done")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """How far one piece of the work has come."""

    what: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Sentences:
    """What a visitor is told of work that is at it already, was stopped, or failed unexpectedly."""

    busy: str
    stopped: str
    unexpected: str


class _Stopped(BaseException):
    """Ends the work from within its progress. Like KeyboardInterrupt, it is nothing to recover from."""


class Background(Generic[Done]):
    """One piece of work at a time. It is itself the progress that is told."""

    def __init__(self, name: str, sentences: Sentences) -> None:
        self._name = name
        self._sentences = sentences
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self.step: Step | None = None
        self.remark: str | None = None
        self.report: Done | None = None
        self.problem: str | None = None

    @property
    def is_running(self) -> bool:
        """Whether anything is being done."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self, work: Callable[[], Done]) -> None:
        """Begins the work; LibraryError while other work is done."""
        with self._starting:
            if self.is_running:
                raise LibraryError(self._sentences.busy)
            self._stopping.clear()
            self.step = self.remark = self.report = self.problem = None
            # A daemon: the work may be killed at any moment, so it need not keep the server alive.
            self._thread = threading.Thread(target=self._do, args=(work,), name=self._name, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends the work at its next step."""
        self._stopping.set()

    def wait(self, seconds: float) -> None:
        """Returns when the work has ended, or after so many seconds."""
        if self._thread is not None:
            self._thread.join(seconds)

    @contextmanager
    def track(self, work: Sequence[One], what: str) -> Iterator[Iterator[One]]:
        """Progress, as every long method of Library tells it."""
        yield self._counted(work, what)

    def tell(self, line: str) -> None:
        """A remark for whoever watches."""
        self.remark = line

    def _counted(self, work: Sequence[One], what: str) -> Iterator[One]:
        for done, one in enumerate(work):
            if self._stopping.is_set():
                raise _Stopped
            self.step = Step(what, done, len(work))
            yield one

    def _do(self, work: Callable[[], Done]) -> None:
        try:
            self.report = work()
        except _Stopped:
            self.problem = self._sentences.stopped
        except ExplorerError as error:
            self.problem = str(error)
        except Exception:  # a thread's last words would be lost
            log.exception("%s failed", self._name)
            self.problem = self._sentences.unexpected
