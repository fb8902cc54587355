"""Maintenance of a library: backup, export, repair, and moving the index."""

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
from explorer.library.trusted_servers import is_trusted, trust_server
from explorer.maintain.backup import write_backup
from explorer.maintain.costs import CostReport, report_costs
from explorer.maintain.doctor import Finding, LibraryHealth, Part, examine, repair_files
from explorer.maintain.exporting import export
from explorer.representation.encoders import Notify, ignore_message


class LibraryMaintenance:
    """Backs up, exports and repairs a library, and moves its index."""

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
        """Write the library to one file and return the size in bytes. The library may be in use meanwhile."""
        return write_backup(self._context.path, Path(file), progress or SilentProgress())

    def export(self, folder: Path | str, *, progress: Progress | None = None) -> None:
        """Write the content of the library to a new folder, for other programs and `Library.from_export`."""
        encoder = require_encoder(self._context.indexes.manifest, self._context.path)
        export(
            self._context.catalog,
            self._context.pictures,
            self._context.path / VECTORS,
            encoder,
            Path(folder),
            progress or SilentProgress(),
        )

    def costs(self, *, country: str | None = None) -> CostReport:
        """Return what the ingests of the library cost: processor time, energy, bytes, and what the cache saved.

        Args:
            country: Its English name or its code of three letters, for grams of CO2.

        Raises:
            LibraryError: If no ingest was recorded.
            QueryError: If the country is unknown.
        """
        status = self._browser.status()
        model = f"{status.encoder}, {status.precision}" if status.precision else str(status.encoder)
        return report_costs(self._context.path, model, status.runtime, country)

    def examine(self, *, progress: Progress | None = None) -> list[Finding]:
        """Return the problems of the library, worst first. Nothing is changed."""
        return examine(self._health(), progress or SilentProgress())

    def repair(self, *, progress: Progress | None = None, tell: Notify = ignore_message) -> list[Finding]:
        """Repair the library from its catalog, its pictures and the archives.

        Returns:
            The problems that were found, and whether each is repaired.
        """
        progress = progress or SilentProgress()
        with self._context.writing(waiting=tell):
            library = self._health()
            findings = repair_files(examine(library, progress), library)
            if not findings or any(finding.part is Part.CATALOG for finding in findings):
                return findings
            self._context.indexes.close()
            for finding in findings:
                if finding.part is Part.INDEX and self._context.indexes.has_own_location(finding.where):
                    with suppress(EncoderUnavailableError):  # reported as a finding of its own
                        encoders = self._context.indexes.load(finding.where)
                        self._builder.build(encoders, progress, rebuild=True)
        if any(finding.part is Part.PICTURE for finding in findings):
            self._archives.sync(progress=progress, tell=tell)
        remaining = {(finding.part, finding.where) for finding in self.examine()}
        return [
            replace(finding, mended=(finding.part, finding.where) not in remaining) for finding in findings
        ]

    def _health(self) -> LibraryHealth:
        stores = {
            encoder: self._context.indexes.store_of(encoder)
            for encoder in self._context.indexes.manifest.index_places
        }
        return LibraryHealth(
            self._context.path,
            self._context.catalog,
            self._context.pictures,
            stores,
            self._context.indexes.encoder,
        )

    def push(self, qdrant_url: str, *, layout: ServerLayout = NO_LAYOUT) -> LibraryStatus:
        """Move the index to a server. Searches use the server from then on.

        Only points that the server does not have are sent: after a crash, call it again. The index in the folder is
        kept and may be deleted. The server becomes trusted: it receives the user's API key from then on. For a copied
        library whose index is on that server already, the call does nothing else.

        Args:
            qdrant_url: The address of the server.
            layout: How the server stores the index.

        Raises:
            LibraryError: If the index is on that server already and the server is trusted.
            ServerError: If `qdrant_url` is not the address of a server, or the server does not answer.
        """
        address = server_address(qdrant_url)
        is_on_server = same_server(address, self._context.indexes.manifest.qdrant_url)
        if is_on_server and is_trusted(self._context.path, address):
            raise LibraryError(
                f"The index of {self._context.path} is already at {address}. Nothing was copied."
            )
        trust_server(self._context.path, address)
        return self._browser.status() if is_on_server else self._move(address, layout)

    def pull(self) -> LibraryStatus:
        """Move the index from its server into the folder, and search there from then on. The server keeps its copy.

        Raises:
            LibraryError: If the index is in the folder already.
        """
        if not self._context.indexes.manifest.qdrant_url:
            raise LibraryError(
                f"The index of {self._context.path} is already in the library. Nothing was copied."
            )
        return self._move(None, NO_LAYOUT)

    def _move(self, qdrant_url: str | None, layout: ServerLayout) -> LibraryStatus:
        require_encoder(self._context.indexes.manifest, self._context.path)
        with self._context.writing():
            self._context.indexes.move(qdrant_url, layout)
        return self._browser.status()
