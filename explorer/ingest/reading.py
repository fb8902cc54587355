"""The first half of an ingest: issues and pictures from the archive into the catalog."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import images
from explorer.archive.html.figure_filters import ICON_SIDE_PX
from explorer.archive.links.addresses import AddressResolver
from explorer.archive.model import ExcludedPicture, Figure, Issue, LedgerEntry, Read, Status
from explorer.archive.reader import address_resolver_of, read_issue
from explorer.archive.storage.files import Files
from explorer.catalog.archives import Reading
from explorer.catalog.issues import KeptFigure
from explorer.catalog.picture_store import PictureStore
from explorer.catalog.records import PictureRecord
from explorer.catalog.store import Catalog
from explorer.errors import ArchiveError
from explorer.ingest.archive_diff import ArchiveDiff, CatalogState, Changes, survey_of
from explorer.ingest.ocr import written_lines
from explorer.ingest.report import Progress

# Raised when a change here makes another catalog out of the same archive: issues are then kept anew.
READING_VERSION = 3

# How the words of a drawing came into the catalog: nobody read them from its pixels.
WRITTEN = "written/1"

Fetch = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where pictures come from: the documents themselves, the archive, an earlier ingest, the web."""

    files: Files
    addresses: AddressResolver
    fetch: Fetch | None
    fetched: Mapping[str, str]  # address -> SHA-256
    pictures: PictureStore

    def of(self, figure: Figure, document: str) -> Iterator[Read]:
        """How to get everything that may be the picture of a figure."""
        data, address = figure.data, figure.image
        if data is not None:
            yield partial(self._whole, data, document)
        for candidate in figure.candidates:
            yield partial(self._whole, partial(self.files.read, candidate), candidate)
        if figure.status is Status.REMOTE and address:
            kept = self.fetched.get(address)
            if kept and self.pictures.has(kept):
                yield partial(self.pictures.read, kept)
            elif self.fetch is not None:
                yield partial(self.fetch, address)

    def _whole(self, read: Read, base: str) -> bytes:
        """A picture; a drawing with those of its pictures that are files of the archive."""
        return images.embed_pictures(read(), partial(self._shown_in, base))

    def _shown_in(self, base: str, written: str) -> bytes | None:
        path, is_there = self.addresses.resolve(written, base)
        try:
            return self.files.read(path) if is_there else None
        except ArchiveError:
            return None


@dataclass(frozen=True, slots=True)
class _Kept:
    figures: list[KeptFigure]
    left_out: list[ExcludedPicture]
    problems: list[LedgerEntry]


def read_archive(
    files: Files, catalog: Catalog, pictures: PictureStore, progress: Progress, fetch: Fetch | None = None
) -> Changes | None:
    """Reads what changed in the archive since it was last read into the catalog, and says what that was.

    None where it held issues and holds none any more: nothing is forgotten for that.

    `fetch` gets remote pictures by address; without it they are recorded and left where they are. One that was
    fetched stays kept and is not asked for again. What is killed on the way is done again by the next reading.
    """
    archive, name = catalog.archives.register(files.location, files.name)
    survey = survey_archive(files, catalog, archive, remote=fetch is not None)
    if survey is None:
        return None
    digests = catalog.issues.digests(archive)
    for old, new in survey.changes.moved:
        catalog.issues.move(archive, old, new)
        digests.pop(old)
    addresses = address_resolver_of(files, survey.documents)
    sources = _Sources(files, addresses, fetch, catalog.figures.fetched(), pictures)
    written: list[str] = []
    with progress.track(survey.to_read, "Reading issues") as work:
        for document in work:
            read = read_issue(files, document, addresses)
            if isinstance(read, LedgerEntry):
                catalog.ledger.record_unreadable(archive, read)
                continue
            kept = _keep_pictures(read, sources, catalog, pictures)
            issue = replace(read, left_out=(*read.left_out, *kept.left_out))
            digest = _digest(issue, kept)
            if digests.get(document) != digest:
                catalog.issues.replace(archive, name, issue, kept.figures, kept.problems, digest)
                written.append(document)
            catalog.archives.save_reading(archive, document, Reading(READING_VERSION, read.requested_files))
    for path, reason in sorted(files.refused.items()):
        catalog.ledger.record_unreadable(archive, LedgerEntry(path, reason))
    catalog.ledger.record_skipped(archive, files.skipped)
    kept_documents = {*survey.documents, *files.refused, *_not_unpacked(files, digests)}
    gone = catalog.issues.delete_except(archive, kept_documents, files.containers)
    due = survey.touched.keys() | set(survey.to_read)
    for container, members in files.containers.items():
        if not members or not due.isdisjoint(members):
            catalog.ledger.record_mentions(archive, container, files.mentions_of(container))
    catalog.archives.save_files(archive, survey.touched, survey.removed)
    changed = tuple(document for document in written if document in digests)
    return replace(survey.changes, changed=changed, gone=tuple(gone))


def survey_archive(
    files: Files, catalog: Catalog, archive: int, *, remote: bool = False
) -> ArchiveDiff | None:
    """What changed since the catalog read its `archive`; None where that held issues and holds none any more.

    With `remote`, what shows pictures to be fetched is to be read.
    """
    known = CatalogState(
        files=catalog.archives.files(archive),
        readings=catalog.archives.readings(archive),
        issues=frozenset(catalog.issues.digests(archive)),
        again=frozenset(catalog.archives.documents_to_read_again(archive, remote=remote)),
    )
    return survey_of(files, known, READING_VERSION)


def _not_unpacked(files: Files, known: Iterable[str]) -> set[str]:
    """The documents of containers that cannot be opened today: what was read of them stays."""
    return {document for document in known for outer in files.refused if document.startswith(f"{outer}/")}


def _keep_pictures(issue: Issue, sources: _Sources, catalog: Catalog, pictures: PictureStore) -> _Kept:
    """Keeps the picture of every figure of an issue; one that cannot be read costs one line of the ledger."""
    kept = _Kept([], [], [LedgerEntry(issue.document, issue.damage)] if issue.damage else [])
    for figure in issue.figures:
        try:
            facts = _keep_largest(sources.of(figure, issue.document), catalog, pictures)
        except (images.PictureError, ArchiveError) as problem:
            kept.problems.append(LedgerEntry(issue.document, str(problem), figure.image))
            kept.figures.append(KeptFigure(figure, Status.UNREADABLE, None))
            continue
        if facts is None:
            kept.figures.append(KeptFigure(figure, figure.status, None))
        elif max(facts.width, facts.height) <= ICON_SIDE_PX and not facts.vector:
            kept.left_out.append(
                ExcludedPicture(str(figure.image), f"icon ({facts.width} x {facts.height} px)")
            )
        else:
            kept.figures.append(KeptFigure(figure, Status.KEPT, facts.sha256))
            kept.problems.extend(_lacking(issue, figure, facts, pictures))
    return kept


def _lacking(
    issue: Issue, figure: Figure, facts: images.PictureFacts, pictures: PictureStore
) -> Iterator[LedgerEntry]:
    """A line of the ledger for a drawing that shows pictures which are not there."""
    lacking = images.external_pictures(pictures.read(facts.sha256)) if facts.vector else []
    if lacking:
        reason = f"is drawn without {len(lacking)} of its pictures, which are not in the archive: {lacking[0][:200]}"
        yield LedgerEntry(issue.document, reason, figure.image)


def _keep_largest(
    candidates: Iterable[Read], catalog: Catalog, pictures: PictureStore
) -> images.PictureFacts | None:
    """A thumbnail and what it links to are one picture: the larger one that can be read. None without candidates."""
    problem: Exception | None = None
    found: dict[bytes, None] = {}
    for read in candidates:
        try:
            found[read()] = None
        except ArchiveError as error:
            problem = problem or error
    for data in sorted(found, key=len, reverse=True):
        try:
            return _keep(data, catalog, pictures)
        except images.PictureError as error:
            problem = problem or error
    if problem:
        raise problem
    return None


def _keep(data: bytes, catalog: Catalog, pictures: PictureStore) -> images.PictureFacts:
    sha256 = hashlib.sha256(data).hexdigest()
    known = catalog.pictures.get(sha256)
    if known and pictures.has(sha256):
        return _facts(known)
    picture = images.read_picture(data)
    pictures.keep_details(sha256, images.detect_keypoints(picture.image))
    pictures.keep(sha256, data, images.thumbnails(picture.image))
    catalog.pictures.add(_record(picture.facts))
    if picture.facts.vector:
        lines = written_lines(data)
        if lines:
            catalog.pictures.save_text(sha256, WRITTEN, lines)
    return picture.facts


def _record(facts: images.PictureFacts) -> PictureRecord:
    return PictureRecord(
        facts.sha256,
        facts.width,
        facts.height,
        facts.format,
        facts.bytes,
        facts.frames,
        facts.fingerprint,
        facts.colours,
    )


def _facts(known: PictureRecord) -> images.PictureFacts:
    return images.PictureFacts(
        known.sha256, known.width, known.height, known.format, known.bytes, known.frames,
        vector=known.format == "svg", fingerprint=known.fingerprint, colours=known.colours,
    )  # fmt: skip


def _digest(issue: Issue, kept: _Kept) -> str:
    figures = [(replace(one.figure, data=None), one.status, one.sha256) for one in kept.figures]
    read = (
        READING_VERSION,
        issue.metadata,
        issue.items,
        figures,
        issue.left_out,
        kept.problems,
        issue.mentioned,
    )
    return hashlib.sha256(repr(read).encode(errors="surrogatepass")).hexdigest()
