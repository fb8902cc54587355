"""Bringing a library up to date with the archives that it was read from: what changed, told or taken in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from explorer.archive.storage.files import Files
from explorer.catalog.picture_store import PictureStore
from explorer.catalog.store import Catalog
from explorer.errors import ArchiveError
from explorer.ingest.archive_diff import Changes
from explorer.ingest.reading import Fetch, read_archive, survey_archive
from explorer.ingest.report import Progress

Open = Callable[[str], Files]
"""Opens the archive at a location; ArchiveError when there is none."""


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


def planned_changes(name: str, location: str, opened: Open, catalog: Catalog) -> ArchiveChanges:
    """What a sync of this archive would do; nothing is written."""

    def look(files: Files) -> Changes | None:
        survey = survey_archive(files, catalog, catalog.archives.id_at(location))
        return survey.changes if survey else None

    return _changes(name, location, opened, look)


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
    return _changes(
        name, location, opened, lambda files: read_archive(files, catalog, pictures, progress, fetch)
    )


def _changes(
    name: str, location: str, opened: Open, look: Callable[[Files], Changes | None]
) -> ArchiveChanges:
    try:
        with closing(opened(location)) as files:
            changes = look(files)
    except ArchiveError as problem:
        return ArchiveChanges(name, location, Changes(), absent=str(problem))
    if changes is None:
        return ArchiveChanges(name, location, Changes(), absent="holds no issue any more")
    return ArchiveChanges(name, location, changes)
