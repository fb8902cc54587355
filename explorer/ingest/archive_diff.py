"""What changed in an archive since it was read: told by contents, found without opening what nobody touched."""

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
    """What the catalog remembers of an archive. `again` are documents to be read whatever they are."""

    files: Mapping[str, FileRecord]
    readings: Mapping[str, Reading]
    issues: frozenset[str]
    again: frozenset[str]


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed. Documents are new, changed (they or a picture they show), moved (from, to) or gone."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()
    new_pictures: int = 0
    changed_pictures: int = 0
    gone_pictures: int = 0

    @property
    def is_none(self) -> bool:
        """Whether nothing changed at all."""
        return self == Changes()


@dataclass(frozen=True, slots=True)
class ArchiveDiff:
    """An archive's documents, its changes, what to read for them, and its files for the catalog to remember."""

    documents: Sequence[str]
    changes: Changes
    to_read: tuple[str, ...]
    touched: Mapping[str, FileRecord]
    removed: frozenset[str]


def survey_of(files: Files, known: CatalogState, version: int) -> ArchiveDiff | None:
    """Compares an archive with what was read of it; `version` is that of the reader today.

    A document is read again when its bytes changed, when a file of a name that it asks for came, changed or went,
    and when another version of the reader read it. None where issues were read and there are none today: so does a
    drive look that is not plugged in.
    """
    documents = documents_of(files)
    if known.issues and not documents:
        return None
    paths = set(files.paths()) | set(documents)
    touched = dict(_touched(files, paths, set(documents), known.files))
    removed = frozenset(known.files.keys() - paths)
    changed = {
        path
        for path, now in touched.items()
        if path in known.files and (now.sha256 is None or now.sha256 != known.files[path].sha256)
    }
    added = touched.keys() - known.files.keys()
    names = {name_of(path) for path in changed | added | removed}

    def is_changed(document: str) -> bool:
        reading = known.readings.get(document)
        return document in changed or (reading is not None and not names.isdisjoint(reading.asked))

    def is_due(document: str) -> bool:
        reading = known.readings.get(document)
        is_unread = reading is None or reading.version != version
        return is_unread or document in known.again or is_changed(document)

    to_read = tuple(document for document in documents if is_due(document))
    gone = known.issues - set(documents)
    moved = tuple(_moved(gone, [it for it in to_read if it not in known.issues], known.files, touched))
    left, came = {old for old, _ in moved}, {new for _, new in moved}
    changes = Changes(
        new=tuple(it for it in to_read if it not in known.issues and it not in came),
        changed=tuple(it for it in to_read if it in known.issues and is_changed(it)),
        moved=moved,
        gone=tuple(sorted(gone - left)),
        new_pictures=_pictures(added),
        changed_pictures=_pictures(changed),
        gone_pictures=_pictures(removed),
    )
    return ArchiveDiff(documents, changes, to_read, touched, removed)


def _touched(
    files: Files, paths: set[str], documents: set[str], known: Mapping[str, FileRecord]
) -> Iterator[tuple[str, FileRecord]]:
    """The files that are new or look touched; documents with the hash of their bytes."""
    for path in sorted(paths):
        stamp, before = files.stamp(path), known.get(path)
        if before is not None and stamp and stamp == before.stamp:
            continue
        yield path, FileRecord(stamp, _sha256(files, path) if path in documents else None)


def _sha256(files: Files, document: str) -> str | None:
    try:
        return hashlib.sha256(files.read(document)).hexdigest()
    except ArchiveError:
        return None  # reading it will tell


def _moved(
    gone: set[str] | frozenset[str],
    came: Sequence[str],
    before: Mapping[str, FileRecord],
    now: Mapping[str, FileRecord],
) -> Iterator[tuple[str, str]]:
    """Which of the documents that came are ones that went, by their bytes; each once."""
    by_content: dict[str, list[str]] = {}
    for document in sorted(gone):
        sha256 = before[document].sha256 if document in before else None
        if sha256:
            by_content.setdefault(sha256, []).append(document)
    for document in came:
        same = by_content.get(now[document].sha256 or "") if document in now else None
        if same:
            yield same.pop(0), document


def _pictures(paths: set[str] | frozenset[str]) -> int:
    return sum(1 for path in paths if is_picture_address(path))
