"""Zip files as containers. Members with paths that lead out of the zip, and zip bombs, are refused."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import partial
from html import unescape
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote

from explorer.archive.convert.decoding import collect_damage, decode
from explorer.archive.convert.format_kinds import Container, Members
from explorer.archive.storage.zip_names import names_of_members
from explorer.errors import ArchiveError

MAX_MEMBER_BYTES = 256 * 1024 * 1024
# A member with a higher compression ratio is a zip bomb: text compresses about 10-fold, diagrams 100-fold.
MAX_RATIO = 1000
# Texts that are read to find the encoding of the member names: their number and the bytes of each.
MAX_TEXTS, MAX_TEXT_BYTES = 40, 256 * 1024
_TEXT_SUFFIXES = (
    ".html",
    ".htm",
    ".xhtml",
    ".md",
    ".markdown",
    ".txt",
    ".qmd",
    ".rmd",
    ".mdx",
    ".opf",
    ".json",
    ".css",
    ".csv",
)


class SafeZip:
    """The members of a zip that may be read, by path; `refused` has the reasons why others may not."""

    def __init__(self, file: BinaryIO | Path, name: str) -> None:
        self.refused: dict[str, str] = {}
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise ArchiveError(f"{name} is not a readable zip: {error}. Create it again.") from error
        self._members = dict(self._safe_members())

    def paths(self) -> list[str]:
        return sorted(self._members)

    def read(self, path: str) -> bytes:
        """Return the bytes of a member.

        Raises:
            ArchiveError: The member is not in the zip, cannot be unpacked or is too large.
        """
        info = self._members.get(path)
        if info is None:
            raise ArchiveError(f"{path} is not in the zip.")
        try:
            with self._zip.open(info) as member:
                # The size in the header may be wrong: limit what is read.
                data = member.read(MAX_MEMBER_BYTES + 1)
        except Exception as error:
            raise ArchiveError(f"{path} cannot be unpacked: {error}.") from error
        if len(data) > MAX_MEMBER_BYTES:
            raise ArchiveError(
                f"{path} has {len(data):,} bytes, more than the {MAX_MEMBER_BYTES:,} that are read."
            )
        return data

    def stamp(self, path: str) -> str:
        """Return the size and the checksum of a member according to the zip."""
        info = self._members[path]
        return f"{info.file_size}:{info.CRC}"

    def close(self) -> None:
        self._zip.close()

    def _safe_members(self) -> Iterator[tuple[str, zipfile.ZipInfo]]:
        members = self._zip.infolist()
        names = names_of_members(members, self._sample_texts)
        for info in members:
            path = PurePosixPath(names[info].replace("\\", "/"))
            if not path.name:
                self.refused[names[info]] = "has no name"
            elif info.is_dir():
                continue
            elif path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
                self.refused[names[info]] = "leads out of the archive"
            elif info.file_size > MAX_MEMBER_BYTES or info.file_size > MAX_RATIO * max(
                info.compress_size, 1024
            ):
                self.refused[names[info]] = f"would unpack to {info.file_size:,} bytes"
            else:
                yield path.as_posix(), info

    def _sample_texts(self) -> Iterator[str]:
        """Yield the beginnings of some texts in the zip that can be read."""
        members = [
            member for member in self._zip.infolist() if member.filename.lower().endswith(_TEXT_SUFFIXES)
        ]
        for info in members[:MAX_TEXTS]:
            try:
                with self._zip.open(info) as stream, collect_damage():  # reported when the member is read
                    yield unquote(unescape(decode(stream.read(MAX_TEXT_BYTES))))
            except Exception:  # noqa: BLE001, S112  zipfile fails in many ways on a damaged member
                continue


def _unpack(stream: BinaryIO, path: str) -> Members:
    zipped = SafeZip(stream, path)
    return {member: partial(zipped.read, member) for member in zipped.paths()}


ZIP = Container("zip", "what is in it, as if it were a folder", (".zip",), _unpack)
