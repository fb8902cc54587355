"""Progress bars on stderr, if stderr is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from explorer.types import Progress, SilentProgress, Work


class ProgressBars:
    """A progress bar with count and remaining time for each long task."""

    @contextmanager
    def track(self, work: Sequence[Work], label: str) -> Iterator[Iterator[Work]]:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=Console(stderr=True)) as bars:
            yield iter(bars.track(work, description=label))


def progress_for_stderr() -> Progress:
    """Return progress bars if stderr is a terminal, otherwise no display."""
    return ProgressBars() if sys.stderr.isatty() else SilentProgress()
