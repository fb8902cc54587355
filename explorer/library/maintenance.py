"""Keeping a library: copies of it, its contents for other programs, where its index lives, and its ailments."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

from explorer.errors import EncoderUnavailableError, LibraryError
from explorer.index import same_server, server_address
from explorer.ingest.report import Progress, Silent
from explorer.library.browse import Looking, Status
from explorer.library.indexes import require_encoder
from explorer.library.ingest import Archives
from explorer.library.manifest import NO_LAYOUT, VECTORS, Layout
from explorer.library.new_folder import new_folder
from explorer.library.trusted_servers import is_named, name_server
from explorer.maintain.backup import unpack_backup, write_backup
from explorer.maintain.doctor import Finding, Part, Patient, examine, mend_files
from explorer.maintain.exporting import export, import_from
from explorer.representation.encoders import Tell, load_tools, quiet


class Keeping(Archives, Looking):
    """A library as a thing that is kept."""

    def backup(self, file: Path | str, *, progress: Progress | None = None) -> int:
        """Writes the whole library to one file, while it is in use; its size in bytes."""
        return write_backup(self.path, Path(file), progress or Silent())

    @classmethod
    def from_backup(cls, file: Path | str, path: Path | str, *, progress: Progress | None = None) -> Self:
        """The library of a backup, put into the folder `path`, which must be new or empty.

        Its index is made in the folder: a server that a backup names may be anybody's. `push` moves it to yours.
        """
        unpack_backup(Path(file), Path(path))
        return cls._indexed(Path(path), progress)

    def export(self, folder: Path | str, *, progress: Progress | None = None) -> None:
        """Writes the library's contents for other programs, and for `from_export`, into a new folder."""
        encoder = require_encoder(self._indexes.manifest, self.path)
        export(
            self._catalog, self._pictures, self.path / VECTORS, encoder, Path(folder), progress or Silent()
        )

    @classmethod
    def from_export(
        cls,
        folder: Path | str,
        path: Path | str,
        *,
        qdrant_url: str | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """A library in the folder `path`, new or empty, made of what was exported."""
        path = Path(path)
        if cls.is_at(path):
            raise LibraryError(f"{path} is a library already. Name a new folder: --library DIR")
        progress = progress or Silent()
        with new_folder(path), cls.create(path, qdrant_url=qdrant_url) as made:  # half a library is none
            encoder = import_from(Path(folder), made._catalog, made._pictures, path / VECTORS, progress)
            made._indexes.prepare(encoder)
        return cls._indexed(path, progress)

    @classmethod
    def _indexed(cls, path: Path, progress: Progress | None) -> Self:
        opened = cls.open(path)
        try:
            with opened._writing():
                opened._index_if_due(progress or Silent(), quiet)
        except BaseException:
            opened.close()
            raise
        return opened

    def examine(self, *, progress: Progress | None = None) -> list[Finding]:
        """What is wrong with the library, the worst first; nothing is changed."""
        return examine(self._patient(), progress or Silent())

    def mend(self, *, progress: Progress | None = None, tell: Tell = quiet) -> list[Finding]:
        """Mends what can be mended from the catalog, the pictures and the archives; what was wrong, and what still is."""
        progress = progress or Silent()
        with self._writing(waiting=tell):
            patient = self._patient()
            found = mend_files(examine(patient, progress), patient)
            if not found or any(one.part is Part.CATALOG for one in found):
                return found
            self._indexes.close()
            for one in found:
                if one.part is Part.INDEX and self._indexes.is_at_home(one.where):
                    with suppress(EncoderUnavailableError):  # it is a finding of its own
                        self._build(load_tools(one.where, self.path), progress, rebuild=True)
        if any(one.part is Part.PICTURE for one in found):
            self.sync(progress=progress, tell=tell)
        left = {(one.part, one.where) for one in self.examine()}
        return [replace(one, mended=(one.part, one.where) not in left) for one in found]

    def _patient(self) -> Patient:
        homes = {encoder: self._indexes.home_of(encoder) for encoder in self._indexes.manifest.known}
        return Patient(self.path, self._catalog, self._pictures, homes, self._indexes.encoder)

    def push(self, qdrant_url: str, *, layout: Layout = NO_LAYOUT) -> Status:
        """Moves the index to a server, point by point; from then on it answers there. What the library is then.

        Only what the server does not have yet is sent: to go on after a crash is to do it again. What lies in the
        folder stays, and may be deleted. The server is given the user's key from then on: where the index of a copied
        library lives there already, this says that the server is the user's own. LibraryError where that was said
        before, ServerError for what is no address of a server.
        """
        address = server_address(qdrant_url)
        is_there = same_server(address, self._indexes.manifest.qdrant_url)
        if is_there and is_named(self.path, address):
            raise LibraryError(f"The index of {self.path} lives at {address} already.")
        name_server(self.path, address)
        return self.status() if is_there else self._move(address, layout)

    def pull(self) -> Status:
        """Moves the index from its server into the folder; from then on it answers there. What the library is then.

        The server keeps its copy. LibraryError where the index is in the folder already.
        """
        if not self._indexes.manifest.qdrant_url:
            raise LibraryError(f"The index of {self.path} lives in the folder already.")
        return self._move(None, NO_LAYOUT)

    def _move(self, qdrant_url: str | None, layout: Layout) -> Status:
        require_encoder(self._indexes.manifest, self.path)
        with self._writing():
            self._indexes.move(qdrant_url, layout)
        return self.status()
