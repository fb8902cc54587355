"""Backups and exports of a library, its repair, and the place of its index."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from explorer.errors import EncoderUnavailableError, LibraryError
from explorer.index import same_server, server_address
from explorer.ingest.report import Progress, SilentProgress
from explorer.library.browse import LibraryBrowser, LibraryStatus
from explorer.library.context import LibraryContext
from explorer.library.index_building import IndexBuilder
from explorer.library.indexes import require_encoder
from explorer.library.ingest import ArchiveIngest
from explorer.library.manifest import NO_LAYOUT, VECTORS, ServerLayout
from explorer.library.trusted_servers import is_named, name_server
from explorer.maintain.backup import write_backup
from explorer.maintain.doctor import Finding, LibraryHealth, Part, examine, repair_files
from explorer.maintain.exporting import export
from explorer.representation.encoders import Notify, ignore_message, load_encoders


class LibraryMaintenance:
    """Copies of a library, its repair, and the place of its index."""

    def __init__(
        self,
        context: LibraryContext,
        builder: IndexBuilder,
        archives: ArchiveIngest,
        browser: LibraryBrowser,
    ) -> None:
        self._context = context
        self._builder = builder
        self._archives = archives
        self._browser = browser

    def backup(self, file: Path | str, *, progress: Progress | None = None) -> int:
        """Write the whole library to one file, while it is in use, and return its size in bytes."""
        return write_backup(self._context.path, Path(file), progress or SilentProgress())

    def export(self, folder: Path | str, *, progress: Progress | None = None) -> None:
        """Write the contents of the library to a new folder, for other programs and for `Library.from_export`."""
        encoder = require_encoder(self._context.indexes.manifest, self._context.path)
        export(
            self._context.catalog,
            self._context.pictures,
            self._context.path / VECTORS,
            encoder,
            Path(folder),
            progress or SilentProgress(),
        )

    def examine(self, *, progress: Progress | None = None) -> list[Finding]:
        """Return what is wrong with the library, the worst first. Nothing is changed."""
        return examine(self._health(), progress or SilentProgress())

    def repair(self, *, progress: Progress | None = None, tell: Notify = ignore_message) -> list[Finding]:
        """Repair the library from its catalog, its pictures and the archives.

        Returns:
            What was wrong, and whether it is repaired.
        """
        progress = progress or SilentProgress()
        with self._context.writing(waiting=tell):
            library = self._health()
            found = repair_files(examine(library, progress), library)
            if not found or any(one.part is Part.CATALOG for one in found):
                return found
            self._context.indexes.close()
            for one in found:
                if one.part is Part.INDEX and self._context.indexes.is_at_home(one.where):
                    with suppress(EncoderUnavailableError):  # it is a finding of its own
                        self._builder.build(
                            load_encoders(one.where, self._context.path), progress, rebuild=True
                        )
        if any(one.part is Part.PICTURE for one in found):
            self._archives.sync(progress=progress, tell=tell)
        left = {(one.part, one.where) for one in self.examine()}
        return [replace(one, mended=(one.part, one.where) not in left) for one in found]

    def _health(self) -> LibraryHealth:
        stores = {
            encoder: self._context.indexes.store_of(encoder)
            for encoder in self._context.indexes.manifest.known
        }
        return LibraryHealth(
            self._context.path,
            self._context.catalog,
            self._context.pictures,
            stores,
            self._context.indexes.encoder,
        )

    def push(self, qdrant_url: str, *, layout: ServerLayout = NO_LAYOUT) -> LibraryStatus:
        """Move the index to a server, point by point. From then on it answers there.

        Only points that the server does not have are sent: after a crash, call it again. The index in the folder stays, and
        may be deleted. From then on the server is given the user's key: for a copied library whose index is there
        already, this call says that the server is the user's own.

        Args:
            qdrant_url: The address of the server.
            layout: How the server stores the index.

        Raises:
            LibraryError: If the index is there already.
            ServerError: If `qdrant_url` is not the address of a server, or the server does not answer.
        """
        address = server_address(qdrant_url)
        is_there = same_server(address, self._context.indexes.manifest.qdrant_url)
        if is_there and is_named(self._context.path, address):
            raise LibraryError(f"The index of {self._context.path} lives at {address} already.")
        name_server(self._context.path, address)
        return self._browser.status() if is_there else self._move(address, layout)

    def pull(self) -> LibraryStatus:
        """Move the index from its server into the folder. From then on it answers there. The server keeps its copy.

        Raises:
            LibraryError: If the index is in the folder already.
        """
        if not self._context.indexes.manifest.qdrant_url:
            raise LibraryError(f"The index of {self._context.path} lives in the folder already.")
        return self._move(None, NO_LAYOUT)

    def _move(self, qdrant_url: str | None, layout: ServerLayout) -> LibraryStatus:
        require_encoder(self._context.indexes.manifest, self._context.path)
        with self._context.writing():
            self._context.indexes.move(qdrant_url, layout)
        return self._browser.status()
