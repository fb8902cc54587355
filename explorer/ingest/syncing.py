"""Synchronisation of a library with the archives that it was read from: changes are previewed or read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from explorer.archive.storage.files import Files
from explorer.catalog.picture_store import PictureStore
from explorer.catalog.store import Catalog
from explorer.errors import ArchiveError
from explorer.ingest.archive_diff import Changes
from explorer.ingest.reading import Fetch, diff_archive, read_archive
from explorer.ingest.report import Progress

OpenArchive = Callable[[str], Files]
"""Opens the archive at a location. Raises ArchiveError if there is none."""


@dataclass(frozen=True, slots=True)
class ArchiveChanges:
    """The changes in one archive. `absent` is the reason why it could not be read; its issues stay in the catalog."""

    name: str
    location: str
    changes: Changes
    absent: str | None = None


@dataclass(frozen=True, slots=True)
class SyncReport:
    """The result or preview of a sync: the changes by archive, the generation of the index, and the duration."""

    archives: tuple[ArchiveChanges, ...]
    generation: int | None
    seconds: float

    @property
    def is_changed(self) -> bool:
        """Whether any archive changed."""
        return not all(archive.changes.is_empty for archive in self.archives)


def preview_changes(name: str, location: str, open_archive: OpenArchive, catalog: Catalog) -> ArchiveChanges:
    """Return what a sync of this archive would change. Writes nothing."""

    def compare(files: Files) -> Changes | None:
        diff = diff_archive(files, catalog, catalog.archives.id_at(location))
        return diff.changes if diff else None

    return _archive_changes(name, location, open_archive, compare)


def sync_archive(
    name: str,
    location: str,
    open_archive: OpenArchive,
    catalog: Catalog,
    pictures: PictureStore,
    progress: Progress,
    fetch: Fetch | None = None,
) -> ArchiveChanges:
    """Read what changed in this archive, and return the changes."""
    return _archive_changes(
        name, location, open_archive, lambda files: read_archive(files, catalog, pictures, progress, fetch)
    )


def _archive_changes(
    name: str, location: str, open_archive: OpenArchive, get_changes: Callable[[Files], Changes | None]
) -> ArchiveChanges:
    try:
        with closing(open_archive(location)) as files:
            changes = get_changes(files)
    except ArchiveError as error:
        return ArchiveChanges(name, location, Changes(), absent=str(error))
    if changes is None:
        return ArchiveChanges(name, location, Changes(), absent="contains no issues any more")
    return ArchiveChanges(name, location, changes)
