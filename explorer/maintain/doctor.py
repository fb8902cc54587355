"""Diagnosis of a library, and the repairs that are possible from its catalog, its pictures and its archives."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import images
from embeddings import CacheDamagedError, EncoderError, VectorCache
from explorer.catalog.picture_store import PictureStore
from explorer.catalog.store import Catalog
from explorer.errors import EncoderUnavailableError, LibraryError, SearchIndexError
from explorer.index import IndexStore
from explorer.ingest.report import Progress
from explorer.library.manifest import MANIFEST_FILE, PICTURES, VECTORS
from explorer.representation.encoders import load_library_encoders


class Part(StrEnum):
    """The part of a library that has a problem."""

    CATALOG = "catalog"
    PICTURE = "picture"
    THUMBNAIL = "thumbnail"
    VECTORS = "vectors"
    INDEX = "index"
    FOLDER = "folder"
    LEFTOVER = "leftover"
    ENCODER = "encoder"


REMEDIES = {
    Part.CATALOG: "Restore a backup (explorer restore FILE), or read the archives into a new library: explorer ingest",
    Part.PICTURE: "It is read from its archive again.",
    Part.THUMBNAIL: "It is made again from the picture.",
    Part.VECTORS: "They are computed again.",
    Part.INDEX: "It is rebuilt from the catalog.",
    Part.FOLDER: "Check the permissions of the folder and the free space.",
    Part.LEFTOVER: "It is deleted.",
    Part.ENCODER: "Restore it, or search with another encoder: explorer encode --encoder NAME, then explorer use NAME",
}


# Parts that are repaired by deleting a file.
_REPAIRED_BY_DELETION = (Part.PICTURE, Part.THUMBNAIL, Part.VECTORS, Part.LEFTOVER)


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem: the part, the place and the description. `mended` is whether it was repaired."""

    part: Part
    where: str
    what: str
    mended: bool = False

    @property
    def way_out(self) -> str:
        """How the problem is repaired, or what to do."""
        return REMEDIES[self.part]


@dataclass(frozen=True, slots=True)
class LibraryHealth:
    """The parts of a library to examine. `stores` has its indexes by encoder, `encoder` is the encoder in use."""

    path: Path
    catalog: Catalog
    pictures: PictureStore
    stores: dict[str, IndexStore]
    encoder: str | None = None


def examine(library: LibraryHealth, progress: Progress) -> list[Finding]:
    """Return all problems, the most serious ones first. Reads every picture completely."""
    try:
        integrity_errors = library.catalog.content.integrity_errors()
    except LibraryError as error:
        return [Finding(Part.CATALOG, str(library.catalog.path), str(error))]
    findings = [
        Finding(Part.CATALOG, str(library.catalog.path), integrity_error)
        for integrity_error in integrity_errors
    ]
    with progress.track(library.catalog.pictures.shown(), "Looking at pictures") as work:
        findings += [finding for sha256 in work for finding in _check_picture(sha256, library.pictures)]
    findings += _check_vectors(library.path / VECTORS)
    findings += _check_encoder(library)
    for encoder, store in library.stores.items():
        findings += _check_index(encoder, store, library.catalog)
    findings += [
        Finding(Part.LEFTOVER, str(path), "left behind by a program that was stopped")
        for path in _leftovers(library)
    ]
    return findings


def repair_files(findings: list[Finding], library: LibraryHealth) -> list[Finding]:
    """Repair what can be repaired by files alone, and return all findings with their state afterwards."""
    return [replace(finding, mended=_repair(finding, library)) for finding in findings]


def _repair(finding: Finding, library: LibraryHealth) -> bool:
    path = Path(finding.where)
    if finding.part in _REPAIRED_BY_DELETION and not _is_inside(path, library.path):
        return False
    with suppress(OSError, LibraryError, images.PictureError):
        if finding.part is Part.THUMBNAIL:
            path.unlink(missing_ok=True)
            sha256 = path.stem
            data = library.pictures.read(sha256)
            library.pictures.keep(sha256, data, images.thumbnails(images.open_picture(data)))
            return True
        if finding.part is Part.LEFTOVER:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
            return True
        if finding.part is Part.VECTORS:
            for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
                file.unlink(missing_ok=True)
            return True
        if finding.part is Part.PICTURE:
            path.unlink(missing_ok=True)
            library.catalog.archives.mark_for_reading([path.name])
    return False


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether a file is in the library, and no link above it leads out of the library. The file itself may be a link."""
    return (path.parent.resolve() / path.name).is_relative_to(folder.resolve())


def _check_picture(sha256: str, pictures: PictureStore) -> Iterator[Finding]:
    files = pictures.files(sha256)
    links = {name: path for name, path in files.items() if path.is_symlink()}
    for name, path in links.items():
        part = {"original": Part.PICTURE, "keypoints": Part.LEFTOVER}.get(name, Part.THUMBNAIL)
        yield Finding(part, str(path), "it is a symbolic link, which may point outside the library")
    if links:
        return
    original = pictures.original(sha256)
    try:
        is_intact = hashlib.sha256(original.read_bytes()).hexdigest() == sha256
    except OSError as error:
        yield Finding(Part.PICTURE, str(original), error.strerror or str(error))
        return
    if not is_intact:
        yield Finding(Part.PICTURE, str(original), "its content has changed")
    for size in images.THUMBNAIL_SIZES:
        path = pictures.thumbnail(sha256, size)
        try:
            images.open_picture(path)
        except images.PictureError as error:
            yield Finding(Part.THUMBNAIL, str(path), str(error))


def _check_vectors(file: Path) -> Iterator[Finding]:
    if not file.exists():
        return
    try:
        with VectorCache(file, allow_read_only=True) as cache:
            for _ in cache.items():
                pass
    except CacheDamagedError:
        yield Finding(Part.VECTORS, str(file), "the file is damaged")
    except EncoderError as error:  # the file cannot be read here or is in use, and must not be deleted
        yield Finding(Part.FOLDER, str(file), str(error))


def _check_encoder(library: LibraryHealth) -> Iterator[Finding]:
    """Yield a finding if the encoder in use cannot be loaded: its weights, its packages or its adapter."""
    if library.encoder is None:
        return
    try:
        load_library_encoders(library.encoder, library.path)
    except EncoderUnavailableError as error:
        yield Finding(Part.ENCODER, library.encoder, str(error))


def _check_index(encoder: str, store: IndexStore, catalog: Catalog) -> Iterator[Finding]:
    try:
        manifest = store.manifest()
        if manifest is None:
            yield Finding(Part.INDEX, encoder, "it was never finished")
            return
        store.check()
        index = store.open()
        try:
            ids = index.digests().keys()
        finally:
            index.close()
    except SearchIndexError as error:
        yield Finding(Part.INDEX, encoder, str(error))
        return
    if manifest.revision == catalog.changes.revision() and ids != catalog.changes.point_ids():
        yield Finding(Part.INDEX, encoder, "it does not have the points of the catalog")


def _leftovers(library: LibraryHealth) -> Iterator[Path]:
    """Yield the files with names that are only used for unfinished files."""
    yield from library.path.glob(f"{MANIFEST_FILE}.*")
    yield from (path for path in (library.path / PICTURES).rglob("tmp*") if path.is_file())
    for store in library.stores.values():
        with suppress(SearchIndexError):  # reported when the index is checked
            yield from store.leftovers()
