"""The first half of an ingest: issues and pictures from the archive into the catalog."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
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
from explorer.ingest.archive_diff import ArchiveDiff, CatalogState, Changes, compute_diff
from explorer.ingest.concurrent import NewContent, NewIssue, NewPicture
from explorer.ingest.ocr import drawing_text_lines
from explorer.ingest.picture_embedder import PIXELS_AT_ONCE
from explorer.ingest.report import Progress

# Increase it when a change here makes another catalog from the same archive: issues are then stored again.
READING_VERSION = 3

# The recipe of texts that are taken from the elements of a drawing, without OCR.
DRAWING_TEXT_RECIPE = "written/1"

Fetch = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class _PictureSources:
    """The sources of pictures: the documents themselves, the archive, an earlier ingest, the web."""

    files: Files
    addresses: AddressResolver
    fetch: Fetch | None
    fetched: Mapping[str, str]  # address -> SHA-256
    pictures: PictureStore

    def readers_of(self, figure: Figure, document: str) -> Iterator[Read]:
        """Yield functions that read each candidate for the picture of a figure."""
        data, address = figure.data, figure.image
        if data is not None:
            yield partial(self._read_with_embedded, data, document)
        for candidate in figure.candidates:
            yield partial(self._read_with_embedded, partial(self.files.read, candidate), candidate)
        if figure.status is Status.REMOTE and address:
            sha256 = self.fetched.get(address)
            if sha256 and self.pictures.has(sha256):
                yield partial(self.pictures.read, sha256)
            elif self.fetch is not None:
                yield partial(self.fetch, address)

    def _read_with_embedded(self, read: Read, base: str) -> bytes:
        """Read a picture. Pictures in a drawing that are files of the archive are embedded in it."""
        return images.embed_pictures(read(), partial(self._read_embedded, base))

    def _read_embedded(self, base: str, address: str) -> bytes | None:
        path, exists = self.addresses.resolve(address, base)
        try:
            return self.files.read(path) if exists else None
        except ArchiveError:
            return None


@dataclass(frozen=True, slots=True)
class _StoredPictures:
    figures: list[KeptFigure]
    left_out: list[ExcludedPicture]
    problems: list[LedgerEntry]


def read_archive(
    files: Files,
    catalog: Catalog,
    pictures: PictureStore,
    progress: Progress,
    fetch: Fetch | None = None,
    embed: Callable[[NewContent], None] = lambda _: None,
) -> Changes | None:
    """Read what changed in the archive since the last reading into the catalog, and return the changes.

    Returns None, and deletes nothing, if the archive had issues and has none any more.

    `fetch` downloads remote pictures by address; without it they are only recorded. A downloaded picture is stored and
    not downloaded again. `embed` is called with each new picture, and with each new or changed issue. If the process is
    killed, the next reading repeats the unfinished work.
    """
    archive, name = catalog.archives.register(files.location, files.name)
    diff = diff_archive(files, catalog, archive, remote=fetch is not None)
    if diff is None:
        return None
    digests = _digests_after_moves(catalog, archive, diff.changes.moved)
    addresses = address_resolver_of(files, diff.documents)
    sources = _PictureSources(files, addresses, fetch, catalog.figures.fetched(), pictures)
    written: list[str] = []
    with progress.track(diff.to_read, "Reading issues") as work:
        for document in work:
            issue = read_issue(files, document, addresses)
            if isinstance(issue, LedgerEntry):
                catalog.ledger.record_unreadable(archive, issue)
                continue
            stored = _store_pictures(issue, sources, catalog, pictures, embed)
            issue = replace(issue, left_out=(*issue.left_out, *stored.left_out))
            digest = _digest(issue, stored)
            if digests.get(document) != digest:
                id = catalog.issues.replace(archive, name, issue, stored.figures, stored.problems, digest)
                written.append(document)
                embed(NewIssue(id, len(issue.items)))
            catalog.archives.save_reading(archive, document, Reading(READING_VERSION, issue.requested_files))
    for path, reason in sorted(files.refused.items()):
        catalog.ledger.record_unreadable(archive, LedgerEntry(path, reason))
    catalog.ledger.record_skipped(archive, files.skipped)
    remaining_documents = {*diff.documents, *files.refused, *_documents_of_refused_containers(files, digests)}
    gone = catalog.issues.delete_except(archive, remaining_documents, files.containers)
    _record_mentions(files, catalog, archive, diff.touched.keys() | set(diff.to_read))
    catalog.archives.save_files(archive, diff.touched, diff.removed)
    changed = tuple(document for document in written if document in digests)
    return replace(diff.changes, changed=changed, gone=tuple(gone))


def diff_archive(files: Files, catalog: Catalog, archive: int, *, remote: bool = False) -> ArchiveDiff | None:
    """Return what changed since the `archive` was read into the catalog.

    With `remote`, documents with remote pictures are read again. Returns None if the archive had issues and has
    none any more.
    """
    state = CatalogState(
        files=catalog.archives.files(archive),
        readings=catalog.archives.readings(archive),
        issues=frozenset(catalog.issues.digests(archive)),
        read_again=frozenset(catalog.archives.documents_to_read_again(archive, remote=remote)),
    )
    return compute_diff(files, state, READING_VERSION)


def _documents_of_refused_containers(files: Files, documents: Iterable[str]) -> set[str]:
    """Return the documents in containers that cannot be opened now: these stay in the catalog."""
    return {
        document
        for document in documents
        for container in files.refused
        if document.startswith(f"{container}/")
    }


def _digests_after_moves(catalog: Catalog, archive: int, moved: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Move the issues whose document moved, and return the digests of all other issues by document."""
    digests = catalog.issues.digests(archive)
    for old, new in moved:
        catalog.issues.move(archive, old, new)
        digests.pop(old)
    return digests


def _record_mentions(files: Files, catalog: Catalog, archive: int, touched: Set[str]) -> None:
    """Record the addresses that containers with changed members mention."""
    for container, members in files.containers.items():
        if not members or not touched.isdisjoint(members):
            catalog.ledger.record_mentions(archive, container, files.mentions_of(container))


def _store_pictures(
    issue: Issue,
    sources: _PictureSources,
    catalog: Catalog,
    pictures: PictureStore,
    embed: Callable[[NewContent], None],
) -> _StoredPictures:
    """Store the picture of every figure of an issue. A picture that cannot be read becomes an entry of the ledger."""
    stored = _StoredPictures([], [], [LedgerEntry(issue.document, issue.damage)] if issue.damage else [])
    for figure in issue.figures:
        try:
            facts = _store_largest(sources.readers_of(figure, issue.document), catalog, pictures, embed)
        except (images.PictureError, ArchiveError) as error:
            stored.problems.append(LedgerEntry(issue.document, str(error), figure.image))
            stored.figures.append(KeptFigure(figure, Status.UNREADABLE, None))
            continue
        if facts is None:
            stored.figures.append(KeptFigure(figure, figure.status, None))
        elif max(facts.width, facts.height) <= ICON_SIDE_PX and not facts.vector:
            stored.left_out.append(
                ExcludedPicture(str(figure.image), f"icon ({facts.width} x {facts.height} px)")
            )
        else:
            stored.figures.append(KeptFigure(figure, Status.KEPT, facts.sha256))
            stored.problems.extend(_missing_in_drawing(issue, figure, facts, pictures))
    return stored


def _missing_in_drawing(
    issue: Issue, figure: Figure, facts: images.PictureFacts, pictures: PictureStore
) -> Iterator[LedgerEntry]:
    """Yield an entry of the ledger for a drawing whose embedded pictures are missing."""
    missing = images.external_pictures(pictures.read(facts.sha256)) if facts.vector else []
    if missing:
        reason = f"was drawn without {len(missing)} of its pictures, which are not in the archive: {missing[0][:200]}"
        yield LedgerEntry(issue.document, reason, figure.image)


def _store_largest(
    candidates: Iterable[Read],
    catalog: Catalog,
    pictures: PictureStore,
    embed: Callable[[NewContent], None],
) -> images.PictureFacts | None:
    """Store the largest readable candidate and return its facts, or None without candidates.

    A thumbnail and the picture that it links to are candidates for the same figure. If none can be read, raises the
    first error.
    """
    first_error: Exception | None = None
    contents: dict[bytes, None] = {}
    for read in candidates:
        try:
            contents[read()] = None
        except ArchiveError as error:
            first_error = first_error or error
    for data in sorted(contents, key=len, reverse=True):
        try:
            return _store_picture(data, catalog, pictures, embed)
        except images.PictureError as error:
            first_error = first_error or error
    if first_error:
        raise first_error
    return None


def _store_picture(
    data: bytes, catalog: Catalog, pictures: PictureStore, embed: Callable[[NewContent], None]
) -> images.PictureFacts:
    sha256 = hashlib.sha256(data).hexdigest()
    record = catalog.pictures.get(sha256)
    if record and pictures.has(sha256):
        return _facts_of(record)
    picture = images.read_picture(data)
    pictures.keep_keypoints(sha256, images.detect_keypoints(picture.image))
    pictures.keep(sha256, data, images.thumbnails(picture.image))
    catalog.pictures.add(_record_of(picture.facts))
    if picture.facts.vector:
        lines = drawing_text_lines(data)
        if lines:
            catalog.pictures.save_text(sha256, DRAWING_TEXT_RECIPE, lines)
    if picture.image.width * picture.image.height <= PIXELS_AT_ONCE:  # larger ones would take too much memory
        embed(NewPicture(sha256, picture.image))
    return picture.facts


def _record_of(facts: images.PictureFacts) -> PictureRecord:
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


def _facts_of(record: PictureRecord) -> images.PictureFacts:
    return images.PictureFacts(
        record.sha256, record.width, record.height, record.format, record.bytes, record.frames,
        vector=record.format == "svg", fingerprint=record.fingerprint, colours=record.colours,
    )  # fmt: skip


def _digest(issue: Issue, stored: _StoredPictures) -> str:
    figures = [(replace(kept.figure, data=None), kept.status, kept.sha256) for kept in stored.figures]
    content = (
        READING_VERSION,
        issue.metadata,
        issue.items,
        figures,
        issue.left_out,
        stored.problems,
        issue.mentioned,
    )
    return hashlib.sha256(repr(content).encode(errors="surrogatepass")).hexdigest()
