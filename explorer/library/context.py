"""What every room of a library stands on: its parts, who may write at once, and how its index is made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from embeddings import VectorCache
from explorer.catalog.opening import unwritable
from explorer.catalog.pictures import PictureStore
from explorer.catalog.store import Catalog
from explorer.errors import LibraryError
from explorer.index import Home, server_address
from explorer.ingest.embedding import VectorSource
from explorer.ingest.grouping import group_pictures
from explorer.ingest.indexing import build_index
from explorer.ingest.report import Progress
from explorer.library.indexes import Indexes
from explorer.library.manifest import CATALOG, FILE, NO_LAYOUT, PICTURES, VECTORS, Layout, LibraryManifest
from explorer.library.trusted_servers import name_server
from explorer.representation.encoders import Tell, encoder_errors
from explorer.representation.fields import FIELDS_VERSION
from explorer.system.locks import LockHeldError, alone

if TYPE_CHECKING:
    from explorer.search.legs import Tools


class Premises:
    """The parts of a library in a folder: catalog, pictures, and an index for each encoder."""

    def __init__(self, path: Path, catalog: Catalog, *, encoder: str | None = None) -> None:
        self.path = path
        self._process = os.getpid()
        self._opened_catalog = catalog
        self._pictures = PictureStore(path / PICTURES)
        self._opened_indexes = Indexes(path, catalog, self._pictures, encoder=encoder)

    @property
    def _catalog(self) -> Catalog:
        self._check_process()
        return self._opened_catalog

    @property
    def _indexes(self) -> Indexes:
        self._check_process()
        return self._opened_indexes

    def _check_process(self) -> None:
        """LibraryError in a process that was forked since: no thread of the index lives on there, so it would wait
        for ever, and SQLite must not be used on both sides."""
        if os.getpid() != self._process:
            raise LibraryError(
                f"The library {self.path} was opened by the process that this one was forked from. "
                "Open it here again: Library.open(path)"
            )

    @classmethod
    def open(cls, path: Path | str, *, encoder: str | None = None) -> Self:
        """The library in the folder `path`; LibraryError when there is none.

        With `encoder`, the index that `encode` made for that one answers, whichever is in use.
        """
        folder = Path(path)
        manifest = LibraryManifest.read(folder)
        if encoder is not None and encoder not in manifest.known:
            raise LibraryError(
                f"{folder} has no index of {encoder}. Make it: explorer encode --encoder {encoder} --library {folder}"
            )
        return cls(folder, Catalog(folder / CATALOG), encoder=encoder)

    @classmethod
    def create(cls, path: Path | str, *, qdrant_url: str | None = None, layout: Layout = NO_LAYOUT) -> Self:
        """The library in the folder `path`, made if there is none. `qdrant_url` puts its index on a server.

        A `layout` says how the server keeps it, from its next generation on. ServerError for what is no address of
        a server; then nothing is made.
        """
        folder = Path(path)
        address = server_address(qdrant_url) if qdrant_url is not None else None
        LibraryManifest.read_or_make(folder, address, layout)
        if address is not None:
            with suppress(
                LibraryError
            ):  # without a key nothing depends on it; with one, the server's refusal says so
                name_server(folder, address)
        return cls(folder, Catalog(folder / CATALOG, create=True))

    @staticmethod
    def is_at(path: Path | str) -> bool:
        """Whether the folder `path` is a library, readable or not."""
        return (Path(path) / FILE).exists()

    def close(self) -> None:
        """Lets go of every file; the library cannot be used after it. In a forked process they are left to the other."""
        if os.getpid() == self._process:
            self._opened_indexes.close()
            self._opened_catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _home(self) -> Home:
        return self._indexes.home

    @contextmanager
    def _vectors(self, tools: Tools | None = None, *, to_read: bool = False) -> Iterator[VectorSource]:
        """The vectors that these tools make, else those of the current generation, and all that were made before.

        With `to_read` the folder need not be writable; what is made then is kept only where it is.
        """
        with encoder_errors(), VectorCache(self.path / VECTORS, to_read=to_read) as cache:
            yield VectorSource(tools or self._indexes.tools(), cache, self._pictures)

    def _writing(self, waiting: Tell | None = None) -> AbstractContextManager[None]:
        return self._alone("ingest.lock", f"Another ingest or enrich is writing {self.path}", waiting)

    @contextmanager
    def _alone(self, name: str, refusal: str, waiting: Tell | None = None) -> Iterator[None]:
        """Holds the lock `name`. While another process does: LibraryError, or `waiting` is told and it waits."""
        tell = waiting and (lambda who: waiting(f"{refusal}: {who}. Waiting until it has finished ..."))
        with ExitStack() as held:
            try:
                held.enter_context(alone(self.path / name, tell))
            except LockHeldError as who:
                raise LibraryError(f"{refusal}: {who}. Wait until it has finished, then try again.") from who
            except OSError as error:
                raise LibraryError(unwritable(self.path, error)) from error
            yield

    def _build(self, tools: Tools, progress: Progress, *, rebuild: bool = False) -> int:
        # Before the index is made: whoever goes on after a crash goes on in the same place.
        self._indexes.prepare(tools.encoder.name)
        home = self._indexes.home_of(tools.encoder.name)
        with self._vectors(tools) as vectors:
            return build_index(home, self._catalog, vectors, progress, fresh=rebuild)

    def _index(self, tools: Tools, progress: Progress, *, rebuild: bool) -> int:
        """Makes the next generation of these tools, and from then on uses them."""
        generation = self._build(tools, progress, rebuild=rebuild)
        self._indexes.use(tools.encoder.name)
        return generation

    def _index_again(self, progress: Progress, tell: Tell) -> int:
        """The next generation, with the encoder that the library has by now; waits for an ingest to finish."""
        with self._writing(waiting=tell):
            return self._index(self._indexes.tools_to_write(tell), progress, rebuild=False)

    def _index_if_due(self, progress: Progress, tell: Tell) -> int | None:
        """The generation that shows the catalog as it is. The encoder is loaded only if one must be made."""
        made = self._home.manifest()
        is_due = (
            made is None or made.revision != self._catalog.revision() or made.recipe.version != FIELDS_VERSION
        )
        if not is_due or not self._indexes.encoder:
            return made.generation if made else None
        tools = self._indexes.tools_to_write(tell)
        generation = self._index(tools, progress, rebuild=False)
        self._group(tools, progress)
        return generation

    def _group(self, tools: Tools, progress: Progress) -> None:
        with self._vectors(tools) as vectors:
            group_pictures(self._catalog, vectors, progress)

    def _look_on(self, ray: str | None, tools: Tools, progress: Progress) -> None:
        """Has the pictures looked at on a Ray cluster, where one is named; what is left to see is seen here."""
        if ray is None:
            return
        from explorer.ingest.on_ray import embed_on_ray  # few have Ray

        with self._vectors(tools) as vectors:
            embed_on_ray(vectors, self._catalog.pictures(), self.path / PICTURES, ray, progress)
