"""Taking in archives, following them as they change, and what becomes of issues that are gone."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from embeddings import VectorCache
from explorer.archive.links.addresses import is_remote
from explorer.archive.site.copying import copy_site, folder_of_site, site_files
from explorer.archive.site.remote import RemotePictures, Web
from explorer.archive.storage.files import Files
from explorer.archive.storage.unpacked import open_archive
from explorer.catalog.trash import Discarded
from explorer.errors import ArchiveError, QueryError, SearchIndexError
from explorer.ingest.long_issues import count_put_off, encode_rest
from explorer.ingest.ocr import EnrichReport, Texts, pictures_to_read, read_texts
from explorer.ingest.reading import read_archive
from explorer.ingest.report import IngestReport, Progress, Silent
from explorer.ingest.syncing import SyncReport, sync_archive, told_changes
from explorer.ingest.watching import watching
from explorer.library.context import Premises
from explorer.library.indexes import require_encoder
from explorer.library.manifest import NO_LAYOUT, VECTORS, Layout
from explorer.library.new_folder import new_folder
from explorer.representation.encoders import Tell, encoder_errors, quiet
from explorer.system.memory import give_back

# While pictures are read, what was read becomes searchable so often; less often where that takes a tenth of the time.
INDEX_EVERY_SECONDS = 600.0
SITES = "sites"
"""The folder of a library for the copies of sites."""


class Archives(Premises):
    """What is read into a library."""

    _counted: tuple[tuple[str, str], int] = ("", ""), 0
    """The last count of `texts_put_off`, with its sentence encoder and its revision of the catalog."""

    @classmethod
    @contextmanager
    def reading_into(
        cls, path: Path | str, *, qdrant_url: str | None = None, layout: Layout = NO_LAYOUT
    ) -> Iterator[Self]:
        """The library as `create` gives it, for one reading: where that fails before anything is read, a folder that
        was made for it is taken away again."""
        folder = Path(path)
        with new_folder(folder) as new, cls.create(folder, qdrant_url=qdrant_url, layout=layout) as library:
            try:
                yield library
            finally:
                new.is_worth_keeping = bool(library._catalog.issues(limit=1)) or (folder / SITES).exists()

    def ingest(
        self,
        archives: Path | str | Sequence[Path | str],
        *,
        encoder: str | None = None,
        fetch_remote: bool = False,
        rebuild: bool = False,
        ray: str | None = None,
        pause: float | None = None,
        progress: Progress | None = None,
        tell: Tell = quiet,
    ) -> IngestReport:
        """Reads the archives, or the one archive, embeds what is new and makes the next generation of the index.

        `encoder` is a name as `explorer models` lists them; another one than before embeds everything again
        without reading again. A document or picture that cannot be read is recorded and does not stop the run.
        `ray` is a cluster's address, or "local": there pictures are looked at. An archive may be the address of a
        site, whose pages are copied first, with `pause` seconds between two requests.
        """
        started = time.perf_counter()
        progress = progress or Silent()
        archives = _locations(archives)
        for site in filter(is_remote, map(str, archives)):
            self._copy_site(site, tell, pause)
        with self._writing(), ExitStack() as closing_all:
            opened = [closing_all.enter_context(closing(self._opened(str(it)))) for it in archives]
            tools = self._indexes.tools_to_write(tell, encoder)
            tools.release()
            with closing(RemotePictures()) if fetch_remote else nullcontext() as remote:
                for files in opened:
                    fetch = remote.fetch if remote else None
                    read_archive(files, self._catalog, self._pictures, progress, fetch)
            give_back()
            self._look_on(ray, tools, progress)
            generation = self._index(tools, progress, rebuild=rebuild)
            self._group(tools, progress)
        return self._report(generation, time.perf_counter() - started)

    def sync(
        self,
        *,
        fetch_remote: bool = False,
        progress: Progress | None = None,
        tell: Tell = quiet,
    ) -> SyncReport:
        """Looks at every archive that was read, and does what changed there and nothing else.

        Issues that are gone go to the trash. An archive that is not there today, or is empty, loses nothing.
        """
        for site in filter(is_remote, (location for _, location in self._catalog.archives())):
            try:
                self._copy_site(site, tell)
            except ArchiveError as problem:  # what was copied before is read
                tell(str(problem))
        return self._sync(fetch_remote, progress, tell)

    def _sync(self, fetch_remote: bool, progress: Progress | None, tell: Tell) -> SyncReport:
        started = time.perf_counter()
        progress = progress or Silent()
        with (
            self._writing(waiting=tell),
            closing(RemotePictures()) if fetch_remote else nullcontext() as remote,
        ):
            fetch = remote.fetch if remote else None
            found = tuple(
                sync_archive(name, location, self._opened, self._catalog, self._pictures, progress, fetch)
                for name, location in self._catalog.archives()
            )
            self._empty_trash()
            generation = self._index_if_due(progress, tell)
        return SyncReport(found, generation, round(time.perf_counter() - started, 3))

    def sync_would(self) -> SyncReport:
        """What `sync` would do; nothing is written."""
        started = time.perf_counter()
        found = tuple(
            told_changes(*archive, self._opened, self._catalog) for archive in self._catalog.archives()
        )
        return SyncReport(found, self._home.current_generation(), round(time.perf_counter() - started, 3))

    def watch(self, *, fetch_remote: bool = False, tell: Tell = quiet) -> Iterator[SyncReport]:
        """Syncs now, and again whenever an archive changed, until the caller stops asking. Reports what changed.

        Sites are left in peace: only `sync` asks whether they changed.
        """
        with watching(location for _, location in self._catalog.archives()) as watch:
            while True:
                report = self._sync(fetch_remote, None, tell)
                if report.is_changed:
                    yield report
                watch.wait()

    def trash(self) -> list[Discarded]:
        """The issues that are gone from their archives and can be brought back, the latest first."""
        return self._catalog.discarded()

    def restore(self, id: str, *, progress: Progress | None = None) -> Discarded:
        """Brings an issue back from the trash, by its document or the beginning of its id. It stays from then on,
        until its archive has it again. QueryError where the trash has no such issue."""
        with self._writing():
            self._require_tools()
            restored = self._catalog.bring_back(id)
            self._index_if_due(progress or Silent(), quiet)
        return restored

    def forget(self, archive: str, *, progress: Progress | None = None) -> list[str]:
        """Puts all issues of an archive, by its name, into the trash; it is not read again. Which documents."""
        names = dict(self._catalog.archives())
        if archive not in names:
            raise QueryError(
                f"This library was not read from an archive called {archive!r}, but from: {', '.join(names) or 'none'}"
            )
        with self._writing():
            self._require_tools()
            gone = self._catalog.forget_archive(archive)
            self._index_if_due(progress or Silent(), quiet)
        return gone

    def _require_tools(self) -> None:
        """EncoderUnavailableError where what is changed could not be made searchable: then nothing is."""
        if self._indexes.encoder:
            self._indexes.tools_to_write(quiet)

    def enrich(
        self,
        *,
        limit: int | None = None,
        progress: Progress | None = None,
        tell: Tell = quiet,
    ) -> EnrichReport:
        """Encodes what an ingest put off, reads the text in the pictures that were not read yet, at most `limit` of them,
        and makes both searchable.

        Each picture is kept as soon as it is read: to go on after a crash is to do it again. An ingest may run at
        the same time, and is only kept out while the index is made.
        """
        started = time.monotonic()
        due = started + INDEX_EVERY_SECONDS
        progress = progress or Silent()
        require_encoder(self._indexes.manifest, self.path)
        with self._alone("enrich.lock", f"The pictures of {self.path} are being read already"):
            encoded = self._encode_rest(progress, tell)
            texts = Texts()
            for so_far in read_texts(self._catalog, self._pictures, progress, limit):
                texts = so_far
                if time.monotonic() >= due:
                    begun = time.monotonic()
                    self._index_again(Silent(), tell)
                    due = time.monotonic() + max(INDEX_EVERY_SECONDS, 10 * (time.monotonic() - begun))
            generation = self._index_again(progress, tell)
        unread = len(pictures_to_read(self._catalog))
        seconds = round(time.monotonic() - started, 3)
        return EnrichReport(texts.read, texts.with_text, unread, generation, seconds, encoded)

    def _encode_rest(self, progress: Progress, tell: Tell) -> int:
        """Encode the texts that an ingest put off, index them, and return their number."""
        if not self.texts_put_off():
            return 0
        with self._vectors(self._indexes.tools_to_write(tell)) as vectors:
            encoded = encode_rest(self._catalog, vectors, progress)
        self._index_again(progress, tell)
        return encoded

    def texts_put_off(self) -> int:
        """Return how many texts of long issues are not encoded yet: only their terms are searched."""
        try:
            made = self._home.manifest()
        except SearchIndexError:  # the server that has the index cannot be asked
            return 0
        if made is None:
            return 0
        counted_of = (made.recipe.sentences, self._catalog.revision())
        if self._counted[0] != counted_of:
            with encoder_errors(), VectorCache(self.path / VECTORS, to_read=True) as cache:
                self._counted = counted_of, count_put_off(self._catalog, cache, made.recipe.sentences)
        return self._counted[1]

    def _copy_site(self, address: str, tell: Tell, pause: float | None = None) -> None:
        with (
            self._alone("sites.lock", f"A site is being copied into {self.path}."),
            closing(Web(pause=pause)) as web,
        ):
            copy_site(address, folder_of_site(self.path / SITES, address), web, tell)

    def _opened(self, location: str) -> Files:
        """The archive at a location: a path, or the address of a site that was copied."""
        if is_remote(location):
            return site_files(folder_of_site(self.path / SITES, location), location)
        return open_archive(Path(location))

    def _empty_trash(self) -> None:
        if self._catalog.empty_trash(datetime.now(UTC)):
            for sha256 in self._catalog.forget_unused_pictures():
                self._pictures.forget(sha256)

    def _report(self, generation: int, seconds: float) -> IngestReport:
        ledger = self._catalog.ledger()
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
            encoder=self._indexes.encoder or "",
            generation=generation,
            seconds=round(seconds, 3),
            unread=len(pictures_to_read(self._catalog)),
            put_off=self.texts_put_off(),
            mentioned=ledger.mentioned,
        )


def _locations(archives: Path | str | Sequence[Path | str]) -> list[Path | str]:
    """One archive or several, as a list; ArchiveError for what is neither path nor address."""
    several = (
        [archives] if isinstance(archives, Path | str) or not isinstance(archives, Sequence) else [*archives]
    )
    for archive in several:
        if not isinstance(archive, Path | str):
            raise ArchiveError(f"{archive!r} is no archive. Give a path, or the address of a site.")
    return several
