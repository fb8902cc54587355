"""The indexes of a library, one per encoder. Searches use one of them.

library.json names the encoder in use. A change of the encoder is one write of that file, so a search never combines an
encoder with the vectors of another.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.catalog.picture_store import PictureStore
from explorer.catalog.store import Catalog
from explorer.errors import IndexMissingError, LibraryError, SearchIndexError
from explorer.index import Index, IndexStore, ServerSettings, copy_index, open_store
from explorer.library.manifest import LibraryManifest, ServerLayout
from explorer.library.trusted_servers import is_trusted
from explorer.representation.encoders import (
    Notify,
    QueryEncoders,
    choose_encoders,
    embedding_config_of,
    load_encoders,
    load_library_encoders,
    precision_of,
)

if TYPE_CHECKING:
    from embeddings import EncoderPrecision
    from explorer.search.engine import SearchEngine


@dataclass(frozen=True, slots=True)
class _OpenGeneration:
    """An open generation of an index, with its search engine and its encoders."""

    store: IndexStore
    index: Index
    engine: SearchEngine
    encoders: QueryEncoders

    @property
    def generation(self) -> int:
        return self.index.manifest.generation


class Indexes:
    """The indexes of a library, opened on first use. New generations of other processes are noticed. Thread-safe.

    With `encoder`, searches use the index of that encoder instead of the one in use.
    """

    def __init__(
        self, path: Path, catalog: Catalog, pictures: PictureStore, *, encoder: str | None = None
    ) -> None:
        self._path = path
        self._catalog = catalog
        self._pictures = pictures
        self._encoder = encoder
        self._open_lock = threading.RLock()
        self._stores: dict[tuple[Path | str, str, ServerSettings, bool], IndexStore] = {}
        self._opened: _OpenGeneration | None = None
        self._encoders: QueryEncoders | None = None  # the last loaded ones: loading takes seconds

    def close(self) -> None:
        """Close the open index."""
        with self._open_lock:
            if self._opened:
                self._opened.index.close()
                self._opened = None

    @property
    def manifest(self) -> LibraryManifest:
        """The present content of library.json."""
        return LibraryManifest.read(self._path)

    @property
    def encoder(self) -> str | None:
        """The name of the encoder that searches use; None before the first ingest."""
        return self._encoder or self.manifest.encoder

    @property
    def store(self) -> IndexStore:
        """The store of the index that searches use."""
        manifest = self.manifest
        return self._store_at(manifest, self._encoder or manifest.encoder)

    def store_of(self, encoder: str | None) -> IndexStore:
        """Return the store of the index of an encoder, which may still be empty."""
        return self._store_at(self.manifest, encoder)

    def has_own_location(self, encoder: str) -> bool:
        """Return whether the index is on a server or inside the folder of the library, not behind a link."""
        manifest = self.manifest
        place = self._path / manifest.place_of(encoder)
        return bool(manifest.qdrant_url) or place.resolve().is_relative_to(self._path.resolve())

    def move(self, qdrant_url: str | None, layout: ServerLayout) -> None:
        """Copy the index of each encoder to a server, or into the folder of the library if `qdrant_url` is None.

        Searches use the copies once all are complete: that is one rename. The old indexes are left as they are.
        """
        moved = self.manifest.with_location(qdrant_url, layout)
        for encoder in moved.index_places:
            source = self.store_of(encoder)
            if source.current_generation() is not None:
                copy_index(source, self._store_at(moved, encoder))
        moved.write(self._path)

    def _store_at(self, manifest: LibraryManifest, encoder: str | None) -> IndexStore:
        place = manifest.place_of(encoder)
        location = manifest.qdrant_url or self._path / place
        may_have_key = manifest.qdrant_url is not None and is_trusted(self._path, manifest.qdrant_url)
        key = location, place, manifest.server, may_have_key
        if key not in self._stores:
            name = manifest.collection_at(place)
            self._stores[key] = open_store(
                location, name=name, settings=manifest.server, may_have_key=may_have_key
            )
        return self._stores[key]

    def prepare(self, encoder: str) -> None:
        """Reserve a place for the index of an encoder. The first encoder of a library becomes the one in use."""
        manifest = self.manifest
        if encoder not in manifest.indexes or not manifest.encoder:
            manifest.with_index_of(encoder).write(self._path)

    def use(self, encoder: str) -> None:
        """Search with the index of this encoder from now on. The change is one rename."""
        manifest = self.manifest
        if manifest.encoder != encoder:
            manifest.with_encoder(encoder).write(self._path)

    def drop(self, encoder: str) -> None:
        """Delete the index of an encoder that is not in use."""
        self.store_of(encoder).remove()
        self.manifest.without_index_of(encoder).write(self._path)

    def index(self) -> Index:
        """Return the current generation, open. Raises IndexMissingError if there is none."""
        return self._current().index

    def engine(self) -> SearchEngine:
        """Return the search engine of the current generation. Raises IndexMissingError if there is none."""
        return self._current().engine

    def encoders(self) -> QueryEncoders:
        """Return the encoders of the current generation. Raises IndexMissingError if there is none."""
        return self._current().encoders

    def encoders_for_writing(self, tell: Notify, named: str | None = None) -> QueryEncoders:
        """Return the encoders for a new generation: those of `named`, else of the library, else the best available.

        Their precision is that of the present generation.
        """
        wanted = named or self.encoder
        precision = self.precision_of(wanted) if wanted else None
        encoders = self._loaded(wanted, precision)
        if encoders is None:
            encoders = choose_encoders(named, self.encoder, self._path, tell, precision)
            self._encoders = encoders
        return encoders

    def precision_of(self, encoder: str) -> EncoderPrecision | None:
        """Return the precision of the index of an encoder; None if there is no index."""
        try:
            manifest = self.store_of(encoder).manifest()
        except SearchIndexError:  # it will be rebuilt, or the build reports that the server does not answer
            return None
        return precision_of(manifest.config) if manifest else None

    def load(self, encoder: str, *, allow_download: bool = False) -> QueryEncoders:
        """Load an encoder at the precision of its index. Raises EncoderUnavailableError if it cannot be loaded."""
        precision = self.precision_of(encoder)
        return load_encoders(encoder, self._path, allow_download=allow_download, precision=precision)

    def at_precision(self, encoders: QueryEncoders, precision: EncoderPrecision) -> QueryEncoders:
        """Return these encoders at a precision, loaded again if it is not their present one."""
        if encoders.precision != precision:
            encoders = load_encoders(encoders.encoder.name, self._path, precision=precision)
            self._encoders = encoders
        return encoders

    def _loaded(self, encoder: str | None, precision: EncoderPrecision | None) -> QueryEncoders | None:
        """Return the last loaded encoders if they are these. A `precision` of None is any."""
        loaded = self._encoders
        if loaded is None or loaded.encoder.name != encoder or precision not in (None, loaded.precision):
            return None
        return loaded

    def _current(self) -> _OpenGeneration:
        """Return the current generation. A new generation or encoder, from any process, is noticed here."""
        with self._open_lock:
            store = self.store
            newest = store.current_generation()
            if newest is None:
                raise IndexMissingError(f"{self._path} is empty. Read an archive: explorer ingest ARCHIVE")
            if self._opened is None or self._opened.store is not store or self._opened.generation != newest:
                # The old generation closes when the last search that uses it ends.
                self._opened = self._open(store)
            return self._opened

    def _open(self, store: IndexStore) -> _OpenGeneration:
        from explorer.library.search_tuning import fitted_exit_rule
        from explorer.representation.old_names import with_present_names
        from explorer.search.engine import SearchEngine
        from explorer.search.fusion import weights_for

        index = with_present_names(store.open())
        encoder_name = index.manifest.config.encoder
        precision = precision_of(index.manifest.config)
        encoders = self._loaded(encoder_name, precision)
        if encoders is None:
            self._encoders = encoders = load_library_encoders(encoder_name, self._path, precision)
        index.manifest.check(embedding_config_of(encoders))
        engine = SearchEngine(
            index,
            self._catalog,
            self._pictures,
            encoders,
            weights_for(encoder_name),
            fitted_exit_rule(self._path, encoder_name),
        )
        return _OpenGeneration(store, index, engine, encoders)


def require_encoder(manifest: LibraryManifest, path: Path) -> str:
    """Return the name of the encoder in use. Raises LibraryError before the first ingest."""
    if not manifest.encoder:
        raise LibraryError(f"{path} has no figures yet. Read an archive: explorer ingest ARCHIVE")
    return manifest.encoder
