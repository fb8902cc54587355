"""The files of an archive, wherever it lies: a folder or a zip. Nothing outside the archive is ever read."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Protocol

from explorer.errors import ArchiveProblem

MAX_FILE_BYTES = 256 * 1024 * 1024
# A zip member that claims to grow more than this is a bomb: text compresses about 10-fold, diagrams 100-fold.
MAX_ZIP_RATIO = 1000
_NAME_IS_UTF_8 = 0x800  # of a member's general purpose flags
SKIPPED_FOLDERS = {"node_modules", "__pycache__", "__MACOSX", "vendor", "bower_components"}


class Files(Protocol):
    """The files of one archive by archive-relative POSIX path."""

    name: str
    location: str
    only: str | None  # the one document that was named, when a document rather than a folder was
    refused: dict[str, str]  # path -> why it is not read

    def paths(self) -> list[str]:
        """Every path that may be read, sorted."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of a file; ArchiveProblem when it cannot be read or is too large."""
        ...


def open_archive(location: Path) -> Files:
    """The files of the folder, zip or single document at `location`; ArchiveProblem when there is nothing to read."""
    if location.is_dir():
        return FolderFiles(location)
    if not location.exists():
        raise ArchiveProblem(f"{location} does not exist. Name a folder, a zip or a document.")
    if zipfile.is_zipfile(location):
        return ZipFiles(location)
    return FolderFiles(location.parent, only=location.name)


class FolderFiles:
    """The files below a folder; links that lead out of it are refused."""

    def __init__(self, root: Path, only: str | None = None) -> None:
        self._root = root.resolve()
        self.only = only
        self.location = str(self._root / only if only else self._root)
        self.name = Path(self.location).name or "archive"
        self.refused: dict[str, str] = {}

    def paths(self) -> list[str]:
        return sorted(path for path in self._walk() if self._inside(path))

    def read(self, path: str) -> bytes:
        file = self._root / path
        if not file.resolve().is_relative_to(self._root):
            raise ArchiveProblem(f"{path} leads out of the archive and is not read.")
        try:
            if not file.is_file():  # a pipe would be waited for, a device read for ever
                raise ArchiveProblem(f"{path} is gone, or is no file that can be read.")
            size = file.stat().st_size
            if size > MAX_FILE_BYTES:
                raise ArchiveProblem(_too_large(path, size))
            return file.read_bytes()
        except OSError as error:
            raise ArchiveProblem(f"{path} cannot be read: {error.strerror or error}.") from error

    def _walk(self) -> Iterator[str]:
        for folder, folders, names in os.walk(self._root, onerror=self._refuse):
            folders[:] = sorted(name for name in folders if _is_wanted(name))
            for name in names:
                if _is_wanted(name):
                    yield Path(folder, name).relative_to(self._root).as_posix()

    def _inside(self, path: str) -> bool:
        try:
            path.encode()
            if (self._root / path).resolve().is_relative_to(self._root):
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
        self.refused[str(error.filename)] = f"cannot be read: {error.strerror}"


class ZipFiles:
    """The files in a zip; names that would leave it and members that grow absurdly are refused."""

    def __init__(self, location: Path) -> None:
        self.location = str(location.resolve())
        self.name = location.stem
        self.only: str | None = None
        self.refused: dict[str, str] = {}
        try:
            self._zip = zipfile.ZipFile(location)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise ArchiveProblem(f"{location} is not a readable zip: {error}. Make it again.") from error
        self._members = dict(self._safe_members())

    def paths(self) -> list[str]:
        return sorted(self._members)

    def read(self, path: str) -> bytes:
        info = self._members.get(path)
        if info is None:
            raise ArchiveProblem(f"{path} is not in the zip.")
        try:
            with self._zip.open(info) as member:
                # The header may lie about the size: what is read is bounded, whatever it says.
                data = member.read(MAX_FILE_BYTES + 1)
        except Exception as error:
            raise ArchiveProblem(f"{path} cannot be unpacked: {error}.") from error
        if len(data) > MAX_FILE_BYTES:
            raise ArchiveProblem(_too_large(path, len(data)))
        return data

    def _safe_members(self) -> Iterator[tuple[str, zipfile.ZipInfo]]:
        for info in self._zip.infolist():
            path = PurePosixPath(_name_in_zip(info).replace("\\", "/"))
            if not path.name:
                self.refused[info.filename] = "has no name"
            elif info.is_dir():
                continue
            elif path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
                self.refused[info.filename] = "leads out of the archive"
            elif info.file_size > MAX_FILE_BYTES or info.file_size > MAX_ZIP_RATIO * max(
                info.compress_size, 1024
            ):
                self.refused[info.filename] = f"would unpack to {info.file_size:,} bytes"
            elif all(_is_wanted(part) for part in path.parts):
                yield path.as_posix(), info


def _name_in_zip(info: zipfile.ZipInfo) -> str:
    """The name of a member; many programs write UTF-8 without saying so, which then is read as an old DOS code."""
    if info.flag_bits & _NAME_IS_UTF_8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _is_wanted(name: str) -> bool:
    return not name.startswith(".") and name not in SKIPPED_FOLDERS


def _too_large(path: str, size: int) -> str:
    return f"{path} has {size:,} bytes, more than the {MAX_FILE_BYTES:,} that are read. Split it or leave it out."
