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
        """What is kept of likes and dislikes, by name."""
        return saved_searches.saved(self._context.path)

    def get(self, name: str) -> SavedSearch:
        """The saved search `name`; LibraryError where there is none."""
        return saved_searches.named(self._context.path, name)

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
        """Keeps a saved search, in place of any of that name; what passes now counts as seen.

        The threshold is a score; unless it is given, the liked examples choose it (see default_threshold).
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
            seen = saved_searches.look(replace(made, threshold=threshold), engine, self._context.catalog)
        saved_searches.write(self._context.path, saved_searches.remembered(seen))
        return seen

    def run(self, name: str) -> SearchUpdate:
        """What passes a saved search, and what of it is new since its last run; the next run knows it."""
        seen = self._look(self.get(name))
        saved_searches.write(self._context.path, saved_searches.remembered(seen))
        return seen

    def delete(self, name: str) -> None:
        """Forgets a saved search; LibraryError where there is none."""
        saved_searches.delete(self._context.path, name)

    def updates(self) -> Sequence[SearchUpdate]:
        """The saved searches that a run would tell something new; it stays new until they are run."""
        found = []
        for one in self.list():
            with suppress(QueryError):  # nothing is left of it: its run says so
                found.append(self._look(one))
        return [seen for seen in found if seen.new]

    def _look(self, saved: SavedSearch) -> SearchUpdate:
        with encoder_errors():
            return saved_searches.look(saved, self._context.indexes.engine(), self._context.catalog)
