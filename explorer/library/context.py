"""What the services of a library share: its catalog, pictures and indexes, and the locks for writing."""

from __future__ import annotations

import os
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
from explorer.system.locks import LockHeldError, process_lock

if TYPE_CHECKING:
    from explorer.ingest.embedding import CachedEmbedder
    from explorer.representation.encoders import QueryEncoders


class LibraryContext:
    """The parts of an open library: catalog, pictures, and an index for each encoder.

    Of one process: a forked process opens the library again.
    """

    def __init__(self, path: Path, catalog: Catalog, *, encoder: str | None = None) -> None:
        self.path = path
        self.pictures = PictureStore(path / PICTURES)
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
        """The indexes, one for each encoder. Raises LibraryError in a forked process."""
        self._check_process()
        return self._indexes

    @property
    def index_store(self) -> IndexStore:
        """The store of the index that answers searches."""
        return self.indexes.store

    def close(self) -> None:
        """Close every file. A forked process leaves them to the process that opened them."""
        if os.getpid() == self._process:
            self._indexes.close()
            self._catalog.close()

    @contextmanager
    def vectors(
        self, encoders: QueryEncoders | None = None, *, to_read: bool = False
    ) -> Iterator[CachedEmbedder]:
        """Yield the vectors of these encoders, or of the current generation's, with the cache of vectors.

        With `to_read` the folder need not be writable: new vectors are cached only if it is.
        """
        from explorer.ingest.embedding import CachedEmbedder

        with encoder_errors(), VectorCache(self.path / VECTORS, allow_read_only=to_read) as cache:
            yield CachedEmbedder(encoders or self.indexes.encoders(), cache, self.pictures)

    def writing(self, waiting: Notify | None = None) -> AbstractContextManager[None]:
        """Hold the lock of the process that writes the library. Errors as for `locked`."""
        return self.locked("ingest.lock", f"Another ingest or enrich is writing {self.path}", waiting)

    @contextmanager
    def locked(self, name: str, refusal: str, waiting: Notify | None = None) -> Iterator[None]:
        """Hold the lock `name`. If another process holds it: call `waiting` and wait, or raise LibraryError."""
        tell = waiting and (lambda who: waiting(f"{refusal}: {who}. Waiting until it has finished ..."))
        with ExitStack() as held:
            try:
                held.enter_context(process_lock(self.path / name, tell))
            except LockHeldError as who:
                raise LibraryError(f"{refusal}: {who}. Wait until it has finished, then try again.") from who
            except OSError as error:
                raise LibraryError(unwritable(self.path, error)) from error
            yield

    def _check_process(self) -> None:
        """Raise LibraryError in a forked process.

        The threads of the index do not exist there, so a search would wait forever; and two processes must not use one
        connection to SQLite.
        """
        if os.getpid() != self._process:
            raise LibraryError(
                f"The library {self.path} was opened by the process that this one was forked from. "
                "Open it here again: Library.open(path)"
            )
