"""Zip files, as containers of documents; names that would leave them and members that grow absurdly are refused."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from explorer.archive.formats.kinds import Container, Members
from explorer.errors import ArchiveProblem

MAX_MEMBER_BYTES = 256 * 1024 * 1024
# A member that claims to grow more than this is a bomb: text compresses about 10-fold, diagrams 100-fold.
MAX_RATIO = 1000
_NAME_IS_UTF_8 = 0x800  # of a member's general purpose flags


class SafeZip:
    """The members of a zip that may be read, by path; `refused` says why others may not."""

    def __init__(self, file: BinaryIO | Path, name: str) -> None:
        self.refused: dict[str, str] = {}
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise ArchiveProblem(f"{name} is not a readable zip: {error}. Make it again.") from error
        self._members = dict(self._safe_members())

    def paths(self) -> list[str]:
        return sorted(self._members)

    def read(self, path: str) -> bytes:
        """The bytes of a member; ArchiveProblem when it cannot be unpacked, or is not there."""
        info = self._members.get(path)
        if info is None:
            raise ArchiveProblem(f"{path} is not in the zip.")
        try:
            with self._zip.open(info) as member:
                # The header may lie about the size: what is read is bounded, whatever it says.
                data = member.read(MAX_MEMBER_BYTES + 1)
        except Exception as error:
            raise ArchiveProblem(f"{path} cannot be unpacked: {error}.") from error
        if len(data) > MAX_MEMBER_BYTES:
            raise ArchiveProblem(
                f"{path} has {len(data):,} bytes, more than the {MAX_MEMBER_BYTES:,} that are read."
            )
        return data

    def stamp(self, path: str) -> str:
        """The size and the checksum that the zip gives for a member."""
        info = self._members[path]
        return f"{info.file_size}:{info.CRC}"

    def close(self) -> None:
        self._zip.close()

    def _safe_members(self) -> Iterator[tuple[str, zipfile.ZipInfo]]:
        for info in self._zip.infolist():
            path = PurePosixPath(_name_of(info).replace("\\", "/"))
            if not path.name:
                self.refused[info.filename] = "has no name"
            elif info.is_dir():
                continue
            elif path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
                self.refused[info.filename] = "leads out of the archive"
            elif info.file_size > MAX_MEMBER_BYTES or info.file_size > MAX_RATIO * max(
                info.compress_size, 1024
            ):
                self.refused[info.filename] = f"would unpack to {info.file_size:,} bytes"
            else:
                yield path.as_posix(), info


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name of a member; many programs write UTF-8 without saying so, which then is read as an old DOS code."""
    if info.flag_bits & _NAME_IS_UTF_8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _unpack(stream: BinaryIO, path: str) -> Members:
    zipped = SafeZip(stream, path)
    return {member: partial(zipped.read, member) for member in zipped.paths()}


ZIP = Container("zip", "what is in it, as if it were a folder", (".zip",), _unpack)
