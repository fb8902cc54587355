"""Reading archives into a library, following their changes, and the trash for issues that are gone."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings import EncoderPrecision, VectorCache
from explorer.archive.links.addresses import is_remote
from explorer.archive.site.copying import copy_site, folder_of_site
from explorer.archive.site.remote import RemotePictures, WebClient
from explorer.catalog.trash import Discarded
from explorer.errors import ArchiveError, QueryError, SearchIndexError
from explorer.ingest.issue_contents import count_postponed, encode_postponed
from explorer.ingest.ocr import EnrichReport, OcrCounts, pictures_pending_ocr, read_texts
from explorer.ingest.picture_embedder import PICTURE_KIND
from explorer.ingest.reading import read_archive
from explorer.ingest.report import (
    COPIES,
    EMBEDDING,
    GRAPHS,
    INDEXING,
    READING,
    CostMeter,
    IngestReport,
    Progress,
    RunCost,
    SilentProgress,
)
from explorer.ingest.syncing import SyncReport, preview_changes, sync_archive
from explorer.ingest.watching import watch_archives
from explorer.library.context import SITES_FOLDER, LibraryContext
from explorer.library.index_building import IndexBuilder
from explorer.library.indexes import require_encoder
from explorer.library.manifest import VECTORS
from explorer.representation.encoders import Notify, encoder_errors, ignore_message, requested_precision
from explorer.system.memory import return_free_memory

if TYPE_CHECKING:
    from explorer.archive.storage.files import Files
    from explorer.ingest.concurrent import ConcurrentEmbedder
    from explorer.representation.encoders import QueryEncoders

# Interval between updates of the index while texts in pictures are read. Longer if an update takes a tenth of it.
INDEX_EVERY_SECONDS = 600.0


class ArchiveIngest:
    """Reads archives into a library, follows their changes, and restores issues that are gone."""

    def __init__(self, context: LibraryContext, builder: IndexBuilder) -> None:
        self._context = context
        self._builder = builder
        # The last result of `pending_texts`, with the sentence encoder and the revision of the catalog.
        self._pending_texts: tuple[tuple[str, str], int] = (("", ""), 0)

    @property
    def has_content(self) -> bool:
        """Whether an issue was read or a site was copied."""
        return (
            bool(self._context.catalog.issues.select(limit=1)) or (self._context.path / SITES_FOLDER).exists()
        )

    def ingest(
        self,
        archives: Path | str | Sequence[Path | str],
        *,
        encoder: str | None = None,
        precision: str | None = None,
        fetch_remote: bool = False,
        rebuild: bool = False,
        ray: str | None = None,
        pause: float | None = None,
        progress: Progress | None = None,
        tell: Notify = ignore_message,
    ) -> IngestReport:
        """Read archives, embed new pictures and texts, and build the next generation of the index.

        A document or picture that cannot be read is recorded in the ledger and does not stop the run.

        Args:
            archives: Folders, zip files, documents, or addresses of sites. Sites are copied first.
            encoder: A name that `explorer models` lists, or an open_clip model. If it is not the encoder
                in use, everything is embedded again, but not read again.
            precision: "f32" or "bf16". None is the precision of the present index. For a new index, it is the fastest
                one whose vectors are near those of f32.
            fetch_remote: Whether to fetch pictures outside the archive.
            rebuild: Whether to build the index from scratch instead of from the current generation.
            ray: The address of a Ray cluster that embeds the pictures, or "local".
            pause: Seconds between requests to a site.
            progress: Receives the progress of each step.
            tell: Receives messages for the user.

        Raises:
            ArchiveError: If an archive cannot be opened.
            EncoderUnavailableError: If the encoder cannot be loaded.
        """
        started, meter = time.perf_counter(), CostMeter()
        embedded_before = self._context.stored_vectors[PICTURE_KIND]
        progress = progress or SilentProgress()
        archives = _locations(archives)
        requested = requested_precision(precision)
        for site in filter(is_remote, map(str, archives)):
            self._copy_site(site, tell, pause)
        with self._context.writing(), ExitStack() as closing_all:
            opened = [
                closing_all.enter_context(closing(self._context.open_archive(str(archive))))
                for archive in archives
            ]
            encoders = self._context.indexes.encoders_for_writing(tell, encoder)
            encoders.release()
            ahead = self._builder.embedding_while_reading(encoders, requested, tell, rebuild=rebuild)
            with meter.stage(READING, beside=EMBEDDING):
                self._read(opened, ahead, progress, fetch_remote=fetch_remote)
                encoders = ahead.encoders or self._builder.at_precision(encoders, requested)
            self._builder.embed_on_ray(ray, encoders, progress)
            generation = self._build(encoders, progress, tell, meter, rebuild=rebuild)
        cost = self._write_cost(meter, embedded_before)
        return self._report(generation, encoders.precision, time.perf_counter() - started, cost)

    def _read(
        self,
        opened: Sequence[Files],
        ahead: ConcurrentEmbedder,
        progress: Progress,
        *,
        fetch_remote: bool,
    ) -> None:
        """Read archives, and embed their pictures and texts in a thread."""
        with closing(RemotePictures()) if fetch_remote else nullcontext() as remote, ahead:
            fetch = remote.fetch if remote else None
            for files in opened:
                read_archive(files, self._context.catalog, self._context.pictures, progress, fetch, ahead.add)
        return_free_memory()

    def _build(
        self, encoders: QueryEncoders, progress: Progress, tell: Notify, meter: CostMeter, *, rebuild: bool
    ) -> int:
        """Build the next generation of the index, find copies, and build graphs. Return the number of the generation."""
        with self._indexing(meter):
            generation = self._builder.build_and_use(encoders, progress, rebuild=rebuild)
        with meter.stage(COPIES):
            self._builder.group_copies(encoders, progress)
        with meter.stage(GRAPHS):
            return self._builder.build_graphs(encoders.encoder.name, tell) or generation

    @contextmanager
    def _indexing(self, meter: CostMeter) -> Iterator[None]:
        """Measure the building of an index. The vectors that it computes count as embedding."""
        before = self._context.embedding_core_seconds
        with meter.stage(INDEXING):
            yield
        meter.move(self._context.embedding_core_seconds - before, INDEXING, EMBEDDING)

    def _write_cost(self, meter: CostMeter, embedded_before: int) -> RunCost:
        return meter.write(
            self._context.path,
            pictures=len(self._context.catalog.pictures.shown()),
            embedded=self._context.stored_vectors[PICTURE_KIND] - embedded_before,
        )

    def sync(
        self,
        *,
        dry_run: bool = False,
        fetch_remote: bool = False,
        progress: Progress | None = None,
        tell: Notify = ignore_message,
    ) -> SyncReport:
        """Read the changed documents of the archives.

        Issues that are gone from their archive are moved to the trash. An absent or empty archive loses no issues.

        Args:
            dry_run: Whether to only report what a sync would do.
            fetch_remote: Whether to fetch pictures outside the archives.
            progress: Receives the progress of each step.
            tell: Receives messages for the user.
        """
        if dry_run:
            return self._planned_sync()
        for site in filter(is_remote, (location for _, location in self._context.catalog.archives.all())):
            try:
                self._copy_site(site, tell)
            except ArchiveError as error:  # the older copy is read
                tell(str(error))
        return self._sync(fetch_remote, progress, tell)

    def _sync(self, fetch_remote: bool, progress: Progress | None, tell: Notify) -> SyncReport:
        started, meter = time.perf_counter(), CostMeter()
        embedded_before = self._context.stored_vectors[PICTURE_KIND]
        progress = progress or SilentProgress()
        with (
            self._context.writing(waiting=tell),
            closing(RemotePictures()) if fetch_remote else nullcontext() as remote,
        ):
            fetch = remote.fetch if remote else None
            with meter.stage(READING):
                changes = tuple(
                    sync_archive(
                        name,
                        location,
                        self._context.open_archive,
                        self._context.catalog,
                        self._context.pictures,
                        progress,
                        fetch,
                    )
                    for name, location in self._context.catalog.archives.all()
                )
                self._empty_trash()
            with self._indexing(meter):
                generation = self._builder.build_if_outdated(progress, tell)
            if generation and self._context.indexes.encoder:
                with meter.stage(GRAPHS):
                    generation = self._builder.build_graphs(self._context.indexes.encoder, tell) or generation
        report = SyncReport(changes, generation, round(time.perf_counter() - started, 3))
        if report.is_changed:
            self._write_cost(meter, embedded_before)
        return report

    def _planned_sync(self) -> SyncReport:
        started = time.perf_counter()
        changes = tuple(
            preview_changes(*archive, self._context.open_archive, self._context.catalog)
            for archive in self._context.catalog.archives.all()
        )
        generation = self._context.index_store.current_generation()
        return SyncReport(changes, generation, round(time.perf_counter() - started, 3))

    def watch(self, *, fetch_remote: bool = False, tell: Notify = ignore_message) -> Iterator[SyncReport]:
        """Sync now and after each change of an archive, and yield a report of each change.

        Sites are not watched: only `sync` looks for changes of a site.
        """
        with watch_archives(location for _, location in self._context.catalog.archives.all()) as watch:
            while True:
                report = self._sync(fetch_remote, None, tell)
                if report.is_changed:
                    yield report
                watch.wait()

    def trash(self) -> list[Discarded]:
        """Return the issues that are gone from their archives and can be restored, newest first."""
        return self._context.catalog.trash.all()

    def restore(self, id: str, *, progress: Progress | None = None) -> Discarded:
        """Restore an issue from the trash, by its document or the beginning of its id.

        It then stays although its archive does not have it. Once the archive has it again, it follows the archive.

        Raises:
            QueryError: If the trash has no such issue.
        """
        with self._context.writing():
            self._require_encoders()
            restored = self._context.catalog.trash.restore(id)
            self._builder.build_if_outdated(progress or SilentProgress(), ignore_message)
        return restored

    def forget(self, archive: str, *, progress: Progress | None = None) -> list[str]:
        """Move all issues of an archive to the trash and stop following it. Return their documents."""
        names = dict(self._context.catalog.archives.all())
        if archive not in names:
            raise QueryError(
                f"This library has no archive {archive!r}. Its archives: {', '.join(names) or 'none'}"
            )
        with self._context.writing():
            self._require_encoders()
            documents = self._context.catalog.issues.delete_archive(archive)
            self._builder.build_if_outdated(progress or SilentProgress(), ignore_message)
        return documents

    def _require_encoders(self) -> None:
        """Load the encoders before anything is changed. Raises EncoderUnavailableError if they cannot be loaded."""
        if self._context.indexes.encoder:
            self._context.indexes.encoders_for_writing(ignore_message)

    def enrich(
        self,
        *,
        limit: int | None = None,
        progress: Progress | None = None,
        tell: Notify = ignore_message,
    ) -> EnrichReport:
        """Encode the texts that an ingest postponed, read the text in pictures, and index both.

        The text of each picture is stored as soon as it is read: after a crash, call it again. An ingest may run at the
        same time; it waits only while the index is built.

        Args:
            limit: Maximum number of pictures to read now.
            progress: Receives the progress of each step.
            tell: Receives messages for the user.

        Raises:
            LibraryError: If nothing was ingested yet, or text in pictures cannot be read on this machine.
        """
        started = time.monotonic()
        next_build = started + INDEX_EVERY_SECONDS
        progress = progress or SilentProgress()
        require_encoder(self._context.indexes.manifest, self._context.path)
        with self._context.locked(
            "enrich.lock", f"The pictures of {self._context.path} are being read already"
        ):
            encoded = self._encode_postponed(progress, tell)
            texts = OcrCounts()
            for so_far in read_texts(self._context.catalog, self._context.pictures, progress, limit):
                texts = so_far
                if time.monotonic() >= next_build:
                    build_started = time.monotonic()
                    self._builder.build_when_free(SilentProgress(), tell)
                    build_seconds = time.monotonic() - build_started
                    next_build = time.monotonic() + max(INDEX_EVERY_SECONDS, 10 * build_seconds)
            generation = self._builder.build_when_free(progress, tell)
        unread = len(pictures_pending_ocr(self._context.catalog))
        seconds = round(time.monotonic() - started, 3)
        return EnrichReport(texts.read, texts.with_text, unread, generation, seconds, encoded)

    def _encode_postponed(self, progress: Progress, tell: Notify) -> int:
        """Encode and index the texts that an ingest postponed, and return their number."""
        if not self.pending_texts():
            return 0
        with self._context.vectors(self._context.indexes.encoders_for_writing(tell)) as vectors:
            encoded = encode_postponed(self._context.catalog, vectors, progress)
        self._builder.build_when_free(progress, tell)
        return encoded

    def pending_texts(self) -> int:
        """Return the number of texts of long issues that are not encoded yet. Searches find them only by terms."""
        try:
            manifest = self._context.index_store.manifest()
        except SearchIndexError:  # the server does not answer
            return 0
        if manifest is None:
            return 0
        state = (manifest.config.sentences, self._context.catalog.changes.revision())
        if self._pending_texts[0] != state:
            with encoder_errors(), VectorCache(self._context.path / VECTORS, allow_read_only=True) as cache:
                number = count_postponed(self._context.catalog, cache, manifest.config.sentences)
                self._pending_texts = state, number
        return self._pending_texts[1]

    def _copy_site(self, address: str, tell: Notify, pause: float | None = None) -> None:
        with (
            self._context.locked("sites.lock", f"A site is being copied into {self._context.path}"),
            closing(WebClient(pause=pause)) as web,
        ):
            copy_site(address, folder_of_site(self._context.path / SITES_FOLDER, address), web, tell)

    def _empty_trash(self) -> None:
        if self._context.catalog.trash.empty(datetime.now(UTC)):
            for sha256 in self._context.catalog.pictures.delete_unused():
                self._context.pictures.forget(sha256)

    def _report(
        self, generation: int, precision: EncoderPrecision, seconds: float, cost: RunCost
    ) -> IngestReport:
        ledger = self._context.catalog.ledger.counts()
        return IngestReport(
            issues=ledger.issues,
            items=ledger.items,
            figures=ledger.figures,
            pictures=ledger.pictures,
            left_out=ledger.left_out,
            missing=ledger.missing,
            remote=ledger.remote,
            problems=ledger.problems,
            skipped=ledger.skipped,
            encoder=self._context.indexes.encoder or "",
            precision=str(precision),
            generation=generation,
            seconds=round(seconds, 3),
            unread=len(pictures_pending_ocr(self._context.catalog)) if ledger.pictures else 0,
            put_off=self.pending_texts(),
            mentioned=ledger.mentioned,
            core_seconds=cost.core_seconds,
        )


def _locations(archives: Path | str | Sequence[Path | str]) -> list[Path | str]:
    """Return one archive or several as a list. Raises ArchiveError if one is neither a path nor an address."""
    locations = (
        [archives] if isinstance(archives, Path | str) or not isinstance(archives, Sequence) else [*archives]
    )
    for location in locations:
        if not isinstance(location, Path | str):
            raise ArchiveError(f"{location!r} is not an archive. Give a path, or the address of a site.")
    return locations
