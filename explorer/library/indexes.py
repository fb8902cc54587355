"""The indexes of a library: one for each encoder that it was made searchable with. One of them answers.

Which one that is, library.json says; to use another is to write that one file anew. So a library never answers with
an encoder that did not write the vectors that it searches.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from explorer.catalog.pictures import PictureStore
from explorer.catalog.store import Catalog
from explorer.errors import IndexMissingError, LibraryError
from explorer.index import Home, Index, ServerSettings, copy_index, open_home
from explorer.ingest.indexing import recipe_of
from explorer.library.manifest import Layout, LibraryManifest
from explorer.library.trusted_servers import is_named
from explorer.representation.encoders import Tell, choose_tools, load_own_tools
from explorer.search.engine import SearchEngine
from explorer.search.fusion import weights_for
from explorer.search.legs import Tools


@dataclass(frozen=True, slots=True)
class _Opened:
    """A generation with what searches it."""

    home: Home
    index: Index
    engine: SearchEngine
    tools: Tools

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
        self._homes: dict[tuple[Path | str, str, ServerSettings, bool], Home] = {}
        self._opened: _Opened | None = None
        self._tools: Tools | None = None  # the last that were loaded: loading takes seconds

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
    def home(self) -> Home:
        """Where the index that answers lives."""
        manifest = self.manifest
        return self._home_at(manifest, self._encoder or manifest.encoder)

    def home_of(self, encoder: str | None) -> Home:
        """Where the index of this encoder lives, or will."""
        return self._home_at(self.manifest, encoder)

    def is_at_home(self, encoder: str) -> bool:
        """Whether the index of this encoder is on a server, or in the library's folder and through no link elsewhere."""
        manifest = self.manifest
        place = self._path / manifest.place_of(encoder)
        return bool(manifest.qdrant_url) or place.resolve().is_relative_to(self._path.resolve())

    def move(self, qdrant_url: str | None, layout: Layout) -> None:
        """Copies the index of every encoder to this address, or into the folder itself, where they live from then on.

        One rename once all of them are there; the old ones are left as they are.
        """
        there = self.manifest.at(qdrant_url, layout)
        for encoder in there.known:
            source = self.home_of(encoder)
            if source.current_generation() is not None:
                copy_index(source, self._home_at(there, encoder))
        there.write(self._path)

    def _home_at(self, manifest: LibraryManifest, encoder: str | None) -> Home:
        place = manifest.place_of(encoder)
        location = manifest.qdrant_url or self._path / place
        may_have_key = manifest.qdrant_url is not None and is_named(self._path, manifest.qdrant_url)
        key = location, place, manifest.server, may_have_key
        if key not in self._homes:
            name = manifest.collection_at(place)
            self._homes[key] = open_home(
                location, name=name, settings=manifest.server, may_have_key=may_have_key
            )
        return self._homes[key]

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
        self.home_of(encoder).remove()
        self.manifest.without(encoder).write(self._path)

    def index(self) -> Index:
        """The current generation, open."""
        return self._current().index

    def engine(self) -> SearchEngine:
        """What searches the current generation; IndexMissingError where there is none."""
        return self._current().engine

    def tools(self) -> Tools:
        """The tools that the current generation was made with."""
        return self._current().tools

    def tools_to_write(self, tell: Tell, named: str | None = None) -> Tools:
        """The tools for making a generation: of the encoder `named`, else the library's own, else the best to be had."""
        wanted = named or self.encoder
        if self._tools is None or self._tools.encoder.name != wanted:
            self._tools = choose_tools(named, self.encoder, self._path, tell)
        return self._tools

    def _current(self) -> _Opened:
        """A new generation, or the use of another encoder, by whichever process, is noticed here."""
        with self._opening:
            home = self.home
            newest = home.current_generation()
            if newest is None:
                raise IndexMissingError(
                    f"{self._path} holds nothing to search yet. Read an archive: explorer ingest ARCHIVE"
                )
            if self._opened is None or self._opened.home is not home or self._opened.generation != newest:
                # What was open closes when the last search that still uses it lets go.
                self._opened = self._open(home)
            return self._opened

    def _open(self, home: Home) -> _Opened:
        index = home.open()
        made_with = index.manifest.recipe.encoder
        tools = self._tools
        if tools is None or tools.encoder.name != made_with:
            self._tools = tools = load_own_tools(made_with, self._path)
        index.manifest.check(recipe_of(tools))
        engine = SearchEngine(index, self._catalog, self._pictures, tools, weights_for(made_with))
        return _Opened(home, index, engine, tools)


def require_encoder(manifest: LibraryManifest, path: Path) -> str:
    """The library's encoder; LibraryError where nothing was read yet."""
    if not manifest.encoder:
        raise LibraryError(f"{path} holds no figures yet. Read an archive: explorer ingest ARCHIVE")
    return manifest.encoder
