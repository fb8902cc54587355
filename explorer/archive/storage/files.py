"""The files of an archive, wherever it lies: a folder or a zip. Nothing outside the archive is ever read."""

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
from typing import BinaryIO, Protocol

from explorer.archive.convert.email.mailboxes import maildir_folder, maildir_message
from explorer.archive.convert.formats import CONTAINERS, FORMATS, HEAD_BYTES
from explorer.archive.convert.zipped import SafeZip
from explorer.archive.model import Mention
from explorer.errors import ArchiveError

IS_A_LIBRARY = "is a library of the explorer"
_MANIFEST, _CATALOG, _LOCK, _HOLDER = "library.json", "catalog.sqlite", "ingest.lock", "ingest.txt"
_CAPTIONS = "captions.csv"  # of an export
_NAMES = (_MANIFEST, _CATALOG, _LOCK, _HOLDER, _CAPTIONS)
MAX_MANIFEST_BYTES = 256 * 1024


def is_library(names: Collection[str], read: Callable[[str], bytes]) -> bool:
    """Whether a folder of these names is a library, an export of one, or one that is just being made.

    `read` gives the bytes of a file of that folder. Other programs have a `library.json` as well.
    """
    if sum(name in names for name in (_CATALOG, _LOCK, _HOLDER, _MANIFEST)) > 1:
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
    """The same of a folder on the disk."""
    names = [name for name in _NAMES if os.path.exists(f"{folder}/{name}")]  # noqa: PTH110  of every folder
    return is_library(names, lambda name: Path(folder, name).read_bytes())


def is_in_library(path: str, root: str) -> bool:
    """Whether a path is that of a library below `root`, or of something in one."""
    below = Path(path)
    around = [folder for folder in (below, *below.parents) if Path(root) in folder.parents]
    return any(is_library_folder(str(folder)) for folder in around)


def library_folders(paths: Iterable[str], read: Callable[[str], bytes]) -> set[str]:
    """The folders among the paths of an archive that are libraries; the archive itself is none."""
    names: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        if posixpath.basename(path) in _NAMES:
            names[posixpath.dirname(path)].add(posixpath.basename(path))

    def is_one(folder: str) -> bool:
        return is_library(names[folder], lambda name: read(posixpath.join(folder, name)))

    return {folder for folder in names if folder and is_one(folder)}


def outside_of(folders: Collection[str], paths: Iterable[str]) -> Iterator[str]:
    """The paths that lie in none of the folders."""
    starts = tuple(f"{folder}/" for folder in folders)
    return (path for path in paths if not starts or not path.startswith(starts))


MAX_FILE_BYTES = 256 * 1024 * 1024
SKIPPED_FOLDERS = {"node_modules", "__pycache__", "__MACOSX", "vendor", "bower_components"}


class Files(Protocol):
    """The files of one archive by archive-relative POSIX path."""

    name: str
    location: str
    only: str | None  # the one document that was named, when a document rather than a folder was
    refused: dict[str, str]  # path -> why it cannot or must not be read
    skipped: dict[str, str]  # path -> why it is no issue
    containers: dict[
        str, list[str]
    ]  # path of a text that holds issues -> their paths, once `paths` was asked

    def paths(self) -> list[str]:
        """Every path that may be read, sorted."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of a file; ArchiveError when it cannot be read or is too large."""
        ...

    def stamp(self, path: str) -> str:
        """Size, times and place: the same as before for a file that was not touched. "" where nobody can say."""
        ...

    def open(self, path: str) -> BinaryIO:
        """A file of any size, seekable, for the caller to close; ArchiveError when it cannot be read."""
        ...

    def mentions_of(self, container: str) -> tuple[Mention, ...]:
        """The addresses of pictures in one of `containers` that none of its issues has."""
        ...

    def close(self) -> None:
        """Lets go of what is open; nothing can be read after it."""
        ...


class FolderFiles:
    """The files below a folder; links that lead out of it are refused."""

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
                raise ArchiveError(_too_large(path, size))
            file.seek(0)
            return file.read()

    def stamp(self, path: str) -> str:
        try:
            told = os.stat(f"{self._root}/{path}")  # noqa: PTH116  ten thousand of them: Path costs more than the call
        except OSError:
            return ""
        # The time of change as well as of modification: no program sets it back.
        return f"{told.st_size}:{told.st_mtime_ns}:{told.st_ctime_ns}:{told.st_ino}"

    def open(self, path: str) -> BinaryIO:
        file = self._root / path
        if not file.resolve().is_relative_to(self._root):
            raise ArchiveError(f"{path} leads out of the archive and is not read.")
        try:
            if not file.is_file():  # a pipe would be waited for, a device read for ever
                raise ArchiveError(f"{path} is gone, or is no file that can be read.")
            return file.open("rb")
        except OSError as error:
            raise ArchiveError(f"{path} cannot be read: {error.strerror or error}.") from error

    def mentions_of(self, container: str) -> tuple[Mention, ...]:  # noqa: ARG002
        """Nothing here is a container."""
        return ()

    def close(self) -> None:
        """Nothing stays open."""

    def _walk(self) -> Iterator[str]:
        """Every file below, as far as it is the archive's; only what is a link can lead out of it."""
        for folder, folders, names in os.walk(self._root, onerror=self._refuse):
            below = "" if folder == str(self._root) else f"{Path(folder).relative_to(self._root).as_posix()}/"
            if below and is_library({*folders, *names}, partial(_read_in, folder)):
                folders[:] = []
                if self.only is None:
                    self.skipped[below.rstrip("/")] = IS_A_LIBRARY
                continue
            if below and is_maildir_folder(folder):
                folders[:], names = ["cur", "new"], []  # the rest is the mail server's own
            folders[:] = sorted(
                name for name in folders if is_wanted(name) or is_maildir_folder(f"{folder}/{name}")
            )
            for name in filter(is_wanted, names):
                if self._inside(f"{below}{name}"):
                    yield f"{below}{name}"

    def _inside(self, path: str) -> bool:
        try:
            path.encode()
            # Folders that are links are not walked into.
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
            raise ArchiveError(
                f"{folder} cannot be read: {error.strerror}. Give yourself the right to read it."
            )
        # As a path of the archive: what was read below it earlier is not taken for gone.
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
        """Nothing here is a container."""
        return ()

    def close(self) -> None:
        self._zip.close()


def head_of(files: Files, path: str) -> bytes:
    """The first HEAD_BYTES of a file; fewer, or none, where it cannot be read."""
    try:
        with files.open(path) as file:
            return file.read(HEAD_BYTES)
    except (ArchiveError, OSError):
        return b""


def is_whole_zip(location: Path) -> bool:
    """Whether the file is an archive in a zip, whatever it is called, and no document that is a zip inside."""
    suffix = location.suffix.lower()
    claimed = {
        *(it for kind in FORMATS for it in kind.suffixes),
        *(it for kind in CONTAINERS for it in kind.suffixes),
    }
    return suffix not in claimed - {".zip"} and zipfile.is_zipfile(location)


def is_wanted(name: str) -> bool:
    """Whether a file or folder of that name belongs to the archive rather than to a program."""
    return not name.startswith(".") and name not in SKIPPED_FOLDERS


def is_maildir_folder(path: str) -> bool:
    """Whether the folder at `path` is hidden as those of a Maildir++ are, and has letters as they have."""
    is_named_so = maildir_folder(os.path.basename(path)) is not None  # noqa: PTH119  of every folder: Path costs more
    return is_named_so and all(os.path.isdir(f"{path}/{name}") for name in ("cur", "new"))  # noqa: PTH112


def _read_in(folder: str, name: str) -> bytes:
    return Path(folder, name).read_bytes()


def _too_large(path: str, size: int) -> str:
    return f"{path} has {size:,} bytes, more than the {MAX_FILE_BYTES:,} that are read. Split it or leave it out."
