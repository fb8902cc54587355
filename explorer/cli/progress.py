"""Progress bars on stderr; silent when stderr is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from explorer.types import Progress, SilentProgress, Work


class Bars:
    """A bar with count and time left for each piece of long work."""

    @contextmanager
    def track(self, work: Sequence[Work], what: str) -> Iterator[Iterator[Work]]:
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
            yield iter(bars.track(work, description=what))


def progress_for_stderr() -> Progress:
    """Bars where somebody watches."""
    return Bars() if sys.stderr.isatty() else SilentProgress()
