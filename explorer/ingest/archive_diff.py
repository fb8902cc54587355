"""The changes in an archive since it was read. Contents decide, but only files that look touched are opened."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from explorer.archive.links.addresses import is_picture_address, name_of
from explorer.archive.reader import documents_of
from explorer.archive.storage.files import Files
from explorer.catalog.archives import FileRecord, Reading
from explorer.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class CatalogState:
    """The catalog's records of an archive. Documents in `read_again` are read even if they did not change."""

    files: Mapping[str, FileRecord]
    readings: Mapping[str, Reading]
    issues: frozenset[str]
    read_again: frozenset[str]


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes. Documents are new, changed (or a picture that they show is), moved (from, to) or gone."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()
    new_pictures: int = 0
    changed_pictures: int = 0
    gone_pictures: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return self == Changes()


@dataclass(frozen=True, slots=True)
class ArchiveDiff:
    """The documents of an archive, its changes, the documents to read, and the files for the catalog to record."""

    documents: Sequence[str]
    changes: Changes
    to_read: tuple[str, ...]
    touched: Mapping[str, FileRecord]
    removed: frozenset[str]


def compute_diff(files: Files, state: CatalogState, version: int) -> ArchiveDiff | None:
    """Compare an archive with the catalog. `version` is the present version of the reader.

    A document is read again if its bytes changed, if a file with a name that it refers to was added, changed or
    removed, and if another version of the reader read it. Returns None if the catalog has issues and the archive
    has none: the drive may not be plugged in.
    """
    documents = documents_of(files)
    if state.issues and not documents:
        return None
    paths = set(files.paths()) | set(documents)
    touched = dict(_touched_files(files, paths, set(documents), state.files))
    removed = frozenset(state.files.keys() - paths)
    changed = {
        path
        for path, now in touched.items()
        if path in state.files and (now.sha256 is None or now.sha256 != state.files[path].sha256)
    }
    added = touched.keys() - state.files.keys()
    changed_names = {name_of(path) for path in changed | added | removed}

    def is_changed(document: str) -> bool:
        reading = state.readings.get(document)
        return document in changed or (reading is not None and not changed_names.isdisjoint(reading.asked))

    def is_due(document: str) -> bool:
        reading = state.readings.get(document)
        is_new_to_reader = reading is None or reading.version != version
        return is_new_to_reader or document in state.read_again or is_changed(document)

    to_read = tuple(document for document in documents if is_due(document))
    gone = state.issues - set(documents)
    unknown = [document for document in to_read if document not in state.issues]
    moved = tuple(_find_moved(gone, unknown, state.files, touched))
    moved_from, moved_to = {old for old, _ in moved}, {new for _, new in moved}
    changes = Changes(
        new=tuple(document for document in unknown if document not in moved_to),
        changed=tuple(document for document in to_read if document in state.issues and is_changed(document)),
        moved=moved,
        gone=tuple(sorted(gone - moved_from)),
        new_pictures=_count_pictures(added),
        changed_pictures=_count_pictures(changed),
        gone_pictures=_count_pictures(removed),
    )
    return ArchiveDiff(documents, changes, to_read, touched, removed)


def _touched_files(
    files: Files, paths: set[str], documents: set[str], records: Mapping[str, FileRecord]
) -> Iterator[tuple[str, FileRecord]]:
    """Yield the files that are new or look touched, documents with the hash of their bytes."""
    for path in sorted(paths):
        stamp, record = files.stamp(path), records.get(path)
        if record is not None and stamp and stamp == record.stamp:
            continue
        yield path, FileRecord(stamp, _sha256(files, path) if path in documents else None)


def _sha256(files: Files, document: str) -> str | None:
    try:
        return hashlib.sha256(files.read(document)).hexdigest()
    except ArchiveError:
        return None  # reading the document reports the error


def _find_moved(
    gone: set[str] | frozenset[str],
    new: Sequence[str],
    old_records: Mapping[str, FileRecord],
    new_records: Mapping[str, FileRecord],
) -> Iterator[tuple[str, str]]:
    """Yield the pairs (old path, new path) of documents with the same bytes, each document once."""
    by_content: dict[str, list[str]] = {}
    for document in sorted(gone):
        sha256 = old_records[document].sha256 if document in old_records else None
        if sha256:
            by_content.setdefault(sha256, []).append(document)
    for document in new:
        same = by_content.get(new_records[document].sha256 or "") if document in new_records else None
        if same:
            yield same.pop(0), document


def _count_pictures(paths: set[str] | frozenset[str]) -> int:
    return sum(1 for path in paths if is_picture_address(path))
