"""What is wrong with a library, and the mending of what its catalog, its pictures and its archives can mend."""

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
from explorer.library.manifest import FILE, PICTURES, VECTORS
from explorer.representation.encoders import load_library_encoders


class Part(StrEnum):
    """What of a library is ill."""

    CATALOG = "catalog"
    PICTURE = "picture"
    THUMBNAIL = "thumbnail"
    VECTORS = "vectors"
    INDEX = "index"
    FOLDER = "folder"
    LEFTOVER = "leftover"
    ENCODER = "encoder"


WAY_OUT = {
    Part.CATALOG: "Restore a backup (explorer restore FILE), or read the archives into a new library: explorer ingest",
    Part.PICTURE: "It is read from its archive again.",
    Part.THUMBNAIL: "It is made again from the picture.",
    Part.VECTORS: "They are made again.",
    Part.INDEX: "It is made again from the catalog.",
    Part.FOLDER: "Check the folder's rights and free space.",
    Part.LEFTOVER: "It is deleted.",
    Part.ENCODER: "Bring it back, or search with another: explorer encode --encoder NAME, then explorer use NAME",
}


# What is mended by taking a file away.
_FILES = (Part.PICTURE, Part.THUMBNAIL, Part.VECTORS, Part.LEFTOVER)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong: with what, where, and why. `mended` says whether it is so no longer."""

    part: Part
    where: str
    what: str
    mended: bool = False

    @property
    def way_out(self) -> str:
        """How it is mended, or what to do."""
        return WAY_OUT[self.part]


@dataclass(frozen=True, slots=True)
class LibraryHealth:
    """The parts of a library that are examined; `stores` are its indexes by encoder, `encoder` is the one in use."""

    path: Path
    catalog: Catalog
    pictures: PictureStore
    stores: dict[str, IndexStore]
    encoder: str | None = None


def examine(library: LibraryHealth, progress: Progress) -> list[Finding]:
    """Everything that is wrong, the worst first. Every picture is read whole."""
    try:
        integrity_errors = library.catalog.content.integrity_errors()
    except LibraryError as problem:
        return [Finding(Part.CATALOG, str(library.catalog.path), str(problem))]
    found = [Finding(Part.CATALOG, str(library.catalog.path), flaw) for flaw in integrity_errors]
    with progress.track(library.catalog.pictures.shown(), "Looking at pictures") as work:
        found += [finding for sha256 in work for finding in _pictures(sha256, library.pictures)]
    found += _vectors(library.path / VECTORS)
    found += _encoder(library)
    for encoder, store in library.stores.items():
        found += _index(encoder, store, library.catalog)
    found += [
        Finding(Part.LEFTOVER, str(path), "left behind by a program that was stopped")
        for path in _leftovers(library)
    ]
    return found


def repair_files(findings: list[Finding], library: LibraryHealth) -> list[Finding]:
    """Mends what files alone can mend, and leaves the others; all findings, as they are then."""
    return [replace(one, mended=_mend(one, library)) for one in findings]


def _mend(finding: Finding, library: LibraryHealth) -> bool:
    where = Path(finding.where)
    if finding.part in _FILES and not _is_inside(where, library.path):
        return False
    with suppress(OSError, LibraryError, images.PictureError):
        if finding.part is Part.THUMBNAIL:
            where.unlink(missing_ok=True)
            sha256 = where.stem
            data = library.pictures.read(sha256)
            library.pictures.keep(sha256, data, images.thumbnails(images.open_picture(data)))
            return True
        if finding.part is Part.LEFTOVER:
            if where.is_dir() and not where.is_symlink():
                shutil.rmtree(where)
            else:
                where.unlink(missing_ok=True)
            return True
        if finding.part is Part.VECTORS:
            for file in (where, where.with_name(f"{where.name}-wal"), where.with_name(f"{where.name}-shm")):
                file.unlink(missing_ok=True)
            return True
        if finding.part is Part.PICTURE:
            where.unlink(missing_ok=True)
            library.catalog.archives.mark_for_reading([where.name])
    return False


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether a file lies in the library itself, through no link that leads out of it. The file may be a link."""
    return (path.parent.resolve() / path.name).is_relative_to(folder.resolve())


def _pictures(sha256: str, pictures: PictureStore) -> Iterator[Finding]:
    files = pictures.files(sha256)
    linked = {name: path for name, path in files.items() if path.is_symlink()}
    for name, path in linked.items():
        part = {"original": Part.PICTURE, "details": Part.LEFTOVER}.get(name, Part.THUMBNAIL)
        yield Finding(part, str(path), "it is a link, which may lead out of the library")
    if linked:
        return
    original = pictures.original(sha256)
    try:
        is_whole = hashlib.sha256(original.read_bytes()).hexdigest() == sha256
    except OSError as error:
        yield Finding(Part.PICTURE, str(original), error.strerror or str(error))
        return
    if not is_whole:
        yield Finding(Part.PICTURE, str(original), "its bytes are not what they were")
    for size in images.THUMBNAIL_SIZES:
        path = pictures.thumbnail(sha256, size)
        try:
            images.open_picture(path)
        except images.PictureError as problem:
            yield Finding(Part.THUMBNAIL, str(path), str(problem))


def _vectors(file: Path) -> Iterator[Finding]:
    if not file.exists():
        return
    try:
        with VectorCache(file, allow_read_only=True) as cache:
            for _ in cache.items():
                pass
    except CacheDamagedError:
        yield Finding(Part.VECTORS, str(file), "the file is damaged")
    except EncoderError as error:  # not to be deleted for that: it cannot be read here, or is in use
        yield Finding(Part.FOLDER, str(file), str(error))


def _encoder(library: LibraryHealth) -> Iterator[Finding]:
    """Whether the encoder in use is there: its weights, its packages, what it learned."""
    if library.encoder is None:
        return
    try:
        load_library_encoders(library.encoder, library.path)
    except EncoderUnavailableError as problem:
        yield Finding(Part.ENCODER, library.encoder, str(problem))


def _index(encoder: str, store: IndexStore, catalog: Catalog) -> Iterator[Finding]:
    try:
        manifest = store.manifest()
        if manifest is None:
            yield Finding(Part.INDEX, encoder, "it was never finished")
            return
        store.check()
        index = store.open()
        try:
            held = index.digests().keys()
        finally:
            index.close()
    except SearchIndexError as problem:
        yield Finding(Part.INDEX, encoder, str(problem))
        return
    if manifest.revision == catalog.changes.revision() and held != catalog.changes.point_ids():
        yield Finding(Part.INDEX, encoder, "it does not hold what the catalog holds")


def _leftovers(library: LibraryHealth) -> Iterator[Path]:
    """What has a name that is only used while something is being written."""
    yield from library.path.glob(f"{FILE}.*")
    yield from (path for path in (library.path / PICTURES).rglob("tmp*") if path.is_file())
    for store in library.stores.values():
        with suppress(SearchIndexError):  # told where the index is looked at
            yield from store.leftovers()
