"""Searches that are saved by name, and the new matches of each."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from explorer.curate import saved_searches
from explorer.curate.saved_searches import SavedSearch, SearchUpdate
from explorer.errors import QueryError
from explorer.library.browse import LibraryBrowser
from explorer.library.context import LibraryContext
from explorer.representation.encoders import encoder_errors
from explorer.search.arguments import checked_line
from explorer.search.example_pictures import opened_picture


class SavedSearches:
    """The saved searches of a library."""

    def __init__(self, context: LibraryContext, browser: LibraryBrowser) -> None:
        self._context = context
        self._browser = browser

    def list(self) -> Sequence[SavedSearch]:
        """Return all saved searches, by name."""
        return saved_searches.read_all(self._context.path)

    def get(self, name: str) -> SavedSearch:
        """Return a saved search. Raises LibraryError if there is none of that name."""
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
        """Save a search, in place of any of that name. The figures that match now count as seen.

        Args:
            name: Letters, digits, blanks, dots, - and _.
            words: Words to look for.
            like: Ids of figures or items, or beginnings of ids.
            unlike: The same, for what hits should not resemble.
            pictures: Files of pictures that hits should resemble.
            threshold: Minimum score of a match, in standard deviations. None: what the liked examples reach
                (see default_threshold).

        Raises:
            QueryError: If there is nothing to look for, or the name is not possible.
        """
        if not (words or like or pictures):
            raise QueryError(
                "A saved search needs something to look for. Give words, a picture (--image FILE) or a figure (--like ID)."
            )
        words = words and checked_line(words)
        pictures = [pictures] if isinstance(pictures, Path | str) else pictures
        for picture in pictures:
            opened_picture(picture)
        liked, unliked = self._browser.ids("like", like), self._browser.ids("unlike", unlike)
        shown = tuple(str(Path(picture).absolute()) for picture in pictures)
        made = SavedSearch(name, words, liked, unliked, shown)
        with encoder_errors():
            engine = self._context.indexes.engine()
            if threshold is None:
                threshold = saved_searches.default_threshold(made, engine, self._context.catalog)
            seen = saved_searches.run(replace(made, threshold=threshold), engine, self._context.catalog)
        saved_searches.write(self._context.path, saved_searches.mark_seen(seen))
        return seen

    def run(self, name: str) -> SearchUpdate:
        """Return the matches of a saved search, and which of them are new since its last run."""
        seen = self._look(self.get(name))
        saved_searches.write(self._context.path, saved_searches.mark_seen(seen))
        return seen

    def delete(self, name: str) -> None:
        """Delete a saved search. Raises LibraryError if there is none of that name."""
        saved_searches.delete(self._context.path, name)

    def updates(self) -> Sequence[SearchUpdate]:
        """Return the saved searches with new matches. They stay new until the search is run."""
        found = []
        for one in self.list():
            with suppress(QueryError):  # nothing is left of it: its run says so
                found.append(self._look(one))
        return [seen for seen in found if seen.new]

    def _look(self, saved: SavedSearch) -> SearchUpdate:
        with encoder_errors():
            return saved_searches.run(saved, self._context.indexes.engine(), self._context.catalog)
