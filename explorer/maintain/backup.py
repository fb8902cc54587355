"""A library in one file, taken while it is in use, and put back.

The two databases are copied as they are at one moment, the catalog before the pictures: whatever it knows of is on the
disk by then. Indexes are left out: they are made anew from the catalog and the vectors, without an encoder's work.
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
from explorer.library.manifest import CATALOG_FILE, FILE, FIRST_INDEX, NO_LAYOUT, VECTORS, LibraryManifest
from explorer.maintain.whole_folder import whole_folder, writing
from explorer.representation.encoders import encoder_errors


def write_backup(library: Path, file: Path, progress: Progress) -> int:
    """Writes the library to `file`, a tar; how many bytes. LibraryError when it cannot be written."""
    if file.exists():
        raise LibraryError(f"{file} exists. Name another file, or delete it first.")
    with writing(file), tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as folder:
        _copy_databases(library, Path(folder))
        new = Path(folder) / "backup.tar"
        with tarfile.open(new, "w") as tar:
            for name in (CATALOG_FILE, VECTORS):
                if (Path(folder) / name).exists():
                    tar.add(Path(folder) / name, name)
            # Written anew and not copied: an address of an older version may hold a password.
            LibraryManifest.read(library).write(Path(folder))
            tar.add(Path(folder) / FILE, FILE)
            with progress.track(list(_files(library)), "Copying files") as work:
                for path in work:
                    tar.add(path, path.relative_to(library).as_posix(), recursive=False)
        new.chmod(0o600)  # a library is for its owner alone; so is a copy of it
        new.replace(file)
    return file.stat().st_size


def unpack_backup(file: Path, library: Path) -> None:
    """Puts a backup where no library is yet; nothing is there before all of it is. LibraryError when it is none.

    It is a library of its own, whose indexes are to be made in its folder.
    """
    try:
        with (
            whole_folder(library, "Name a folder to restore into: --library DIR") as new,
            tarfile.open(file, "r:") as tar,
        ):
            if FILE not in tar.getnames():
                raise LibraryError(f"{file} is no backup of a library. Make one: explorer backup FILE")
            new.parent.mkdir(parents=True, exist_ok=True)
            new.mkdir(mode=0o700)
            tar.extractall(new, filter=_expected)  # noqa: S202  every member passes the filter
            # A server that a backup names may be anybody's.
            LibraryManifest.read(new).renamed().at(None, NO_LAYOUT).write(new)
            with closing(Catalog(new / CATALOG_FILE)) as catalog:
                integrity_errors = catalog.content.integrity_errors()
            if integrity_errors:
                raise LibraryError(
                    f"The catalog in {file} is not sound: {integrity_errors[0]}. Restore another backup."
                )
    except tarfile.TarError as error:
        raise LibraryError(f"{file} cannot be unpacked: {error}. Restore another backup.") from error


def _expected(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    """What a backup holds: files in folders, and no index, which is made anew. Of the rest TarError."""
    parts = PurePosixPath(member.name).parts
    # A sparse file of a few bytes can say that it has as many as a disk.
    if not (member.isdir() or (member.isreg() and not member.issparse())) or ".." in parts:
        raise tarfile.FilterError(f"{member.name} is neither a file nor a folder of a library")
    # No path out of the folder, no rights that it should not have.
    inside = tarfile.data_filter(member, folder)
    is_of_index = bool(parts) and parts[0].casefold().startswith(FIRST_INDEX)  # some disks know no capitals
    return None if is_of_index else inside


def _copy_databases(library: Path, folder: Path) -> None:
    with closing(Catalog(library / CATALOG_FILE)) as catalog:
        catalog.content.copy_to(folder / CATALOG_FILE)
    if (library / VECTORS).exists():
        with encoder_errors(), VectorCache(library / VECTORS, allow_read_only=True) as vectors:
            vectors.copy_to(folder / VECTORS)


def _files(library: Path) -> Iterator[Path]:
    """What is kept beside the databases and the indexes; not what a crash left behind."""
    for folder, folders, names in os.walk(library):
        here = Path(folder)
        if here == library:
            folders[:] = sorted(name for name in folders if not name.startswith(FIRST_INDEX))
            names = [name for name in names if name != FILE and not _is_ours_alone(name)]
        yield from (here / name for name in sorted(names) if not name.startswith("tmp"))


def _is_ours_alone(name: str) -> bool:
    return name.startswith((CATALOG_FILE, VECTORS, f"{FILE}.")) or name.endswith((".lock", ".txt"))
