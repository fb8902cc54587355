"""The indexes of a library: one for each encoder that it was made searchable with. One of them answers.

Which one that is, library.json says; to use another is to write that one file anew. So a library never answers with
an encoder that did not write the vectors that it searches.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.catalog.picture_store import PictureStore
from explorer.catalog.store import Catalog
from explorer.errors import IndexMissingError, LibraryError
from explorer.index import Index, IndexStore, ServerSettings, copy_index, open_store
from explorer.library.manifest import LibraryManifest, ServerLayout
from explorer.library.trusted_servers import is_named
from explorer.representation.encoders import (
    Notify,
    QueryEncoders,
    choose_encoders,
    embedding_config_of,
    load_library_encoders,
)

if TYPE_CHECKING:
    from explorer.search.engine import SearchEngine


@dataclass(frozen=True, slots=True)
class _Opened:
    """A generation with what searches it."""

    store: IndexStore
    index: Index
    engine: SearchEngine
    encoders: QueryEncoders

    @property
    def generation(self) -> int:
        return self.index.manifest.generation


class Indexes:
    """Opens what is needed when it is needed, and notices what other processes make. Usable from several threads.

    With `encoder`, that encoder's index answers, whichever the library uses.
    """

    def __init__(
        self, path: Path, catalog: Catalog, pictures: PictureStore, *, encoder: str | None = None
    ) -> None:
        self._path = path
        self._catalog = catalog
        self._pictures = pictures
        self._encoder = encoder
        self._opening = threading.RLock()
        self._stores: dict[tuple[Path | str, str, ServerSettings, bool], IndexStore] = {}
        self._opened: _Opened | None = None
        self._encoders: QueryEncoders | None = None  # the last that were loaded: loading takes seconds

    def close(self) -> None:
        """Lets go of the index that is open."""
        with self._opening:
            if self._opened:
                self._opened.index.close()
                self._opened = None

    @property
    def manifest(self) -> LibraryManifest:
        """What the library remembers of itself, now."""
        return LibraryManifest.read(self._path)

    @property
    def encoder(self) -> str | None:
        """The encoder whose index answers; None before the first ingest."""
        return self._encoder or self.manifest.encoder

    @property
    def store(self) -> IndexStore:
        """Where the index that answers lives."""
        manifest = self.manifest
        return self._store_at(manifest, self._encoder or manifest.encoder)

    def store_of(self, encoder: str | None) -> IndexStore:
        """Where the index of this encoder lives, or will."""
        return self._store_at(self.manifest, encoder)

    def is_at_home(self, encoder: str) -> bool:
        """Whether the index of this encoder is on a server, or in the library's folder and through no link elsewhere."""
        manifest = self.manifest
        place = self._path / manifest.place_of(encoder)
        return bool(manifest.qdrant_url) or place.resolve().is_relative_to(self._path.resolve())

    def move(self, qdrant_url: str | None, layout: ServerLayout) -> None:
        """Copies the index of every encoder to this address, or into the folder itself, where they live from then on.

        One rename once all of them are there; the old ones are left as they are.
        """
        there = self.manifest.at(qdrant_url, layout)
        for encoder in there.known:
            source = self.store_of(encoder)
            if source.current_generation() is not None:
                copy_index(source, self._store_at(there, encoder))
        there.write(self._path)

    def _store_at(self, manifest: LibraryManifest, encoder: str | None) -> IndexStore:
        place = manifest.place_of(encoder)
        location = manifest.qdrant_url or self._path / place
        may_have_key = manifest.qdrant_url is not None and is_named(self._path, manifest.qdrant_url)
        key = location, place, manifest.server, may_have_key
        if key not in self._stores:
            name = manifest.collection_at(place)
            self._stores[key] = open_store(
                location, name=name, settings=manifest.server, may_have_key=may_have_key
            )
        return self._stores[key]

    def prepare(self, encoder: str) -> None:
        """Gives the index of this encoder its place; the first encoder of a library is the one in use."""
        manifest = self.manifest
        if encoder not in manifest.indexes or not manifest.encoder:
            manifest.preparing(encoder).write(self._path)

    def use(self, encoder: str) -> None:
        """From now on the index of this encoder answers. One rename: before it the old one does."""
        manifest = self.manifest
        if manifest.encoder != encoder:
            manifest.using(encoder).write(self._path)

    def drop(self, encoder: str) -> None:
        """Deletes the index of an encoder that is not in use."""
        self.store_of(encoder).remove()
        self.manifest.without(encoder).write(self._path)

    def index(self) -> Index:
        """The current generation, open."""
        return self._current().index

    def engine(self) -> SearchEngine:
        """What searches the current generation; IndexMissingError where there is none."""
        return self._current().engine

    def encoders(self) -> QueryEncoders:
        """Return the encoders that the current generation was made with."""
        return self._current().encoders

    def encoders_for_writing(self, tell: Notify, named: str | None = None) -> QueryEncoders:
        """Return the encoders for a generation: the one `named`, else the library's own, else the best available."""
        wanted = named or self.encoder
        if self._encoders is None or self._encoders.encoder.name != wanted:
            self._encoders = choose_encoders(named, self.encoder, self._path, tell)
        return self._encoders

    def _current(self) -> _Opened:
        """A new generation, or the use of another encoder, by whichever process, is noticed here."""
        with self._opening:
            store = self.store
            newest = store.current_generation()
            if newest is None:
                raise IndexMissingError(
                    f"{self._path} holds nothing to search yet. Read an archive: explorer ingest ARCHIVE"
                )
            if self._opened is None or self._opened.store is not store or self._opened.generation != newest:
                # What was open closes when the last search that still uses it lets go.
                self._opened = self._open(store)
            return self._opened

    def _open(self, store: IndexStore) -> _Opened:
        from explorer.representation.old_names import with_present_names
        from explorer.search.engine import SearchEngine
        from explorer.search.fusion import weights_for

        index = with_present_names(store.open())
        made_with = index.manifest.config.encoder
        encoders = self._encoders
        if encoders is None or encoders.encoder.name != made_with:
            self._encoders = encoders = load_library_encoders(made_with, self._path)
        index.manifest.check(embedding_config_of(encoders))
        engine = SearchEngine(index, self._catalog, self._pictures, encoders, weights_for(made_with))
        return _Opened(store, index, engine, encoders)


def require_encoder(manifest: LibraryManifest, path: Path) -> str:
    """The library's encoder; LibraryError where nothing was read yet."""
    if not manifest.encoder:
        raise LibraryError(f"{path} holds no figures yet. Read an archive: explorer ingest ARCHIVE")
    return manifest.encoder
