"""Backups of a library in one file, made while the library is in use, and their restoration.

Each of the two databases is copied in a consistent state. The catalog is copied before the pictures, so that all
pictures in it are on the disk by then. Indexes are left out: they are rebuilt from the catalog and the cached
vectors, without the encoder.
"""

from __future__ import annotations

import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath

from embeddings import VectorCache
from explorer.catalog.store import Catalog
from explorer.errors import LibraryError
from explorer.ingest.report import Progress
from explorer.library.manifest import (
    CATALOG_FILE,
    FIRST_INDEX,
    MANIFEST_FILE,
    NO_LAYOUT,
    VECTORS,
    LibraryManifest,
)
from explorer.maintain.whole_folder import whole_folder
from explorer.representation.encoders import encoder_errors
from explorer.system.files import write_errors


def write_backup(library: Path, file: Path, progress: Progress) -> int:
    """Write the library to `file`, a tar, and return its size in bytes. Raises LibraryError if it cannot be written."""
    if file.exists():
        raise LibraryError(f"{file} already exists. Name another file, or delete it first.")
    with write_errors(file), tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as folder:
        _copy_databases(library, Path(folder))
        new = Path(folder) / "backup.tar"
        with tarfile.open(new, "w") as tar:
            for name in (CATALOG_FILE, VECTORS):
                if (Path(folder) / name).exists():
                    tar.add(Path(folder) / name, name)
            # Written anew and not copied: an address of an older version may contain a password.
            LibraryManifest.read(library).write(Path(folder))
            tar.add(Path(folder) / MANIFEST_FILE, MANIFEST_FILE)
            with progress.track(list(_files(library)), "Copying files") as work:
                for path in work:
                    tar.add(path, path.relative_to(library).as_posix(), recursive=False)
        new.chmod(0o600)  # for the owner only, like the library itself
        new.replace(file)
    return file.stat().st_size


def unpack_backup(file: Path, library: Path) -> None:
    """Restore a backup as a new library in `library`. The folder appears only when it is complete.

    The indexes must then be built in that folder. Raises LibraryError if the file is not a valid backup.
    """
    try:
        with (
            whole_folder(library, "Name a new folder to restore into: --library DIR") as new,
            tarfile.open(file, "r:") as tar,
        ):
            if MANIFEST_FILE not in tar.getnames():
                raise LibraryError(f"{file} is not a backup of a library. Make one: explorer backup FILE")
            new.parent.mkdir(parents=True, exist_ok=True)
            new.mkdir(mode=0o700)
            tar.extractall(new, filter=_filter_member)  # noqa: S202  every member passes the filter
            # The server in a backup may belong to anybody.
            LibraryManifest.read(new).with_new_collection().with_location(None, NO_LAYOUT).write(new)
            with closing(Catalog(new / CATALOG_FILE)) as catalog:
                integrity_errors = catalog.content.integrity_errors()
            if integrity_errors:
                raise LibraryError(
                    f"The catalog in {file} is damaged: {integrity_errors[0]}. Restore another backup."
                )
    except tarfile.TarError as error:
        raise LibraryError(f"{file} cannot be unpacked: {error}. Restore another backup.") from error


def _filter_member(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    """Return a member to unpack, or None for a part of an index, which is rebuilt. Raises TarError for others."""
    parts = PurePosixPath(member.name).parts
    # A sparse file of a few bytes can unpack to the size of a disk.
    if not (member.isdir() or (member.isreg() and not member.issparse())) or ".." in parts:
        raise tarfile.FilterError(f"{member.name} is neither a file nor a folder of a library")
    # No path out of the folder, and no special permissions.
    safe_member = tarfile.data_filter(member, folder)
    is_of_index = bool(parts) and parts[0].casefold().startswith(FIRST_INDEX)  # some disks ignore case
    return None if is_of_index else safe_member


def _copy_databases(library: Path, folder: Path) -> None:
    with closing(Catalog(library / CATALOG_FILE)) as catalog:
        catalog.content.copy_to(folder / CATALOG_FILE)
    if (library / VECTORS).exists():
        with encoder_errors(), VectorCache(library / VECTORS, allow_read_only=True) as vectors:
            vectors.copy_to(folder / VECTORS)


def _files(library: Path) -> Iterator[Path]:
    """Yield the files of a library without databases, indexes, and leftovers of crashes."""
    for path, folders, names in os.walk(library):
        folder = Path(path)
        if folder == library:
            folders[:] = sorted(name for name in folders if not name.startswith(FIRST_INDEX))
            names = [name for name in names if name != MANIFEST_FILE and not _is_not_for_backup(name)]
        yield from (folder / name for name in sorted(names) if not name.startswith("tmp"))


def _is_not_for_backup(name: str) -> bool:
    return name.startswith((CATALOG_FILE, VECTORS, f"{MANIFEST_FILE}.")) or name.endswith((".lock", ".txt"))
