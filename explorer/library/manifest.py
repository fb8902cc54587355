"""library.json, the file that makes a folder a library: version, encoders, and the places of their indexes."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal, TypedDict

from explorer.errors import LibraryError, ServerError
from explorer.index import ServerSettings, same_server, server_address
from explorer.system.files import TEMPORARY, write_atomically

VERSION = 2
# The content of the folder of a library (docs/architecture.md).
MANIFEST_FILE = "library.json"
CATALOG_FILE = "catalog.sqlite"
PICTURES = "pictures"
VECTORS = "vectors.sqlite"
FIRST_INDEX = "index"
_PLACE = re.compile(rf"{FIRST_INDEX}(?:-[1-9][0-9]{{0,3}})?")
_COLLECTION = re.compile(r"[\w-]{1,100}", re.ASCII)
_MAX_NAME_LENGTH = 1000


class ServerLayout(TypedDict, total=False):
    """The settings of an index on a server that a user may choose. A missing setting is left unchanged."""

    shards: int
    replicas: int
    on_disk: bool
    quantisation: Literal["scalar", "binary"] | None


NO_LAYOUT: ServerLayout = {}


def is_library(path: Path | str) -> bool:
    """Return whether the folder `path` is a library, readable or not."""
    return (Path(path) / MANIFEST_FILE).exists()


@dataclass(frozen=True, slots=True)
class LibraryManifest:
    """The content of library.json.

    `encoder` is the encoder in use and `previous` the one before it. `indexes` has the place of the index of each
    encoder. On a server, the names of the indexes begin with `collection`, and `server` has their settings.
    """

    collection: str
    encoder: str | None = None
    qdrant_url: str | None = None
    version: int = VERSION
    previous: str | None = None
    indexes: Mapping[str, str] = field(default_factory=dict)
    server: ServerSettings = field(default_factory=ServerSettings)

    @classmethod
    def read(cls, folder: Path) -> LibraryManifest:
        """Read the manifest of the library in `folder`.

        Raises:
            LibraryError: If there is none, it is not valid, or a newer version of the explorer wrote it.
        """
        try:
            plain = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
            # The version is checked first: a newer explorer may have written unknown fields.
            if int(plain["version"]) <= VERSION:
                manifest = cls(**{**plain, "server": ServerSettings(**plain.get("server", {}))})
                return manifest.validated()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise LibraryError(
                f"There is no library at {folder}. Make one: explorer ingest ARCHIVE --library {folder}"
            ) from error
        except (
            OSError,
            ValueError,
            TypeError,
            KeyError,
            OverflowError,
            RecursionError,
            ServerError,
        ) as error:
            raise LibraryError(
                f"{folder / MANIFEST_FILE} cannot be read: {error}. "
                "Restore a backup, or make the library again from its archive."
            ) from error
        raise LibraryError(
            f"{folder} was made by a newer version (library version {plain['version']}, this version reads {VERSION}). "
            "Update Archive Explorer: pip install -U archive-explorer"
        )

    @classmethod
    def read_or_create(cls, folder: Path, qdrant_url: str | None, layout: ServerLayout) -> LibraryManifest:
        """Read the manifest of the library in `folder`, and write it if there is none.

        A `layout` is stored and used for each generation from the next one on.

        Raises:
            LibraryError: If the folder has other files, its index is elsewhere, or `layout` has no server to apply to.
        """
        is_new = not (folder / MANIFEST_FILE).exists()
        if is_new and not _is_free(folder):
            raise LibraryError(
                f"{folder} is not empty and is not a library. Name another folder: --library DIR"
            )
        manifest = cls(collection=_new_collection(), qdrant_url=qdrant_url) if is_new else cls.read(folder)
        if qdrant_url and not same_server(qdrant_url, manifest.qdrant_url):
            raise LibraryError(
                f"The index of {folder} is {_location(manifest.qdrant_url)}, not at {qdrant_url}. "
                f"Omit --qdrant-url, or copy the index there: explorer push {qdrant_url} --library {folder}"
            )
        if layout and not manifest.qdrant_url:
            raise LibraryError(
                f"The index of {folder} is in the folder itself, but {_options(layout)} is for an index on a server. "
                "Name the server: --qdrant-url URL"
            )
        changed = manifest.with_location(manifest.qdrant_url, layout)
        if is_new or changed != manifest:
            changed.write(folder)
        return changed

    def validated(self) -> LibraryManifest:
        """Check all fields and return the manifest. The file may come from anybody, and places become paths.

        The user and password that older versions left in the address of the server are removed.

        Raises:
            ValueError, TypeError, ServerError: If a field is not valid.
        """
        for name in (self.encoder, self.previous):
            if name is not None:
                check_encoder_name(name)
        if not _COLLECTION.fullmatch(self.collection):
            raise ValueError(f"collection {self.collection[:80]!r} is not a valid name")
        if not isinstance(self.indexes, Mapping):
            raise TypeError("indexes is not an object")
        for encoder, place in self.indexes.items():
            check_encoder_name(encoder)
            if not _PLACE.fullmatch(place):
                raise ValueError(
                    f"the index of {encoder} cannot be in {place[:80]!r}, only in index or index-N"
                )
        if len(set(self.indexes.values())) < len(self.indexes):
            raise ValueError("two encoders have the same index")
        if self.server != ServerSettings():
            self.server.check()
        address = self.qdrant_url and server_address(self.qdrant_url, drop_user=True)
        return replace(self, qdrant_url=address)

    def place_of(self, encoder: str | None) -> str:
        """Return the folder of the index of an encoder, else the next free one: "index", "index-2", ..."""
        index_places = self.index_places
        if encoder is None:
            return FIRST_INDEX
        places = (FIRST_INDEX, *(f"{FIRST_INDEX}-{number}" for number in range(2, len(index_places) + 3)))
        return index_places.get(encoder) or next(
            place for place in places if place not in index_places.values()
        )

    def collection_at(self, place: str) -> str:
        """Return the name of the collection on a server for the index at a place."""
        return self.collection + place.removeprefix(FIRST_INDEX)

    def with_new_collection(self) -> LibraryManifest:
        """Return a manifest with a new collection: a copy of a library must not write the index of the original."""
        return replace(self, collection=_new_collection())

    def with_index_of(self, encoder: str) -> LibraryManifest:
        """Return a manifest with a place for the index of an encoder. The first encoder becomes the one in use."""
        indexes = {**self.index_places, encoder: self.place_of(encoder)}
        return replace(self, encoder=self.encoder or encoder, indexes=indexes)

    def with_encoder(self, encoder: str) -> LibraryManifest:
        """Return a manifest with another encoder in use. The present one becomes `previous`."""
        if encoder == self.encoder:
            return self
        return replace(self.with_index_of(encoder), encoder=encoder, previous=self.encoder)

    def with_location(self, qdrant_url: str | None, layout: ServerLayout) -> LibraryManifest:
        """Return a manifest with all indexes on a server with this layout, or, without address, in the folder."""
        return replace(self, qdrant_url=qdrant_url, server=replace(self.server, **layout))

    def without_index_of(self, encoder: str) -> LibraryManifest:
        """Return a manifest without the index of an encoder."""
        indexes = {name: place for name, place in self.index_places.items() if name != encoder}
        return replace(self, indexes=indexes, previous=None if self.previous == encoder else self.previous)

    @property
    def index_places(self) -> dict[str, str]:
        """The place of each index, by encoder. Libraries of version 1 have one index and no `indexes`."""
        return dict(self.indexes) or ({self.encoder: FIRST_INDEX} if self.encoder else {})

    def write(self, folder: Path) -> None:
        """Write library.json in one rename: readers see either the old or the new file."""
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            # An archive may be private: other users open its library only if the owner permits it.
            folder.mkdir(mode=0o700, exist_ok=True)
            write_atomically(
                folder / MANIFEST_FILE, json.dumps(asdict(replace(self, version=VERSION)), indent=1) + "\n"
            )
        except OSError as error:
            raise LibraryError(
                f"{folder} cannot be written: {error.strerror}. Name another folder: --library DIR"
            ) from error


def check_encoder_name(encoder: object) -> None:
    """Check the name of an encoder: one line of printable characters. Raises ValueError or TypeError."""
    if not isinstance(encoder, str):
        raise TypeError(f"{ascii(encoder)[:80]} is not the name of an encoder")
    if not 0 < len(encoder) <= _MAX_NAME_LENGTH or not encoder.isprintable():
        raise ValueError(f"{encoder[:80]!r} is not the name of an encoder")


def _location(qdrant_url: str | None) -> str:
    return f"at {qdrant_url}" if qdrant_url else "in the folder itself"


def _options(layout: ServerLayout) -> str:
    return ", ".join(f"--{name.replace('_', '-')}" for name in layout)


def _is_free(folder: Path) -> bool:
    """Return whether a library can be made in a folder. Leftovers of a process that was killed do not prevent it."""
    if not folder.exists():
        return True
    return folder.is_dir() and all(
        file.name.startswith((TEMPORARY, f"{MANIFEST_FILE}.")) for file in folder.iterdir()
    )


def _new_collection() -> str:
    return f"archive-{uuid.uuid4().hex[:12]}"
