"""The history of searches in a library: what was searched for, stored in the catalog, and how long it took."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from explorer.catalog.filters import NO_FILTERS, Filters
from explorer.catalog.searches import LONGEST, SearchRecord
from explorer.errors import ExplorerError
from explorer.library.browse import LibraryBrowser
from explorer.library.context import LibraryContext
from explorer.search.answer import with_options
from explorer.search.arguments import as_text
from explorer.search.grammar import parse
from explorer.search.hits import Result
from explorer.search.query import Kind
from explorer.search.timings import Percentiles, TimingLog

SHORTEST_SUGGESTED_WORD = 4


class SearchHistory:
    """Stores and lists the searches that people made in a library."""

    def __init__(self, context: LibraryContext, browser: LibraryBrowser) -> None:
        self._context = context
        self._browser = browser
        self._timings = TimingLog(context.path)

    def record(
        self,
        line: str,
        *,
        like: str | Sequence[str] = (),
        unlike: str | Sequence[str] = (),
        kind: Kind | None = None,
        filters: Filters = NO_FILTERS,
    ) -> None:
        """Store a search that a person made, as one line. Never raises; does not wait long for other writers.

        Not stored: lines with a picture, searches in one issue by its id, lines of more than LONGEST characters.
        """
        with suppress(ExplorerError):
            liked, unliked = self._browser.ids("like", like), self._browser.ids("unlike", unlike)
            full_line = with_options(_clean(as_text(line)), kind, filters, liked, unliked)
            if 0 < len(full_line) <= LONGEST and not parse(full_line).pictures and not filters.issue_id:
                self._context.catalog.searches.save(full_line, datetime.now(UTC))

    def record_timing(self, result: Result) -> None:
        """Store the time of a search that a person made. Never raises; it is not stored if the folder is read-only."""
        if result.timing is not None:
            self._timings.append(result.timing)

    def timings(self) -> dict[str, Percentiles]:
        """Return the times of the last searches, of each leg and in total, in ms."""
        return self._timings.percentiles()

    def searches(self, *, limit: int = -1) -> list[SearchRecord]:
        """Return the searches that people made, newest first."""
        return self._context.catalog.searches.recent(limit)

    def vocabulary(self, *, limit: int = -1) -> list[str]:
        """Return words of the library that a search may contain, the most frequent first: folded, without short ones."""
        return self._context.catalog.full_text.frequent_words(SHORTEST_SUGGESTED_WORD, limit)

    def clear(self) -> int:
        """Delete all searches, and return their number."""
        return self._context.catalog.searches.clear()


def _clean(line: str) -> str:
    """Return the line without line breaks and without bytes that are not UTF-8: a shell passes on any byte."""
    return " ".join(line.encode(errors="replace").decode().split())
