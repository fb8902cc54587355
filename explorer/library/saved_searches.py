"""Saved searches and their new matches."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from explorer.catalog.database import unwritable
from explorer.curate import matches_feed, saved_searches
from explorer.curate.matches_feed import FoundFigure
from explorer.curate.saved_searches import SavedSearch, SearchUpdate
from explorer.errors import LibraryError, QueryError
from explorer.library.browse import LibraryBrowser
from explorer.library.context import LibraryContext
from explorer.representation.encoders import encoder_errors
from explorer.search.arguments import checked_line
from explorer.search.example_pictures import opened_picture
from explorer.system.files import write_atomically


class SavedSearches:
    """The saved searches of a library."""

    def __init__(self, context: LibraryContext, browser: LibraryBrowser) -> None:
        self._context = context
        self._browser = browser

    def list(self) -> Sequence[SavedSearch]:
        """Return all saved searches, by name."""
        return saved_searches.read_all(self._context.path)

    def get(self, name: str) -> SavedSearch:
        """Return a saved search. Raises LibraryError if no saved search has this name."""
        return saved_searches.read(self._context.path, name)

    def save(
        self,
        name: str,
        *,
        words: str | None = None,
        like: str | Sequence[str] = (),
        unlike: str | Sequence[str] = (),
        pictures: Path | str | Sequence[Path | str] = (),
        threshold: float | None = None,
    ) -> SearchUpdate:
        """Save a search. A saved search with this name is replaced. The present matches do not count as new.

        Args:
            name: Letters, digits, spaces, dots, - and _.
            words: Words to search for: a typed line, which may have filters, as for `Library.ask`.
            like: Ids of figures or items that hits should resemble, or beginnings of ids.
            unlike: Ids of figures or items that hits should not resemble.
            pictures: Files of pictures that hits should resemble.
            threshold: Minimum score of a match, in standard deviations. None: the score that the liked examples reach
                (see default_threshold).

        Raises:
            QueryError: If there is nothing to search for, or the name is not valid.
        """
        if not (words or like or pictures):
            raise QueryError(
                "A saved search needs something to look for. "
                "Give words, a picture (--image FILE) or a figure (--like ID)."
            )
        words = words and checked_line(words)
        pictures = [pictures] if isinstance(pictures, Path | str) else pictures
        for picture in pictures:
            opened_picture(picture)
        liked, unliked = self._browser.ids("like", like), self._browser.ids("unlike", unlike)
        files = tuple(str(Path(picture).absolute()) for picture in pictures)
        search = SavedSearch(name, words, liked, unliked, files)
        with encoder_errors():
            engine = self._context.indexes.engine()
            if threshold is None:
                threshold = saved_searches.default_threshold(search, engine, self._context.catalog)
            update = saved_searches.run(replace(search, threshold=threshold), engine, self._context.catalog)
        saved_searches.write(self._context.path, saved_searches.mark_seen(update))
        return update

    def run(self, name: str) -> SearchUpdate:
        """Return the matches of a saved search and the ids of those that are new since its last run."""
        update = self._run(self.get(name))
        saved_searches.write(self._context.path, saved_searches.mark_seen(update))
        return update

    def delete(self, name: str) -> None:
        """Delete a saved search. Raises LibraryError if no saved search has this name."""
        saved_searches.delete(self._context.path, name)

    def updates(self) -> Sequence[SearchUpdate]:
        """Return the saved searches with new matches. The matches stay new until the search is run."""
        updates = []
        for search in self.list():
            with suppress(QueryError):  # all its examples are gone: `run` raises the error
                updates.append(self._run(search))
        return [update for update in updates if update.new]

    def report(self) -> Sequence[SearchUpdate]:
        """Return the saved searches with new matches, and remember them for `unseen` and for the feed.

        Call it after an ingest or a sync. It writes the feed `new-matches.atom` in the folder of the library.
        """
        updates = self.updates()
        for update in updates:
            saved_searches.write(self._context.path, saved_searches.mark_reported(update))
        if self.list():
            self._write_feed()
        return updates

    def unseen(self) -> int:
        """Return the number of reported matches that nobody has seen."""
        return sum(search.unseen for search in self.list())

    def mark_seen(self) -> None:
        """Mark all new matches as seen."""
        for update in self.updates():
            saved_searches.write(self._context.path, saved_searches.mark_seen(update))

    def _write_feed(self) -> None:
        catalog = self._context.catalog
        reported = [(search.name, id, found) for search in self.list() for id, found in search.reported]
        figures = catalog.figures.by_id(sorted({id for _, id, _ in reported}))
        issues = {it.id: it for it in catalog.issues.by_id(sorted({it.issue_id for it in figures.values()}))}
        found = [
            FoundFigure(name, figures[id], when, issues[figures[id].issue_id].address)
            for name, id, when in reported
            if id in figures
        ]
        file = self._context.path / matches_feed.FILE
        try:
            write_atomically(file, matches_feed.render_feed(self._context.path.resolve().name, found))
        except OSError as error:
            raise LibraryError(unwritable(self._context.path, error)) from error

    def _run(self, search: SavedSearch) -> SearchUpdate:
        with encoder_errors():
            return saved_searches.run(search, self._context.indexes.engine(), self._context.catalog)
