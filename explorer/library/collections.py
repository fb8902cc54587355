"""Collections: figures that somebody keeps together, with a name, notes and an order of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from explorer.catalog.records import Collection, FigureRecord
from explorer.curate.collection_export import write_collection
from explorer.errors import QueryError
from explorer.ingest.report import Progress, SilentProgress
from explorer.library.browse import LibraryBrowser, find_figure
from explorer.library.context import LibraryContext
from explorer.library.search import LibrarySearch
from explorer.search.arguments import as_ids, as_text, check_whole
from explorer.search.hits import Result
from explorer.search.query import Query

MAX_NAME_CHARS: Final = 200
MAX_NOTES_CHARS: Final = 20_000
MAX_EXAMPLES: Final = 50
"""The figures of a collection, from its beginning, that a search for similar ones uses."""


class LibraryCollections:
    """The collections of a library. A method takes the name of a collection, or its id."""

    def __init__(self, context: LibraryContext, browser: LibraryBrowser, searches: LibrarySearch) -> None:
        self._context = context
        self._browser = browser
        self._searches = searches

    def list(self) -> Sequence[Collection]:
        """Return all collections, by name."""
        return self._context.catalog.collections.all()

    def get(self, name: str) -> Collection:
        """Return a collection. Raises QueryError if there is none of this name or id."""
        collection = self._context.catalog.collections.get(as_text(name))
        if collection is None:
            raise QueryError(f"This library has no collection {name!r}. List them: explorer collections list")
        return collection

    def create(self, name: str, figures: str | Sequence[str] = (), *, notes: str = "") -> Collection:
        """Create a collection of figures, given by their ids or beginnings of ids.

        Raises:
            QueryError: If a collection has this name, the name is empty or too long, or the library lacks a figure.
        """
        name, notes = _check_name(name), _check_notes(notes)
        ids = self._figure_ids(figures)
        id = self._context.catalog.collections.create(name, notes)
        if id is None:
            raise _name_taken(name)
        self._context.catalog.collections.add(id, ids)
        return self.get(id)

    def edit(self, name: str, *, new_name: str | None = None, notes: str | None = None) -> Collection:
        """Change the name or the notes of a collection. None leaves them as they are."""
        collection = self.get(name)
        new_name = collection.name if new_name is None else _check_name(new_name)
        notes = collection.notes if notes is None else _check_notes(notes)
        if not self._context.catalog.collections.edit(collection.id, new_name, notes):
            raise _name_taken(new_name)
        return self.get(collection.id)

    def delete(self, name: str) -> None:
        """Delete a collection. Its figures stay in the library."""
        self._context.catalog.collections.delete(self.get(name).id)

    def add(self, name: str, figures: str | Sequence[str]) -> int:
        """Add figures at the end of a collection, and return how many were not in it yet."""
        return self._context.catalog.collections.add(self.get(name).id, self._figure_ids(figures))

    def remove(self, name: str, figures: str | Sequence[str]) -> int:
        """Remove figures from a collection, and return their number. A figure that is gone can be removed too.

        Raises QueryError for a figure that is not in the collection.
        """
        collection = self.get(name)
        ids = self._ids_in(collection, as_ids("figures", figures))
        return self._context.catalog.collections.remove(collection.id, ids)

    def move(self, name: str, figure: str, position: int) -> None:
        """Move a figure of a collection to a position among its figures that are in the library, from 1 on."""
        check_whole("position", position, 1)
        collection = self.get(name)
        [figure] = self._ids_in(collection, [figure])
        others = [other.id for other in self.figures(collection.id) if other.id != figure]
        before = others[position - 1] if position <= len(others) else None
        self._context.catalog.collections.move(collection.id, figure, before)

    def figures(self, name: str) -> Sequence[FigureRecord]:
        """Return the figures of a collection in its order. Figures that are gone from the library are left out."""
        return [figure for figure in self._figures_by_id(name).values() if figure]

    def missing(self, name: str) -> Sequence[str]:
        """Return the ids of the figures of a collection that are gone from the library, for now or for good."""
        return [id for id, figure in self._figures_by_id(name).items() if figure is None]

    def picture_bytes(self, name: str) -> int:
        """Return the size of the original pictures of a collection, in bytes."""
        return self._context.catalog.collections.picture_bytes(self.get(name).id)

    def with_figure(self, figure: str) -> Sequence[Collection]:
        """Return the collections that a figure is in, by name. `figure` is its full id."""
        return self._context.catalog.collections.with_figure(figure)

    def similar(self, name: str, *, limit: int = 20, offset: int = 0) -> Result:
        """Find figures like those of a collection, which are not in it.

        Its first MAX_EXAMPLES figures are the examples. Raises QueryError for a collection without figures.
        """
        figures = self.figures(name)
        if not figures:
            raise QueryError(
                f'The collection "{self.get(name).name}" has no figures yet. '
                "Add some, then search for similar ones."
            )
        ids = tuple(figure.id for figure in figures)
        query = Query(
            like=ids[:MAX_EXAMPLES], exclude_ids=frozenset(ids[MAX_EXAMPLES:]), limit=limit, offset=offset
        )
        return self._searches.search(query)

    def export(self, name: str, file: Path | str, *, progress: Progress | None = None) -> int:
        """Write a collection to a zip file, and return its size in bytes.

        The file has the original pictures, and their captions, credits and sources as CSV, as JSON Lines and as a
        contact sheet in HTML. Raises LibraryError if it cannot be written, or if it exists.
        """
        return write_collection(
            Path(file),
            self.get(name),
            self.figures(name),
            self._context.catalog,
            self._context.pictures,
            progress or SilentProgress(),
        )

    def _figures_by_id(self, name: str) -> dict[str, FigureRecord | None]:
        """Return the figures of a collection in its order; None for a figure that is gone."""
        ids = self._context.catalog.collections.figure_ids(self.get(name).id)
        figures = self._context.catalog.figures.by_id(ids)
        return {id: figures.get(id) for id in ids}

    def _figure_ids(self, figures: str | Sequence[str]) -> Sequence[str]:
        """Return the full ids. Raises QueryError for what is not the id of a figure."""
        ids = as_ids("figures", figures)
        known = self._context.catalog.figures.by_id(ids)
        return [id if id in known else find_figure(self._browser, id).id for id in ids]

    def _ids_in(self, collection: Collection, starts: Sequence[str]) -> Sequence[str]:
        """Return the ids in a collection that begin so. Raises QueryError for a beginning of none, or of several."""
        ids = self._context.catalog.collections.figure_ids(collection.id)
        present = set(ids)
        return [start if start in present else _id_starting_with(start, ids, collection) for start in starts]


def _id_starting_with(start: str, ids: Sequence[str], collection: Collection) -> str:
    matches = [id for id in ids if start and id.startswith(start)]
    if len(matches) != 1:
        number = "more than one figure with an id like" if matches else "no figure"
        raise QueryError(
            f'The collection "{collection.name}" has {number} {start!r}. '
            f'List them: explorer collections show "{collection.name}"'
        )
    return matches[0]


def _check_name(name: str) -> str:
    name = " ".join(as_text(name).split())
    if not name or len(name) > MAX_NAME_CHARS:
        raise QueryError(f"The name of a collection has 1 to {MAX_NAME_CHARS} characters. Give another name.")
    return name


def _check_notes(notes: str) -> str:
    notes = as_text(notes).strip()
    if len(notes) > MAX_NOTES_CHARS:
        raise QueryError(
            f"The notes of a collection have at most {MAX_NOTES_CHARS:,} characters. Shorten them."
        )
    return notes


def _name_taken(name: str) -> QueryError:
    return QueryError(f'This library already has a collection "{name}". Give another name.')
