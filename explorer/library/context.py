"""The parts that all services of a library share: its catalog, pictures, indexes and locks."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings import VectorCache
from explorer.catalog.database import unwritable
from explorer.catalog.picture_store import PictureStore
from explorer.catalog.store import Catalog
from explorer.errors import LibraryError
from explorer.index import IndexStore
from explorer.library.indexes import Indexes
from explorer.library.manifest import PICTURES, VECTORS
from explorer.representation.encoders import Notify, encoder_errors
from explorer.system.files import LockHeldError, process_lock

if TYPE_CHECKING:
    from explorer.archive.storage.files import Files
    from explorer.ingest.embedding import CachedEmbedder
    from explorer.representation.encoders import QueryEncoders

SITES_FOLDER = "sites"
"""The folder in a library with the copies of sites."""


class LibraryContext:
    """The parts of an open library: catalog, pictures, and an index for each encoder.

    It belongs to one process. A forked process must open the library again.
    """

    def __init__(self, path: Path, catalog: Catalog, *, encoder: str | None = None) -> None:
        self.path = path
        self.pictures = PictureStore(path / PICTURES)
        self.stored_vectors: Counter[str] = Counter()
        """The vectors that were computed and cached since the library was opened, by kind."""
        self.embedding_core_seconds = 0.0
        """The processor time of this process while vectors were computed."""
        self._process = os.getpid()
        self._catalog = catalog
        self._indexes = Indexes(path, catalog, self.pictures, encoder=encoder)

    @property
    def catalog(self) -> Catalog:
        """The catalog. Raises LibraryError in a forked process."""
        self._check_process()
        return self._catalog

    @property
    def indexes(self) -> Indexes:
        """The indexes, one per encoder. Raises LibraryError in a forked process."""
        self._check_process()
        return self._indexes

    @property
    def index_store(self) -> IndexStore:
        """The store of the index that searches use."""
        return self.indexes.store

    def close(self) -> None:
        """Close all files. In a forked process, do nothing: they belong to the process that opened them."""
        if os.getpid() == self._process:
            self._indexes.close()
            self._catalog.close()

    @contextmanager
    def vectors(
        self, encoders: QueryEncoders | None = None, *, to_read: bool = False
    ) -> Iterator[CachedEmbedder]:
        """Yield a source of vectors with a cache. By default it uses the encoders of the current generation.

        With `to_read`, the folder may be read-only; then new vectors are not cached.
        """
        from explorer.ingest.embedding import CachedEmbedder

        with encoder_errors(), VectorCache(self.path / VECTORS, allow_read_only=to_read) as cache:
            embedder = CachedEmbedder(encoders or self.indexes.encoders(), cache, self.pictures)
            try:
                yield embedder
            finally:
                self.stored_vectors.update(cache.stored)
                self.embedding_core_seconds += embedder.core_seconds

    def writing(self, waiting: Notify | None = None) -> AbstractContextManager[None]:
        """Hold the lock for writing the library. Raises the same errors as `locked`."""
        return self.locked("ingest.lock", f"Another ingest or enrich is writing {self.path}", waiting)

    @contextmanager
    def locked(self, name: str, refusal: str, waiting: Notify | None = None) -> Iterator[None]:
        """Hold the lock `name`. If another process holds it, call `waiting` and wait.

        Raises:
            LibraryError: If another process holds the lock and `waiting` is None, or the lock cannot be written.
        """
        notify = waiting and (
            lambda holder: waiting(f"{refusal}: {holder}. Waiting until it has finished ...")
        )
        with ExitStack() as stack:
            try:
                stack.enter_context(process_lock(self.path / name, notify))
            except LockHeldError as error:
                raise LibraryError(
                    f"{refusal}: {error}. Wait until it has finished, then try again."
                ) from error
            except OSError as error:
                raise LibraryError(unwritable(self.path, error)) from error
            yield

    def open_archive(self, location: str) -> Files:
        """Open the archive at a path, or the copy of the site at an address. Raises ArchiveError if it cannot."""
        from explorer.archive.links.addresses import is_remote
        from explorer.archive.site.copying import folder_of_site, site_files
        from explorer.archive.storage.unpacked import open_archive

        if is_remote(location):
            return site_files(folder_of_site(self.path / SITES_FOLDER, location), location)
        return open_archive(Path(location))

    def _check_process(self) -> None:
        """Raise LibraryError in a forked process.

        The threads of the index do not exist in a forked process, so a search would wait forever. Two processes must
        not use one connection to SQLite either.
        """
        if os.getpid() != self._process:
            raise LibraryError(
                f"The library {self.path} was opened before this process was forked. "
                "Open it here again: Library.open(path)"
            )
