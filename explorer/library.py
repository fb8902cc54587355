"""The library: the one door to everything the explorer keeps. Command line, web app and Python come through here."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from math import ceil, floor
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, TypeVar

from filelock import FileLock, Timeout

import images
from embeddings import VectorCache
from embeddings.adapter import parts_of
from explorer.archive.captions import tidy
from explorer.archive.remote import RemotePictures
from explorer.archive.unpacked import open_archive
from explorer.catalog.pictures import PictureStore
from explorer.catalog.records import (
    ALL,
    FigureRecord,
    IssueRecord,
    ItemRecord,
    Ledger,
    PictureRecord,
    ProblemRecord,
    Selection,
    TextLine,
    Wording,
)
from explorer.catalog.store import Catalog
from explorer.catalog.trash import Discarded
from explorer.curate import navigators
from explorer.curate.audit import Audit, audit
from explorer.curate.discussing import Discussion, discussed
from explorer.curate.illustrating import Illustration, illustrate
from explorer.curate.misplaced import misplaced
from explorer.curate.navigators import Navigator, Sighting
from explorer.encoders import Tell, adapted, encoder_errors, keep_adapter, load_tools
from explorer.errors import LibraryProblem, QueryProblem
from explorer.index import Home, TermVectors
from explorer.indexes import Indexes, require_encoder
from explorer.ingest.embedding import VectorSource
from explorer.ingest.enriching import EnrichReport, Texts, pictures_to_read, read_texts
from explorer.ingest.grouping import group_pictures
from explorer.ingest.indexing import build_index, make_vectors
from explorer.ingest.reading import read_archive
from explorer.ingest.report import EncodeReport, IngestReport, Progress, Silent
from explorer.ingest.syncing import SyncReport, sync_archive, told_changes
from explorer.ingest.watching import watching
from explorer.manifest import FILE, LibraryManifest
from explorer.measure import history
from explorer.measure.adapting import AdaptReport, learn
from explorer.measure.comparison import Comparison, compare, questions_of
from explorer.measure.evaluation import Evaluation, evaluate
from explorer.measure.modality import ModalityGap, gap_of
from explorer.measure.questions import Asker, Question
from explorer.measure.selftest import SelfTest, selftest
from explorer.search.answer import Answer, narrowed, phrases_of
from explorer.search.fields import FIELDS_VERSION
from explorer.search.fusion import weights_for
from explorer.search.grammar import parse
from explorer.search.hits import Region, Result
from explorer.search.query import NO_FILTERS, Filters, Kind, Query, check_dates
from explorer.search.standing import standing
from explorer.upkeep.backup import VECTORS, unpack_backup, write_backup
from explorer.upkeep.doctor import Finding, Part, Patient, examine, mend_files
from explorer.upkeep.exporting import export, import_from

if TYPE_CHECKING:
    from PIL.Image import Image

    from explorer.search.legs import Tools

Record = TypeVar("Record")
Box = tuple[float, float, float, float]

# While pictures are read, what was read becomes searchable so often; less often where that takes a tenth of the time.
INDEX_EVERY_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Status:
    """What is in a library and what it was made with; `generation` and `points` are None before the first index."""

    path: str
    encoder: str | None
    qdrant_url: str | None
    generation: int | None
    points: int | None
    created: str | None
    encoders: tuple[str, ...]  # with an index each, of which that of `encoder` answers
    archives: tuple[tuple[str, str], ...]
    dates: tuple[str | None, str | None]
    ledger: Ledger


class Library:
    """A library in a folder. Usable from several threads; other processes may read it, and one may write.

    Every method raises ExplorerError, whose message says what to do, and nothing else of its own.
    """

    def __init__(self, path: Path, catalog: Catalog, *, encoder: str | None = None) -> None:
        self.path = path
        self._catalog = catalog
        self._pictures = PictureStore(path / "pictures")
        self._indexes = Indexes(path, catalog, self._pictures, encoder=encoder)

    @classmethod
    def open(cls, path: Path | str, *, encoder: str | None = None) -> Self:
        """The library in the folder `path`; LibraryProblem when there is none.

        With `encoder`, the index that `encode` made for that one answers, whichever is in use.
        """
        folder = Path(path)
        manifest = LibraryManifest.read(folder)
        if encoder is not None and encoder not in manifest.known:
            raise LibraryProblem(
                f"{folder} has no index of {encoder}. Make it: explorer encode --encoder {encoder} --library {folder}"
            )
        return cls(folder, Catalog(folder / "catalog.sqlite"), encoder=encoder)

    @classmethod
    def create(cls, path: Path | str, *, qdrant_url: str | None = None) -> Self:
        """The library in the folder `path`, made if there is none. `qdrant_url` puts its index on a server."""
        folder = Path(path)
        LibraryManifest.read_or_make(folder, qdrant_url)
        return cls(folder, Catalog(folder / "catalog.sqlite", create=True))

    @staticmethod
    def is_at(path: Path | str) -> bool:
        """Whether the folder `path` is a library, readable or not."""
        return (Path(path) / FILE).exists()

    def close(self) -> None:
        """Lets go of every file; the library cannot be used after it."""
        self._indexes.close()
        self._catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- making it ------------------------------------------------------------------------------------

    def ingest(
        self,
        archives: Sequence[Path | str],
        *,
        encoder: str | None = None,
        fetch_remote: bool = False,
        rebuild: bool = False,
        progress: Progress | None = None,
        tell: Tell = lambda line: None,  # noqa: ARG005
    ) -> IngestReport:
        """Reads the archives, embeds what is new and makes the next generation of the index.

        `encoder` is a name as `explorer models` lists them; another one than before embeds everything again
        without reading again. A document or picture that cannot be read is recorded and does not stop the run.
        """
        started = time.perf_counter()
        progress = progress or Silent()
        with self._writing(), ExitStack() as closing_all:
            opened = [closing_all.enter_context(closing(open_archive(Path(it)))) for it in archives]
            tools = self._indexes.tools_to_write(tell, encoder)
            with closing(RemotePictures()) if fetch_remote else nullcontext() as remote:
                for files in opened:
                    fetch = remote.fetch if remote else None
                    read_archive(files, self._catalog, self._pictures, progress, fetch)
            generation = self._index(tools, progress, rebuild=rebuild)
            self._group(tools, progress)
        return self._report(generation, time.perf_counter() - started)

    def sync(
        self,
        *,
        fetch_remote: bool = False,
        progress: Progress | None = None,
        tell: Tell = lambda line: None,  # noqa: ARG005
    ) -> SyncReport:
        """Looks at every archive that was read, and does what changed there and nothing else.

        Issues that are gone go to the trash. An archive that is not there today, or is empty, loses nothing.
        """
        started = time.perf_counter()
        progress = progress or Silent()
        with (
            self._writing(waiting=tell),
            closing(RemotePictures()) if fetch_remote else nullcontext() as remote,
        ):
            fetch = remote.fetch if remote else None
            found = tuple(
                sync_archive(name, location, self._catalog, self._pictures, progress, fetch)
                for name, location in self._catalog.archives()
            )
            self._empty_trash()
            generation = self._index_if_due(progress, tell)
        return SyncReport(found, generation, round(time.perf_counter() - started, 3))

    def sync_would(self) -> SyncReport:
        """What `sync` would do; nothing is written."""
        started = time.perf_counter()
        found = tuple(told_changes(*archive, self._catalog) for archive in self._catalog.archives())
        return SyncReport(found, self._home.current_generation(), round(time.perf_counter() - started, 3))

    def watch(self, *, fetch_remote: bool = False, tell: Tell = lambda line: None) -> Iterator[SyncReport]:  # noqa: ARG005
        """Syncs now, and again whenever an archive changed, until the caller stops asking. Reports what changed."""
        with watching(location for _, location in self._catalog.archives()) as watch:
            while True:
                report = self.sync(fetch_remote=fetch_remote, tell=tell)
                if report.is_changed:
                    yield report
                watch.wait()

    def trash(self) -> list[Discarded]:
        """The issues that are gone from their archives and can be brought back, the latest first."""
        return self._catalog.discarded()

    def restore(self, id: str, *, progress: Progress | None = None) -> Discarded:
        """Brings an issue back from the trash, by its document or the beginning of its id. It stays from then on,
        until its archive has it again. QueryProblem where the trash has no such issue."""
        with self._writing():
            restored = self._catalog.bring_back(id)
            self._index_if_due(progress or Silent(), lambda line: None)  # noqa: ARG005
        return restored

    def forget(self, archive: str, *, progress: Progress | None = None) -> list[str]:
        """Puts all issues of an archive, by its name, into the trash; it is not read again. Which documents."""
        names = dict(self._catalog.archives())
        if archive not in names:
            raise QueryProblem(
                f"This library was not read from an archive called {archive!r}, but from: {', '.join(names) or 'none'}"
            )
        with self._writing():
            gone = self._catalog.forget_archive(archive)
            self._index_if_due(progress or Silent(), lambda line: None)  # noqa: ARG005
        return gone

    def _empty_trash(self) -> None:
        if self._catalog.empty_trash(datetime.now(UTC)):
            for sha256 in self._catalog.forget_unused_pictures():
                self._pictures.forget(sha256)

    def _index_if_due(self, progress: Progress, tell: Tell) -> int | None:
        """The generation that shows the catalog as it is. The encoder is loaded only if one must be made."""
        made = self._home.manifest()
        is_due = (
            made is None or made.revision != self._catalog.revision() or made.recipe.version != FIELDS_VERSION
        )
        if not is_due or not self._indexes.encoder:
            return made.generation if made else None
        tools = self._indexes.tools_to_write(tell)
        generation = self._index(tools, progress, rebuild=False)
        self._group(tools, progress)
        return generation

    def enrich(
        self,
        *,
        limit: int | None = None,
        progress: Progress | None = None,
        tell: Tell = lambda line: None,  # noqa: ARG005
    ) -> EnrichReport:
        """Reads the text in the pictures that were not read yet, at most `limit`, and makes it searchable.

        Each picture is kept as soon as it is read: to go on after a crash is to do it again. An ingest may run at
        the same time, and is only kept out while the index is made.
        """
        started = time.monotonic()
        due = started + INDEX_EVERY_SECONDS
        progress = progress or Silent()
        require_encoder(self._indexes.manifest, self.path)
        with self._alone("enrich.lock", f"The pictures of {self.path} are being read already."):
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
        return EnrichReport(texts.read, texts.with_text, unread, generation, seconds)

    def adapt(self, *, progress: Progress | None = None) -> AdaptReport:
        """Fits the encoder to the library's own figures where captions that were held out show that it helps.

        Else nothing changes. It starts from the base encoder each time; no picture is looked at again.
        """
        started = time.perf_counter()
        progress = progress or Silent()
        with self._writing():
            tools = self._base_tools()
            with self._vectors(tools) as vectors:
                lesson = learn(self._catalog, vectors, progress)
            if lesson.adapter:
                keep_adapter(lesson.adapter, self.path)
                self._index(adapted(tools, lesson.adapter), progress, rebuild=False)
                self._drop_old_adapters()
        seconds = round(time.perf_counter() - started, 3)
        return AdaptReport(lesson.trial, lesson.adapter is not None, self._indexes.encoder or "", seconds)

    def adapt_back(self, *, progress: Progress | None = None) -> str:
        """Gives the library back the encoder that `adapt` starts from, and returns its name."""
        with self._writing():
            tools = self._base_tools()
            self._index(tools, progress or Silent(), rebuild=False)
        return tools.encoder.name

    def _base_tools(self) -> Tools:
        base, _ = parts_of(require_encoder(self._indexes.manifest, self.path))
        return load_tools(base, self.path)

    def encode(
        self,
        encoder: str,
        *,
        progress: Progress | None = None,
        tell: Tell = lambda line: None,  # noqa: ARG005
    ) -> EncodeReport:
        """Makes an index of another encoder beside the one in use, which goes on answering until `use`.

        The vectors are made first and kept one by one: to go on after a crash is to do it again, and an ingest may
        run meanwhile. EncoderProblem when the encoder cannot be loaded.
        """
        started = time.perf_counter()
        progress = progress or Silent()
        require_encoder(self._indexes.manifest, self.path)
        with self._alone("encode.lock", f"An index of {self.path} is being made already."):
            tools = load_tools(encoder, self.path, allow_download=True)
            with self._vectors(tools) as vectors:
                make_vectors(self._catalog, vectors, progress)
            with self._writing(waiting=tell):
                generation = self._build(tools, progress)
        points = self._points_of(encoder)
        return EncodeReport(tools.encoder.name, generation, points, round(time.perf_counter() - started, 3))

    def use(self, encoder: str, *, progress: Progress | None = None) -> str:
        """From now on the index of this encoder answers, brought up to date first; the encoder before it is returned.

        LibraryProblem where there is no index of it.
        """
        with self._writing():
            manifest = self._indexes.manifest
            if encoder not in manifest.known:
                raise LibraryProblem(
                    f"{self.path} has no index of {encoder}, but of: {', '.join(manifest.known) or 'none'}. "
                    f"Make it: explorer encode --encoder {encoder} --library {self.path}"
                )
            self._build(load_tools(encoder, self.path), progress or Silent())
            self._indexes.use(encoder)
        return manifest.encoder or ""

    def use_back(self, *, progress: Progress | None = None) -> str:
        """The encoder before the last `use` answers again; which one that is."""
        previous = self._indexes.manifest.previous
        if previous is None:
            raise LibraryProblem(f"{self.path} has used no other encoder before. There is no way back.")
        self.use(previous, progress=progress)
        return previous

    def drop_encoding(self, encoder: str) -> None:
        """Deletes the index of an encoder that is not in use; its vectors stay, and making it again is quick."""
        with self._writing():
            manifest = self._indexes.manifest
            if encoder == manifest.encoder or encoder not in manifest.known:
                which = "is in use" if encoder == manifest.encoder else "has no index here"
                raise LibraryProblem(
                    f"{encoder} {which}. Indexes of {self.path}: {', '.join(manifest.known)}"
                )
            self._indexes.drop(encoder)

    def _drop_old_adapters(self) -> None:
        manifest = self._indexes.manifest
        for encoder in manifest.known:
            if parts_of(encoder)[1] and encoder not in (manifest.encoder, manifest.previous):
                self._indexes.drop(encoder)

    def _points_of(self, encoder: str) -> int:
        made = self._indexes.home_of(encoder).manifest()
        return made.points if made else 0

    def _index_again(self, progress: Progress, tell: Tell) -> int:
        """The next generation, with the encoder that the library has by now; waits for an ingest to finish."""
        with self._writing(waiting=tell):
            return self._index(self._indexes.tools_to_write(tell), progress, rebuild=False)

    def _index(self, tools: Tools, progress: Progress, *, rebuild: bool) -> int:
        """Makes the next generation of these tools, and from then on uses them."""
        generation = self._build(tools, progress, rebuild=rebuild)
        self._indexes.use(tools.encoder.name)
        return generation

    def _build(self, tools: Tools, progress: Progress, *, rebuild: bool = False) -> int:
        # Before the index is made: whoever goes on after a crash goes on in the same place.
        self._indexes.prepare(tools.encoder.name)
        home = self._indexes.home_of(tools.encoder.name)
        with self._vectors(tools) as vectors:
            return build_index(home, self._catalog, vectors, progress, fresh=rebuild)

    def correct(
        self, id: str, *, caption: str | None = None, alt: str | None = None, credit: str | None = None
    ) -> FigureRecord:
        """Gives a figure other words than the archive's, which outlive every ingest; "" empties a field.

        What is not named stays as it is. QueryProblem when `id` is no figure, or nothing is named.
        """
        wanted = {"caption": caption, "alt": alt, "credit": credit}
        said = {name: tidy(text) or "" for name, text in wanted.items() if text is not None}
        if not said:
            raise QueryProblem("Nothing to correct. Name what is wrong: --caption, --alt or --credit")
        figure = self._found_figure(id)
        with self._writing():
            self._catalog.correct(figure.id, Wording(**said))
            return self._reindexed(figure.id)

    def reset_correction(self, id: str) -> FigureRecord:
        """Gives a figure back the words of the archive; QueryProblem when `id` is no figure."""
        figure = self._found_figure(id)
        with self._writing():
            self._catalog.reset_correction(figure.id)
            return self._reindexed(figure.id)

    def archive_says(self, id: str) -> Mapping[str, str | None]:
        """What the archive says where a figure was corrected, by caption, alt and credit; else nothing."""
        return self._catalog.archive_says(id)

    def _found_figure(self, id: str) -> FigureRecord:
        found = self.find(id)
        if not isinstance(found, FigureRecord):
            raise QueryProblem(
                f"{id!r} is an item; only figures have such words. List them: explorer figures"
            )
        return found

    def _reindexed(self, id: str) -> FigureRecord:
        """The figure as it is now, findable by what it says. Before the first index there is nothing to do."""
        if self._home.current_generation() is not None:
            with self._vectors() as vectors:
                build_index(self._home, self._catalog, vectors, Silent())
        return self.figure(id)

    def _group(self, tools: Tools, progress: Progress) -> None:
        with self._vectors(tools) as vectors:
            group_pictures(self._catalog, vectors, progress)

    @contextmanager
    def _vectors(self, tools: Tools | None = None) -> Iterator[VectorSource]:
        """The vectors that these tools make, else those of the current generation, and all that were made before."""
        with encoder_errors(), VectorCache(self.path / VECTORS) as cache:
            yield VectorSource(tools or self._indexes.tools(), cache, self._pictures)

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
        )

    def _writing(self, waiting: Tell | None = None) -> AbstractContextManager[None]:
        return self._alone("ingest.lock", f"Another ingest or enrich is writing {self.path}.", waiting)

    @contextmanager
    def _alone(self, name: str, refusal: str, waiting: Tell | None = None) -> Iterator[None]:
        """Holds the lock `name`. While another process does: LibraryProblem, or `waiting` is told and it waits."""
        lock = FileLock(self.path / name)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            if waiting is None:
                raise LibraryProblem(f"{refusal} Wait until it has finished, then try again.") from error
            waiting(f"{refusal} Waiting until it has finished ...")
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    # --- keeping it -----------------------------------------------------------------------------------

    def backup(self, file: Path | str, *, progress: Progress | None = None) -> int:
        """Writes the whole library to one file, while it is in use; its size in bytes."""
        return write_backup(self.path, Path(file), progress or Silent())

    @classmethod
    def from_backup(cls, file: Path | str, path: Path | str, *, progress: Progress | None = None) -> Self:
        """The library of a backup, put into the folder `path`, which must be new or empty."""
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
            raise LibraryProblem(f"{path} is a library already. Name a new folder: --library DIR")
        try:
            with cls.create(path, qdrant_url=qdrant_url) as made:
                progress = progress or Silent()
                encoder = import_from(Path(folder), made._catalog, made._pictures, path / VECTORS, progress)
                made._indexes.prepare(encoder)
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)  # half a library is none
            raise
        return cls._indexed(path, progress)

    @classmethod
    def _indexed(cls, path: Path, progress: Progress | None) -> Self:
        opened = cls.open(path)
        try:
            with opened._writing():
                opened._index_if_due(progress or Silent(), lambda line: None)  # noqa: ARG005
        except BaseException:
            opened.close()
            raise
        return opened

    def examine(self, *, progress: Progress | None = None) -> list[Finding]:
        """What is wrong with the library, the worst first; nothing is changed."""
        return examine(self._patient(), progress or Silent())

    def mend(self, *, progress: Progress | None = None, tell: Tell = lambda line: None) -> list[Finding]:  # noqa: ARG005
        """Mends what can be mended from the catalog, the pictures and the archives; what was wrong, and what still is."""
        progress = progress or Silent()
        with self._writing(waiting=tell):
            found = mend_files(examine(self._patient(), progress), self._patient())
            if any(one.part is Part.CATALOG for one in found):
                return found
            self._indexes.close()
            for one in found:
                if one.part is Part.INDEX:
                    self._build(load_tools(one.where, self.path), progress, rebuild=True)
        if any(one.part is Part.PICTURE for one in found):
            self.sync(progress=progress, tell=tell)
        left = {(one.part, one.where) for one in self.examine()}
        return [replace(one, mended=(one.part, one.where) not in left) for one in found]

    def _patient(self) -> Patient:
        homes = {encoder: self._indexes.home_of(encoder) for encoder in self._indexes.manifest.known}
        return Patient(self.path, self._catalog, self._pictures, homes)

    # --- searching it ---------------------------------------------------------------------------------

    def search(
        self,
        words: str | None = None,
        *,
        picture: Path | bytes | Image | None = None,
        box: Box | None = None,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
        kind: Kind = "figure",
        filters: Filters = NO_FILTERS,
        limit: int = 20,
        offset: int = 0,
        weights: Mapping[str, float] | None = None,
    ) -> Result:
        """Figures (or items, or any of both) that fit words, a picture, or figures that are liked; best first.

        `picture` is a file, its bytes or an open picture; `box` (left, top, right, bottom, px) takes a part of it.
        `like` and `unlike` are ids of figures or items, or the beginnings of ids. `weights` says how much legs
        count instead of what was fitted; a leg of weight 0 is not asked.
        """
        shown = _brought(picture, box)
        liked, unliked = (tuple(self.find(id).id for id in ids) for ids in (like, unlike))
        query = Query(words, shown, liked, unliked, kind, filters, limit, offset, weights or {})
        query.check()
        with encoder_errors():
            return self._indexes.engine().search(query)

    def ask(
        self,
        line: str,
        *,
        picture: Path | bytes | Image | None = None,
        box: Box | None = None,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
        kind: Kind | None = None,
        filters: Filters = NO_FILTERS,
        limit: int = 20,
        offset: int = 0,
        weights: Mapping[str, float] | None = None,
        files: bool = True,
        exact: bool = False,
    ) -> Answer:
        """What a typed line asks for, in the language of explorer/search/grammar.py, and the hits.

        What is given beside the line is asked as well; of `kind` and of each filter it wins. Without `files` the
        line names no picture of this machine. A word that stands nowhere is also looked for as the nearest one
        that does, unless the line is to be taken `exact`.
        """
        shown = _brought(picture, box)
        parsed = parse(line, files=files)
        kind = kind or parsed.kind or "figure"
        with encoder_errors():
            engine = self._indexes.engine()
            by_word = {} if exact else engine.corrections(parsed.plain_words)
            stands = standing(self._catalog, parsed.must, parsed.must_not, kind)
            query = Query(
                words=parsed.words,
                picture=shown,
                like=tuple(self.find(id).id for id in (*like, *parsed.like)),
                unlike=tuple(self.find(id).id for id in (*unlike, *parsed.unlike)),
                kind=kind,
                filters=narrowed(parsed.filters, filters),
                limit=limit,
                offset=offset,
                weights=weights or {},
                phrases=phrases_of(parsed, by_word),
                beside=tuple(
                    (_opened(Path(path).expanduser(), None), weight) for path, weight in parsed.pictures
                ),
                only=stands.only,
                never=stands.never,
            )
            return Answer(parsed, by_word, engine.search(query))

    def weights(self) -> Mapping[str, float]:
        """How much each leg counts, by name, unless a search says otherwise."""
        with encoder_errors():
            return weights_for(self._indexes.tools().encoder.name)

    def warm_up(self) -> None:
        """Opens index and encoder now, so that the first search does not wait for them."""
        with encoder_errors():
            self._indexes.engine()

    @property
    def _home(self) -> Home:
        return self._indexes.home

    # --- curating it ----------------------------------------------------------------------------------

    def illustrate(self, text: str, *, limit: int = 20) -> tuple[Illustration, ...]:
        """Figures that would illustrate a text, best first, each with the passage that it fits best."""
        with encoder_errors():
            return illustrate(text, self._indexes.engine(), limit)

    def discussed(self, id: str, *, limit: int = 10) -> tuple[Discussion, ...]:
        """Where other issues talk about what the figure `id` shows, each with the sentence that comes nearest."""
        figure = self._found_figure(id)
        engine = self._indexes.engine()
        with self._vectors() as vectors:
            return discussed(figure, engine, self._catalog, vectors, limit)

    def audit(self) -> Audit:
        """What captions and alt texts leave to be desired. Before the first index no picture is compared."""
        figures = self._catalog.figures()
        if self._home.current_generation() is None:
            return audit(figures, 0, ())
        with self._vectors() as vectors:
            return audit(figures, *misplaced(figures, vectors))

    def navigators(self) -> list[Navigator]:
        """What is kept of likes and dislikes, by name."""
        return navigators.saved(self.path)

    def navigator(self, name: str) -> Navigator:
        """The navigator `name`; LibraryProblem where there is none."""
        return navigators.named(self.path, name)

    def save_navigator(
        self,
        name: str,
        *,
        words: str | None = None,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
        pictures: Sequence[Path | str] = (),
        threshold: float | None = None,
    ) -> Sighting:
        """Keeps a navigator, in place of any of that name; what passes now counts as seen.

        The threshold is a score; unless it is given, the liked examples choose it (see default_threshold).
        """
        if not (words or like or pictures):
            raise QueryProblem(
                "A navigator likes something. Give words, a picture (--image FILE) or a figure (--like ID)."
            )
        for picture in pictures:
            _opened(Path(picture), None)
        liked, unliked = (tuple(self.find(id).id for id in ids) for ids in (like, unlike))
        shown = tuple(str(Path(picture).absolute()) for picture in pictures)
        made = Navigator(name, words, liked, unliked, shown)
        with encoder_errors():
            engine = self._indexes.engine()
            if threshold is None:
                threshold = navigators.default_threshold(made, engine, self._catalog)
            seen = navigators.look(replace(made, threshold=threshold), engine, self._catalog)
        navigators.write(self.path, navigators.remembered(seen))
        return seen

    def run_navigator(self, name: str) -> Sighting:
        """What passes a navigator, and what of it is new since its last run; the next run knows it."""
        seen = self._look(self.navigator(name))
        navigators.write(self.path, navigators.remembered(seen))
        return seen

    def delete_navigator(self, name: str) -> None:
        """Forgets a navigator; LibraryProblem where there is none."""
        navigators.delete(self.path, name)

    def news(self) -> list[Sighting]:
        """The navigators that a run would tell something new; it stays new until they are run."""
        found = []
        for one in self.navigators():
            with suppress(QueryProblem):  # nothing is left of it: its run says so
                found.append(self._look(one))
        return [seen for seen in found if seen.new]

    def _look(self, navigator: Navigator) -> Sighting:
        with encoder_errors():
            return navigators.look(navigator, self._indexes.engine(), self._catalog)

    # --- measuring it ---------------------------------------------------------------------------------

    def evaluate(self, questions: Sequence[Question], *, progress: Progress | None = None) -> Evaluation:
        """How well it answers questions whose answers are known."""
        return evaluate(self, questions, progress or Silent())

    def compare(
        self,
        other: Library,
        questions: Sequence[Question] | None = None,
        *,
        weights: Mapping[str, float] | None = None,
        other_weights: Mapping[str, float] | None = None,
        progress: Progress | None = None,
    ) -> Comparison:
        """How much better `other` answers the same questions; without any, the captions of this library are asked."""
        asked = questions_of(self) if questions is None else questions
        return compare(Asker(self, weights), Asker(other, other_weights), asked, progress or Silent())

    def selftest(self, *, progress: Progress | None = None) -> SelfTest:
        """How well it finds its own figures by their captions; what comes out is added to `last_selftest`."""
        with self._vectors() as vectors:
            done = selftest(self._catalog, vectors, progress or Silent())
        history.append(self.path, {"generation": self._home.current_generation(), **done.plain()})
        return done

    def modality_gap(self) -> ModalityGap | None:
        """How far apart the encoder keeps pictures and texts; None with fewer than two of either."""
        with encoder_errors():
            return gap_of(self._indexes.index())

    def last_selftest(self) -> history.Entry | None:
        """What the newest self-test told, as it is written down; None before the first."""
        return history.last(self.path)

    # --- looking into it ------------------------------------------------------------------------------

    def issues(self, selection: Selection = ALL, *, limit: int = -1, offset: int = 0) -> list[IssueRecord]:
        """Issues, newest first."""
        return self._catalog.issues(_checked(selection), limit=limit, offset=offset)

    def items(self, selection: Selection = ALL, *, limit: int = -1, offset: int = 0) -> list[ItemRecord]:
        """Items, newest issue first, each issue in its own order."""
        return self._catalog.items(_checked(selection), limit=limit, offset=offset)

    def figures(
        self,
        selection: Selection = ALL,
        *,
        order: Literal["date", "issue", "caption"] = "date",
        limit: int = -1,
        offset: int = 0,
    ) -> list[FigureRecord]:
        """Figures, by date (newest issue first), by issue number or by caption."""
        return self._catalog.figures(_checked(selection), order=order, limit=limit, offset=offset)

    def appearances(self, figure: FigureRecord) -> list[FigureRecord]:
        """All figures that show the picture of this one or a copy of it, itself among them, newest issue first."""
        return self._catalog.figures(Selection(group=figure.group)) if figure.group else [figure]

    def count_figures(self, selection: Selection = ALL) -> int:
        """How many figures there are of a selection."""
        return self._catalog.count_figures(_checked(selection))

    def figure(self, id: str) -> FigureRecord:
        """The figure `id`; QueryProblem when there is none."""
        return _the_one(self._catalog.figures_by_id([id]), id, "figure")

    def item(self, id: str) -> ItemRecord:
        """The item `id`; QueryProblem when there is none."""
        return _the_one(self._catalog.items_by_id([id]), id, "item")

    def find(self, id: str) -> FigureRecord | ItemRecord:
        """The one figure or item whose id begins so; QueryProblem when there is none, or more than one."""
        found = self._catalog.ids_beginning(id)
        if len(found) != 1:
            told = "more than one figure or item" if found else "no figure or item"
            raise QueryProblem(f"This library has {told} {id!r}. List them: explorer figures, explorer items")
        figures = self._catalog.figures_by_id(found)
        return figures[found[0]] if figures else self.item(found[0])

    def picture(self, sha256: str) -> PictureRecord | None:
        """What is known about a picture."""
        return self._catalog.picture(sha256)

    def picture_path(self, sha256: str, size: Literal["small", "large", "original"] = "small") -> Path:
        """The file of a picture: a WebP thumbnail, or the original's bytes."""
        return (
            self._pictures.original(sha256) if size == "original" else self._pictures.thumbnail(sha256, size)
        )

    def text_in(self, sha256: str) -> tuple[TextLine, ...]:
        """What was read in a picture, line by line; () where there is none, or nobody has read it."""
        return self._catalog.text_in(sha256)

    def texts_read(self) -> tuple[int, int]:
        """How many pictures carry text, and how many nobody has read yet."""
        return self._catalog.pictures_with_text(), len(pictures_to_read(self._catalog))

    def words_matching(self, asked: str, text: str) -> frozenset[str]:
        """The words of a text that answer words that were asked for, as the text writes them."""
        return frozenset(word for words in self._terms.matches(asked, text).values() for word in words)

    @cached_property
    def _terms(self) -> TermVectors:
        return TermVectors()

    def problems(self, *, limit: int = -1) -> list[ProblemRecord]:
        """The ledger: every issue or picture that is not a kept figure, and why."""
        return self._catalog.problems(limit=limit)

    def ledger(self) -> Ledger:
        """Every picture seen, counted."""
        return self._catalog.ledger()

    def status(self) -> Status:
        """What is in the library and what it was made with."""
        manifest = self._home.manifest()
        return Status(
            path=str(self.path),
            encoder=manifest.recipe.encoder if manifest else self._indexes.encoder,
            qdrant_url=self._indexes.manifest.qdrant_url,
            generation=manifest.generation if manifest else None,
            points=manifest.points if manifest else None,
            created=manifest.created if manifest else None,
            encoders=tuple(self._indexes.manifest.known),
            archives=tuple(self._catalog.archives()),
            dates=self._catalog.date_range(),
            ledger=self._catalog.ledger(),
        )


def preview(picture: Path | bytes, size: Literal["small", "large"] = "small") -> bytes:
    """A WebP of a picture that somebody brings to search with; QueryProblem when it cannot be opened."""
    return images.thumbnail(_opened(picture, None), size)


def part_of(picture: Path | bytes, part: Region) -> Image:
    """What lies in these fractions of a picture; QueryProblem when it cannot be opened."""
    opened = _opened(picture, None)
    across, down = opened.size
    left, top, right, bottom = part
    return _part(opened, opened.size, (left * across, top * down, right * across, bottom * down))


def _brought(picture: Path | bytes | Image | None, box: Box | None) -> Image | None:
    """The query's picture, if there is one; QueryProblem as for `_opened`, and for a box without a picture."""
    if picture is not None:
        return _opened(picture, box)
    if box is not None:
        raise QueryProblem("A box is a part of a picture. Give the picture as well: --image FILE")
    return None


def _opened(picture: Path | bytes | Image, box: Box | None) -> Image:
    """The query's picture, safely; QueryProblem when it cannot be opened or the box is none."""
    if not isinstance(picture, Path | bytes):
        return _part(picture.convert("RGB"), picture.size, box)
    try:
        if box is None:
            return images.open_picture(picture)
        read = images.read_picture(picture)
    except images.PictureError as error:
        name = f"{picture}" if isinstance(picture, Path) else "The picture"
        raise QueryProblem(f"{name}: {error}") from error
    return _part(read.image, (read.facts.width, read.facts.height), box)


def _part(picture: Image, size: tuple[int, int], box: Box | None) -> Image:
    """What `box` cuts out of a picture of this true size, which may be larger than it was opened."""
    if box is None:
        return picture
    left, top, right, bottom = box
    if not (0 <= left < right <= size[0] and 0 <= top < bottom <= size[1]):
        raise QueryProblem(
            f"The box {left:g},{top:g},{right:g},{bottom:g} does not lie in the picture of {size[0]} x {size[1]} px."
        )
    across, down = picture.width / size[0], picture.height / size[1]
    # Rounded outwards: even a box within one pixel shows that pixel.
    corners = floor(left * across), floor(top * down), ceil(right * across), ceil(bottom * down)
    return picture.crop((*corners[:2], min(corners[2], picture.width), min(corners[3], picture.height)))


def _checked(selection: Selection) -> Selection:
    check_dates(selection.date_from, selection.date_to)
    return selection


def _the_one(found: Mapping[str, Record], id: str, what: str) -> Record:
    if id not in found:
        raise QueryProblem(f"This library has no {what} {id!r}. List them: explorer {what}s --json")
    return found[id]
