"""The files of an archive in a folder or a zip. Nothing outside the archive is ever read."""

from __future__ import annotations

import io
import json
import os
import posixpath
import zipfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

from explorer.archive.convert.email.mailboxes import maildir_folder, maildir_message
from explorer.archive.convert.formats import CONTAINERS, FORMATS, HEAD_BYTES, Container, Format
from explorer.archive.convert.zipped import SafeZip
from explorer.archive.model import Mention
from explorer.errors import ArchiveError

IS_A_LIBRARY = "is a library of the explorer"
_MANIFEST, _CATALOG, _LOCK, _LOCK_HOLDER = "library.json", "catalog.sqlite", "ingest.lock", "ingest.txt"
_CAPTIONS = "captions.csv"  # of an export
_LIBRARY_FILES = (_MANIFEST, _CATALOG, _LOCK, _LOCK_HOLDER, _CAPTIONS)
MAX_MANIFEST_BYTES = 256 * 1024

Kind = TypeVar("Kind", Format, Container)


def is_library(names: Collection[str], read: Callable[[str], bytes]) -> bool:
    """Return whether a folder is a library, an export of one, or one that is just being made.

    Other programs have a `library.json` as well.

    Args:
        names: the names of the files in the folder.
        read: returns the bytes of a file in the folder.
    """
    if sum(name in names for name in (_CATALOG, _LOCK, _LOCK_HOLDER, _MANIFEST)) > 1:
        return True
    if _MANIFEST not in names:
        return False
    try:
        manifest = json.loads(read(_MANIFEST)[:MAX_MANIFEST_BYTES])
    except (ArchiveError, OSError, ValueError, RecursionError):
        return False
    if not isinstance(manifest, dict):
        return False
    is_export = set(manifest) == {"encoder"} and _CAPTIONS in names
    return {"version", "collection"} <= manifest.keys() or is_export


def is_library_folder(folder: str) -> bool:
    """Return whether a folder on the disk is a library."""
    names = [name for name in _LIBRARY_FILES if os.path.exists(f"{folder}/{name}")]  # noqa: PTH110  of every folder
    return is_library(names, lambda name: Path(folder, name).read_bytes())


def is_in_library(path: str, root: str) -> bool:
    """Return whether a path is a library below `root`, or lies in one."""
    location = Path(path)
    folders = [folder for folder in (location, *location.parents) if Path(root) in folder.parents]
    return any(is_library_folder(str(folder)) for folder in folders)


def library_folders(paths: Iterable[str], read: Callable[[str], bytes]) -> set[str]:
    """Return the folders among the paths of an archive that are libraries; the archive itself never counts."""
    names: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        if posixpath.basename(path) in _LIBRARY_FILES:
            names[posixpath.dirname(path)].add(posixpath.basename(path))

    def has_library(folder: str) -> bool:
        return is_library(names[folder], lambda name: read(posixpath.join(folder, name)))

    return {folder for folder in names if folder and has_library(folder)}


def paths_outside(folders: Collection[str], paths: Iterable[str]) -> Iterator[str]:
    """Yield the paths that lie in none of the folders."""
    starts = tuple(f"{folder}/" for folder in folders)
    return (path for path in paths if not starts or not path.startswith(starts))


MAX_FILE_BYTES = 256 * 1024 * 1024
SKIPPED_FOLDERS = {"node_modules", "__pycache__", "__MACOSX", "vendor", "bower_components"}


class Files(Protocol):
    """The files of one archive by archive-relative POSIX path."""

    name: str
    location: str
    only: str | None  # the document to read; None for the whole archive
    refused: dict[str, str]  # path -> why it cannot or must not be read
    skipped: dict[str, str]  # path -> why it is no issue
    containers: dict[str, list[str]]  # path of a text that contains issues -> their paths; set by `paths()`

    def paths(self) -> list[str]:
        """Return every path that may be read, sorted."""
        ...

    def read(self, path: str) -> bytes:
        """Return the bytes of a file; raise ArchiveError if it cannot be read or is too large."""
        ...

    def stamp(self, path: str) -> str:
        """Return size, times and inode, which stay the same while a file is unchanged; "" if they are not available."""
        ...

    def open(self, path: str) -> BinaryIO:
        """Open a file of any size, seekable, for the caller to close; raise ArchiveError if it cannot be read."""
        ...

    def mentions_of(self, container: str) -> tuple[Mention, ...]:
        """Return the addresses of pictures in one of `containers` that none of its issues has."""
        ...

    def close(self) -> None:
        """Close all open files; nothing can be read afterwards."""
        ...


class FolderFiles:
    """The files below a folder; links out of it are refused."""

    def __init__(self, root: Path, only: str | None = None) -> None:
        self._root = root.resolve()
        self.only = only
        self.location = str(self._root / only if only else self._root)
        self.name = Path(self.location).name or "archive"
        self.refused: dict[str, str] = {}
        self.skipped: dict[str, str] = {}
        self.containers: dict[str, list[str]] = {}

    def paths(self) -> list[str]:
        return sorted(self._walk())

    def read(self, path: str) -> bytes:
        with self.open(path) as file:
            size = file.seek(0, os.SEEK_END)
            if size > MAX_FILE_BYTES:
                raise ArchiveError(_size_message(path, size))
            file.seek(0)
            return file.read()

    def stamp(self, path: str) -> str:
        try:
            status = os.stat(f"{self._root}/{path}")  # noqa: PTH116  ten thousand of them: Path costs more than the call
        except OSError:
            return ""
        # The change time as well as the modification time: no program sets it back.
        return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"

    def open(self, path: str) -> BinaryIO:
        file = self._root / path
        if not file.resolve().is_relative_to(self._root):
            raise ArchiveError(f"{path} leads out of the archive and is not read.")
        try:
            if not file.is_file():  # a pipe would block, a device would never end
                raise ArchiveError(f"{path} no longer exists, or is not a readable file.")
            return file.open("rb")
        except OSError as error:
            raise ArchiveError(f"{path} cannot be read: {error.strerror or error}.") from error

    def mentions_of(self, container: str) -> tuple[Mention, ...]:  # noqa: ARG002
        """Return nothing: there are no containers here."""
        return ()

    def close(self) -> None:
        """Do nothing: no file stays open."""

    def _walk(self) -> Iterator[str]:
        """Yield the files of the archive below the folder; only links can lead out of it."""
        for folder, folders, names in os.walk(self._root, onerror=self._refuse):
            below = "" if folder == str(self._root) else f"{Path(folder).relative_to(self._root).as_posix()}/"
            if below and is_library({*folders, *names}, partial(_read_file, folder)):
                folders[:] = []
                if self.only is None:
                    self.skipped[below.rstrip("/")] = IS_A_LIBRARY
                continue
            if below and is_maildir_folder(folder):
                folders[:], names = ["cur", "new"], []  # the others belong to the mail server
            folders[:] = sorted(
                name for name in folders if is_wanted(name) or is_maildir_folder(f"{folder}/{name}")
            )
            for name in filter(is_wanted, names):
                if self._is_inside(f"{below}{name}"):
                    yield f"{below}{name}"

    def _is_inside(self, path: str) -> bool:
        try:
            path.encode()
            # os.walk does not follow links to folders.
            file = f"{self._root}/{path}"
            if not os.path.islink(file) or Path(file).resolve().is_relative_to(self._root):  # noqa: PTH114
                return True
            self.refused[path] = "leads out of the archive"
        except UnicodeEncodeError:
            self.refused[path.encode(errors="backslashreplace").decode()] = (
                "its name is not valid Unicode: rename it"
            )
        except (OSError, RuntimeError) as error:
            self.refused[path] = f"cannot be read: {error}"
        return False

    def _refuse(self, error: OSError) -> None:
        folder = Path(error.filename)
        if folder == self._root:
            raise ArchiveError(f"{folder} cannot be read: {error.strerror}. Change its permissions.")
        # As a path of the archive, so that issues below it do not count as deleted.
        self.refused[folder.relative_to(self._root).as_posix()] = f"cannot be read: {error.strerror}"


class ZipFiles:
    """The files in a zip."""

    def __init__(self, location: Path) -> None:
        self.location = str(location.resolve())
        self.name = location.stem
        self.only: str | None = None
        self.skipped: dict[str, str] = {}
        self.containers: dict[str, list[str]] = {}
        self._zip = SafeZip(location, str(location))
        self.refused = self._zip.refused

    def paths(self) -> list[str]:
        return [
            path
            for path in self._zip.paths()
            if all(map(is_wanted, (maildir_message(path) or path).split("/")))
        ]

    def read(self, path: str) -> bytes:
        return self._zip.read(path)

    def stamp(self, path: str) -> str:
        return self._zip.stamp(path)

    def open(self, path: str) -> BinaryIO:
        return io.BytesIO(self.read(path))

    def mentions_of(self, container: str) -> tuple[Mention, ...]:  # noqa: ARG002
        """Return nothing: there are no containers here."""
        return ()

    def close(self) -> None:
        self._zip.close()


def head_of(files: Files, path: str) -> bytes:
    """Return the first HEAD_BYTES of a file; none if it cannot be read."""
    try:
        with files.open(path) as file:
            return file.read(HEAD_BYTES)
    except (ArchiveError, OSError):
        return b""


def is_whole_zip(location: Path) -> bool:
    """Return whether a file of any name is a zip, and not a document format based on zip."""
    suffix = location.suffix.lower()
    document_suffixes = {
        *(claimed for format in FORMATS for claimed in format.suffixes),
        *(claimed for container in CONTAINERS for claimed in container.suffixes),
    }
    return suffix not in document_suffixes - {".zip"} and zipfile.is_zipfile(location)


def is_wanted(name: str) -> bool:
    """Return whether a file or folder of that name belongs to the archive and not to a program."""
    return not name.startswith(".") and name not in SKIPPED_FOLDERS


def is_maildir_folder(path: str) -> bool:
    """Return whether the folder has the name and the subfolders of a folder in a Maildir++."""
    has_maildir_name = maildir_folder(os.path.basename(path)) is not None  # noqa: PTH119  of every folder: Path costs more
    return has_maildir_name and all(os.path.isdir(f"{path}/{name}") for name in ("cur", "new"))  # noqa: PTH112


def _read_file(folder: str, name: str) -> bytes:
    return Path(folder, name).read_bytes()


def _size_message(path: str, size: int) -> str:
    return f"{path} has {size:,} bytes, more than the {MAX_FILE_BYTES:,} that are read. Split it or leave it out."


def format_of(path: str, head: Callable[[], bytes]) -> Format | None:
    """Return the format of the document at `path`, or None. `head` reads the first HEAD_BYTES if they are needed."""
    return _matching_format(FORMATS, path, head)


def container_of(path: str, head: Callable[[], bytes]) -> Container | None:
    """Return the container format of the file at `path`, or None if it is not a container."""
    return _matching_format(CONTAINERS, path, head)


def _matching_format(kinds: tuple[Kind, ...], path: str, head: Callable[[], bytes]) -> Kind | None:
    candidates = [kind for kind in kinds if path.lower().endswith(kind.suffixes)]
    if any(kind.recognises for kind in candidates):
        start = head()
        candidates = [kind for kind in candidates if not kind.recognises or kind.recognises(start)]
    return candidates[0] if candidates else None
