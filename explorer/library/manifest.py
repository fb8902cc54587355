"""The file that makes a folder a library: its version, its encoder, where its index lives."""

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
from explorer.system.atomic_write import TEMPORARY, write_atomically

VERSION = 2
# What a library's folder holds (docs/architecture.md).
FILE = "library.json"
CATALOG_FILE = "catalog.sqlite"
PICTURES = "pictures"
VECTORS = "vectors.sqlite"
FIRST_INDEX = "index"
_PLACE = re.compile(rf"{FIRST_INDEX}(?:-[1-9][0-9]{{0,3}})?")
_COLLECTION = re.compile(r"[\w-]{1,100}", re.ASCII)
_LONGEST_NAME = 1000


class ServerLayout(TypedDict, total=False):
    """What a user may say of how the index is laid out on a server; what is not said stays as it was."""

    shards: int
    replicas: int
    on_disk: bool
    quantisation: Literal["scalar", "binary"] | None


NO_LAYOUT: ServerLayout = {}


@dataclass(frozen=True, slots=True)
class LibraryManifest:
    """What a library remembers of itself. `collection` names its indexes on a server, `server` says how they are kept.

    `encoder` is the one in use, `previous` the one before it, `indexes` where each encoder's index lives.
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
        """The manifest of the library in `folder`; LibraryError when there is none or it is of another version."""
        try:
            plain = json.loads((folder / FILE).read_text(encoding="utf-8"))
            # The version comes first: a newer explorer may have written fields that this one does not know.
            if int(plain["version"]) <= VERSION:
                read = cls(**{**plain, "server": ServerSettings(**plain.get("server", {}))})
                return read.checked()
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
                f"{folder / FILE} cannot be read: {error}. Make the library again from its archive."
            ) from error
        raise LibraryError(
            f"{folder} was made by a newer explorer (library version {plain['version']}, this one knows {VERSION}). "
            "Update the explorer: pip install -U archive-explorer"
        )

    @classmethod
    def read_or_make(cls, folder: Path, qdrant_url: str | None, layout: ServerLayout) -> LibraryManifest:
        """The library's manifest, written if there is none; LibraryError where its index lives elsewhere already.

        A `layout` is kept, for every generation from the next one on.
        """
        is_new = not (folder / FILE).exists()
        if is_new and not _is_free(folder):
            raise LibraryError(f"{folder} is not empty and no library. Name another folder: --library DIR")
        manifest = cls(collection=_new_collection(), qdrant_url=qdrant_url) if is_new else cls.read(folder)
        if qdrant_url and not same_server(qdrant_url, manifest.qdrant_url):
            raise LibraryError(
                f"The index of {folder} lives {manifest.qdrant_url or 'in the folder itself'}, not at {qdrant_url}. "
                f"Leave --qdrant-url away, or move the index: explorer push {qdrant_url} --library {folder}"
            )
        if layout and not manifest.qdrant_url:
            raise LibraryError(
                f"The index of {folder} lives in the folder itself; {_options(layout)} is for one on a server. "
                "Name the server: --qdrant-url URL"
            )
        laid_out = manifest.at(manifest.qdrant_url, layout)
        if is_new or laid_out != manifest:
            laid_out.write(folder)
        return laid_out

    def checked(self) -> LibraryManifest:
        """The same, without the user and password that an address of older versions may hold.

        ValueError, TypeError or ServerError where a field holds what it cannot: the file may come from anybody, and
        places become paths.
        """
        for name in (self.encoder, self.previous):
            if name is not None:
                check_encoder_name(name)
        if not _COLLECTION.fullmatch(self.collection):
            raise ValueError(f"collection {self.collection[:80]!r} is no name")
        if not isinstance(self.indexes, Mapping):
            raise TypeError("indexes are no object")
        for encoder, place in self.indexes.items():
            check_encoder_name(encoder)
            if not _PLACE.fullmatch(place):
                raise ValueError(
                    f"the index of {encoder} cannot lie in {place[:80]!r}, only in index or index-N"
                )
        if len(set(self.indexes.values())) < len(self.indexes):
            raise ValueError("two encoders share one index")
        self.server.check()
        address = self.qdrant_url and server_address(self.qdrant_url, drop_user=True)
        return replace(self, qdrant_url=address)

    def place_of(self, encoder: str | None) -> str:
        """The folder in the library where the index of an encoder lives, or will: "index", "index-2", ..."""
        known = self.known
        if encoder is None:
            return FIRST_INDEX
        places = (FIRST_INDEX, *(f"{FIRST_INDEX}-{number}" for number in range(2, len(known) + 3)))
        return known.get(encoder) or next(place for place in places if place not in known.values())

    def collection_at(self, place: str) -> str:
        """What the index at a place is called on a server."""
        return self.collection + place.removeprefix(FIRST_INDEX)

    def renamed(self) -> LibraryManifest:
        """The same under a name of its own on a server: a copy of a library must not write the other's index."""
        return replace(self, collection=_new_collection())

    def preparing(self, encoder: str) -> LibraryManifest:
        """The same with a place for the index of this encoder, which is the one in use if there was none."""
        indexes = {**self.known, encoder: self.place_of(encoder)}
        return replace(self, encoder=self.encoder or encoder, indexes=indexes)

    def using(self, encoder: str) -> LibraryManifest:
        """The same with another encoder in use, and the way back."""
        if encoder == self.encoder:
            return self
        return replace(self.preparing(encoder), encoder=encoder, previous=self.encoder)

    def at(self, qdrant_url: str | None, layout: ServerLayout) -> LibraryManifest:
        """The same with its indexes at this address, or in the folder itself, and laid out so."""
        return replace(self, qdrant_url=qdrant_url, server=replace(self.server, **layout))

    def without(self, encoder: str) -> LibraryManifest:
        """The same without the index of this encoder."""
        indexes = {name: place for name, place in self.known.items() if name != encoder}
        return replace(self, indexes=indexes, previous=None if self.previous == encoder else self.previous)

    @property
    def known(self) -> dict[str, str]:
        """`indexes`; libraries of the first version had one, and did not say where."""
        return dict(self.indexes) or ({self.encoder: FIRST_INDEX} if self.encoder else {})

    def write(self, folder: Path) -> None:
        """Writes it in one rename; a reader sees the old or the new one."""
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            # An archive may be private: others open its library where the owner permits it.
            folder.mkdir(mode=0o700, exist_ok=True)
            write_atomically(
                folder / FILE, json.dumps(asdict(replace(self, version=VERSION)), indent=1) + "\n"
            )
        except OSError as error:
            raise LibraryError(
                f"{folder} cannot be written: {error.strerror}. Name another folder: --library DIR"
            ) from error


def check_encoder_name(encoder: object) -> None:
    """ValueError or TypeError unless this can be the name of an encoder: one line of printable characters."""
    if not isinstance(encoder, str):
        raise TypeError(f"{ascii(encoder)[:80]} is no name of an encoder")
    if not 0 < len(encoder) <= _LONGEST_NAME or not encoder.isprintable():
        raise ValueError(f"{encoder[:80]!r} is no name of an encoder")


def _options(layout: ServerLayout) -> str:
    return ", ".join(f"--{name.replace('_', '-')}" for name in layout)


def _is_free(folder: Path) -> bool:
    """Whether a library can be made there; what a process killed in making one left behind is no obstacle."""
    if not folder.exists():
        return True
    return folder.is_dir() and all(file.name.startswith((TEMPORARY, f"{FILE}.")) for file in folder.iterdir())


def _new_collection() -> str:
    return f"archive-{uuid.uuid4().hex[:12]}"
