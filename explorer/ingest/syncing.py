"""Bringing a library up to date with the archives that it was read from: what changed, told or taken in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from explorer.archive.files import Files
from explorer.archive.reader import documents_of
from explorer.catalog.pictures import PictureStore
from explorer.catalog.store import Catalog
from explorer.errors import ArchiveProblem
from explorer.ingest.reading import READING_VERSION, Fetch, known_of, read_archive
from explorer.ingest.report import Progress
from explorer.ingest.survey import Changes, survey_of

Open = Callable[[str], Files]
"""Opens the archive at a location; ArchiveProblem when there is none."""


@dataclass(frozen=True, slots=True)
class ArchiveChanges:
    """What changed in one archive. `absent` says why it could not be looked at; what was read of it stays."""

    name: str
    location: str
    changes: Changes
    absent: str | None = None


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, or would do: by archive, with the generation of the index and the time that it took."""

    archives: tuple[ArchiveChanges, ...]
    generation: int | None
    seconds: float

    @property
    def is_changed(self) -> bool:
        """Whether anything was different from the last time."""
        return not all(one.changes.is_none for one in self.archives)


def told_changes(name: str, location: str, opened: Open, catalog: Catalog) -> ArchiveChanges:
    """What a sync of this archive would do; nothing is written."""
    try:
        with closing(opened(location)) as files:
            documents = documents_of(files)
            known = known_of(catalog, catalog.archive_at(location))
            if known.issues and not documents:
                return _absent(name, location, "holds no issue any more")
            return ArchiveChanges(name, location, survey_of(files, documents, known, READING_VERSION).changes)
    except ArchiveProblem as problem:
        return _absent(name, location, str(problem))


def sync_archive(
    name: str,
    location: str,
    opened: Open,
    catalog: Catalog,
    pictures: PictureStore,
    progress: Progress,
    fetch: Fetch | None = None,
) -> ArchiveChanges:
    """Reads what changed in this archive."""
    try:
        with closing(opened(location)) as files:
            if not documents_of(files) and catalog.digests(catalog.archive_at(location)):
                return _absent(name, location, "holds no issue any more")
            return ArchiveChanges(name, location, read_archive(files, catalog, pictures, progress, fetch))
    except ArchiveProblem as problem:
        return _absent(name, location, str(problem))


def _absent(name: str, location: str, why: str) -> ArchiveChanges:
    """A drive that is not plugged in looks like an archive whose issues were all deleted."""
    return ArchiveChanges(name, location, Changes(), why)
