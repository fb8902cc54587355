"""The library: the only entry point to the data of the explorer, for the command line, the web app and Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from explorer.catalog.filters import NO_FILTERS, Filters
from explorer.catalog.store import Catalog
from explorer.errors import LibraryError
from explorer.index import server_address
from explorer.library.browse import LibraryBrowser, LibraryStatus
from explorer.library.context import LibraryContext
from explorer.library.manifest import (
    CATALOG_FILE,
    NO_LAYOUT,
    VECTORS,
    LibraryManifest,
    ServerLayout,
    is_library,
)
from explorer.library.new_folder import new_folder
from explorer.library.trusted_servers import trust_server
from explorer.representation.encoders import ignore_message
from explorer.search.arguments import as_ids, checked_line
from explorer.search.query import Kind, Query

if TYPE_CHECKING:
    from explorer.ingest.report import Progress
    from explorer.library.collections import LibraryCollections
    from explorer.library.editing import LibraryEditor
    from explorer.library.encoders import LibraryEncoders
    from explorer.library.evaluation import LibraryEvaluation
    from explorer.library.index_building import IndexBuilder
    from explorer.library.ingest import ArchiveIngest
    from explorer.library.issue_reader import IssueReader
    from explorer.library.maintenance import LibraryMaintenance
    from explorer.library.maps import LibraryMaps
    from explorer.library.saved_searches import SavedSearches
    from explorer.library.search import LibrarySearch
    from explorer.library.search_history import SearchHistory
    from explorer.search.answer import Answer
    from explorer.search.example_pictures import Box
    from explorer.search.hits import Result
    from images.sources import PictureSource


class Library:
    """A library in a folder. It is thread-safe. Several processes may read it at once; one may write.

    Methods raise only ExplorerError; its message says what to do. Each task has a service, imported on first use:
    `library.archives.ingest("newsletter")`.
    """

    def __init__(self, context: LibraryContext) -> None:
        self.path = context.path
        self._context = context

    @classmethod
    def open(cls, path: Path | str, *, encoder: str | None = None) -> Self:
        """Open the library in the folder `path`.

        With `encoder`, searches use the index of that encoder instead of the one in use. Raises LibraryError if the
        folder has no library, or no index of that encoder.
        """
        folder = Path(path)
        manifest = LibraryManifest.read(folder)
        if encoder is not None and encoder not in manifest.index_places:
            raise LibraryError(
                f"{folder} has no index of {encoder}. "
                f"To build one: explorer encode --encoder {encoder} --library {folder}"
            )
        return cls(LibraryContext(folder, Catalog(folder / CATALOG_FILE), encoder=encoder))

    @classmethod
    def create(
        cls, path: Path | str, *, qdrant_url: str | None = None, layout: ServerLayout = NO_LAYOUT
    ) -> Self:
        """Open the library in the folder `path`, and make it if there is none.

        `qdrant_url` puts the index on a server. `layout` sets how the server stores it, from the next generation on.
        Raises ServerError if `qdrant_url` is not the address of a server; then nothing is created.
        """
        folder = Path(path)
        address = server_address(qdrant_url) if qdrant_url is not None else None
        LibraryManifest.read_or_create(folder, address, layout)
        if address is not None:
            # Only a server with a key needs it; without the key, that server refuses and its error has the reason.
            with suppress(LibraryError):
                trust_server(folder, address)
        return cls(LibraryContext(folder, Catalog(folder / CATALOG_FILE, create=True)))

    @classmethod
    @contextmanager
    def create_for_ingest(
        cls, path: Path | str, *, qdrant_url: str | None = None, layout: ServerLayout = NO_LAYOUT
    ) -> Iterator[Self]:
        """Yield the library as `create` does, for one ingest.

        If the ingest fails before anything is read, a folder that was made for it is deleted.
        """
        folder = Path(path)
        with new_folder(folder) as state, cls.create(folder, qdrant_url=qdrant_url, layout=layout) as library:
            try:
                yield library
            finally:
                state.is_worth_keeping = library.archives.has_content

    @classmethod
    def from_backup(cls, file: Path | str, path: Path | str, *, progress: Progress | None = None) -> Self:
        """Restore a backup into the folder `path`, which must be new or empty, and open the library.

        The index is built in the folder: a server that the backup names may belong to anybody. `push` moves the index
        to your server.
        """
        from explorer.maintain.backup import unpack_backup

        unpack_backup(Path(file), Path(path))
        return cls._open_and_index(Path(path), progress)

    @classmethod
    def from_export(
        cls,
        folder: Path | str,
        path: Path | str,
        *,
        qdrant_url: str | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Create a library in the new or empty folder `path` from the export in `folder`."""
        from explorer.ingest.report import SilentProgress
        from explorer.maintain.exporting import import_from

        path = Path(path)
        if is_library(path):
            raise LibraryError(f"{path} is already a library. Name a new folder: --library DIR")
        progress = progress or SilentProgress()
        with new_folder(path), cls.create(path, qdrant_url=qdrant_url) as library:
            context = library._context
            encoder = import_from(Path(folder), context.catalog, context.pictures, path / VECTORS, progress)
            context.indexes.prepare(encoder)
        return cls._open_and_index(path, progress)

    @classmethod
    def _open_and_index(cls, path: Path, progress: Progress | None) -> Self:
        from explorer.ingest.report import SilentProgress

        library = cls.open(path)
        try:
            with library._context.writing():
                library._index_builder.build_if_outdated(progress or SilentProgress(), ignore_message)
        except BaseException:
            library.close()
            raise
        return library

    def close(self) -> None:
        """Close every file. The library cannot be used afterwards."""
        self._context.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def status(self) -> LibraryStatus:
        """Return the contents of the library and the settings of its index, even if the index cannot be reached."""
        return self.browse.status()

    def search(
        self,
        words: str | None = None,
        *,
        picture: PictureSource | None = None,
        box: Box | None = None,
        like: str | Sequence[str] = (),
        unlike: str | Sequence[str] = (),
        kind: Kind = "figure",
        filters: Filters = NO_FILTERS,
        limit: int = 20,
        offset: int = 0,
        items: int = 0,
        weights: Mapping[str, float] | None = None,
        budget_ms: float | None = None,
    ) -> Result:
        """Find figures (or items, or both) that fit words, a picture, or liked figures; best first.

        Args:
            words: A description in plain language.
            picture: A file, its bytes, an open Pillow image or an array of pixels.
            box: A part of the picture: left, top, right, bottom, in px.
            like: Ids of figures or items, or beginnings of ids, that hits should resemble.
            unlike: Ids of figures or items that hits should not resemble.
            kind: Whether to find figures, items, or both ("any").
            filters: Conditions that every hit must satisfy.
            limit: Maximum number of hits.
            offset: Number of hits to skip.
            items: Number of items to find as well (`Result.items`). The query is encoded once for both.
            weights: Weights by leg, instead of the fitted ones. A leg of weight 0 is not searched.
            budget_ms: The latency to stay within, in ms. The legs with the least gain per ms are left out
                (`Result.omitted`), by the times of earlier searches.

        Raises:
            QueryError: If there is nothing to search for, or an argument is not valid.
        """
        query = Query(
            words=words and checked_line(words),
            picture=self._searches.example(picture, box),
            like=as_ids("like", like),
            unlike=as_ids("unlike", unlike),
            kind=kind,
            filters=filters,
            limit=limit,
            offset=offset,
            items=items,
            weights=weights or {},
            budget_ms=budget_ms,
        )
        return self._searches.search(query)

    def ask(
        self,
        line: str,
        *,
        picture: PictureSource | None = None,
        box: Box | None = None,
        like: str | Sequence[str] = (),
        unlike: str | Sequence[str] = (),
        kind: Kind | None = None,
        filters: Filters = NO_FILTERS,
        limit: int = 20,
        offset: int = 0,
        weights: Mapping[str, float] | None = None,
        files: bool = True,
        exact: bool = False,
        budget_ms: float | None = None,
    ) -> Answer:
        """Answer a typed line, in the language of explorer/search/grammar.py.

        A line with only filters lists the figures that pass them.

        Args:
            line: The typed line.
            picture: As for `search`, like `box`, `like`, `unlike`, `limit`, `offset` and `weights`.
            box: A part of the picture.
            like: Ids that hits should resemble.
            unlike: Ids that hits should not resemble.
            kind: Whether to find figures, items, or both ("any"). Overrides the line.
            filters: Conditions that every hit must satisfy. Each filter overrides the same filter of the line.
            limit: Maximum number of hits.
            offset: Number of hits to skip.
            weights: Weights by leg.
            files: Whether the line may name picture files of this machine.
            exact: Whether to leave words that occur nowhere uncorrected. Otherwise the most similar word of the library
                is searched for as well.
            budget_ms: The latency to stay within, as for `search`.

        Raises:
            QueryError: If there is nothing to search for, or an argument is not valid.
        """
        options = Query(
            picture=self._searches.example(picture, box),
            like=as_ids("like", like),
            unlike=as_ids("unlike", unlike),
            filters=filters,
            limit=limit,
            offset=offset,
            weights=weights or {},
            budget_ms=budget_ms,
        )
        return self._searches.ask(line, options, kind, files=files, exact=exact)

    @cached_property
    def browse(self) -> LibraryBrowser:
        """Lists and single records: issues, items, figures, pictures, the ledger."""
        return LibraryBrowser(self._context)

    @cached_property
    def issues(self) -> IssueReader:
        """Issues to read: text and figures in order, covers, neighbours in time."""
        from explorer.library.issue_reader import IssueReader

        return IssueReader(self._context)

    @cached_property
    def archives(self) -> ArchiveIngest:
        """Reads archives, follows their changes, and restores issues that are gone."""
        from explorer.library.ingest import ArchiveIngest

        return ArchiveIngest(self._context, self._index_builder)

    @cached_property
    def encoders(self) -> LibraryEncoders:
        """The encoders of the library: add, use, go back to, delete and adapt them."""
        from explorer.library.encoders import LibraryEncoders

        return LibraryEncoders(self._context, self._index_builder)

    @cached_property
    def editing(self) -> LibraryEditor:
        """Corrections, an audit of captions, figures for a text and texts for a figure."""
        from explorer.library.editing import LibraryEditor

        return LibraryEditor(self._context, self.browse)

    @cached_property
    def saved_searches(self) -> SavedSearches:
        """Saved searches and their new matches."""
        from explorer.library.saved_searches import SavedSearches

        return SavedSearches(self._context, self.browse)

    @cached_property
    def collections(self) -> LibraryCollections:
        """Collections: figures that somebody keeps together."""
        from explorer.library.collections import LibraryCollections

        return LibraryCollections(self._context, self.browse, self._searches)

    @cached_property
    def maps(self) -> LibraryMaps:
        """Maps of all figures: similar figures are close to each other."""
        from explorer.library.maps import LibraryMaps

        return LibraryMaps(self._context, self.browse, self._searches)

    @cached_property
    def history(self) -> SearchHistory:
        """The searches that people made."""
        from explorer.library.search_history import SearchHistory

        return SearchHistory(self._context, self.browse)

    @cached_property
    def evaluation(self) -> LibraryEvaluation:
        """Measures the search quality of the library."""
        from explorer.library.evaluation import LibraryEvaluation

        return LibraryEvaluation(self._context, self)

    @cached_property
    def maintenance(self) -> LibraryMaintenance:
        """Backup, export, repair, and moving the index."""
        from explorer.library.maintenance import LibraryMaintenance

        return LibraryMaintenance(self._context, self._index_builder, self.archives, self.browse)

    @cached_property
    def _searches(self) -> LibrarySearch:
        from explorer.library.search import LibrarySearch

        return LibrarySearch(self._context, self.browse)

    @cached_property
    def _index_builder(self) -> IndexBuilder:
        from explorer.library.index_building import IndexBuilder

        return IndexBuilder(self._context)
