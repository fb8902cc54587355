"""An archive in which containers appear as folders: mailboxes, feeds, exports, zips in zips."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from explorer.archive.convert.decoding import collect_damage, decode, describe_damage
from explorer.archive.convert.email.mailboxes import maildir_message
from explorer.archive.convert.exports.post_metadata import posts_of
from explorer.archive.convert.format_kinds import Members, SkippedMember
from explorer.archive.mentioned import AccountedAddresses, addresses_in, mentions_in
from explorer.archive.model import Mention, Read
from explorer.archive.storage.files import (
    IS_A_LIBRARY,
    Files,
    FolderFiles,
    ZipFiles,
    container_of,
    head_of,
    is_whole_zip,
    library_folders,
    paths_outside,
)
from explorer.errors import ArchiveError

MAX_DEPTH = 3  # a mailbox in a zip in a zip; deeper nesting may be an attack


def open_archive(location: Path) -> Files:
    """Open the folder, zip or single document at `location`; raise ArchiveError if it does not exist."""
    if location.is_dir():
        return UnpackedFiles(FolderFiles(location))
    if not location.exists():
        raise ArchiveError(f"{location} does not exist. Give the path of a folder, a zip file or a document.")
    if is_whole_zip(location):
        return UnpackedFiles(ZipFiles(location))
    return UnpackedFiles(FolderFiles(location.parent, only=location.name))


class UnpackedFiles:
    """The files of another `Files`, with the members of each container in its place, at its path and below."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.name, self.location, self.only = files.name, files.location, files.only
        self.refused, self.skipped = files.refused, files.skipped
        self.containers: dict[str, list[str]] = {}
        self._members: dict[str, Read] = {}
        self._file_of: dict[str, str] = {}  # the file that a member comes from, if it is a single one
        self._opened: list[BinaryIO] = []
        self._paths: list[str] | None = None

    def paths(self) -> list[str]:
        if self._paths is None:
            paths = self._without_libraries(
                {path for outer in self._files.paths() for path in self._unpack(outer)}
            )
            self._paths = sorted(paths if self.only else self._with_pages(paths))
        return self._paths

    def read(self, path: str) -> bytes:
        member = self._members.get(path)
        return member() if member else self._files.read(path)

    def stamp(self, path: str) -> str:
        file = self._file_of.get(path)
        if file is None and path in self._members:
            return ""  # made of several files
        return self._files.stamp(file or path)

    def open(self, path: str) -> BinaryIO:
        return io.BytesIO(self.read(path)) if path in self._members else self._files.open(path)

    def mentions_of(self, container: str) -> tuple[Mention, ...]:
        accounted = AccountedAddresses()
        try:
            for member in self.containers[container]:
                for address, _ in addresses_in(decode(self.read(member))):
                    accounted.add(address)
            return mentions_in((decode(self.read(container)),), (), accounted)
        except ArchiveError:  # unpacking reports it
            return ()

    def close(self) -> None:
        for stream in self._opened:
            stream.close()
        self._files.close()

    def _without_libraries(self, paths: set[str]) -> set[str]:
        """Return the paths without those of libraries in zips; the walk of folders excludes the others."""
        libraries = library_folders(paths, self.read)
        if self.only is None:
            self.skipped.update(dict.fromkeys(libraries, IS_A_LIBRARY))
        return set(paths_outside(libraries, paths))

    def _with_pages(self, paths: set[str]) -> set[str]:
        """Replace files that belong together by one document, and remove drafts and lists of posts."""
        from explorer.archive.storage.galleries import galleries_of  # imports Pillow, which few commands need

        posts = posts_of(paths, self._reader_of)
        self._members.update(posts.pages)
        self.skipped.update(posts.skipped)
        self.containers.update({path: [] for path in posts.skipped if path not in self.containers})
        galleries = galleries_of(paths - posts.skipped.keys(), self.name, self.read, self.open)
        self._members.update(galleries.pages)
        for path in (*posts.pages, *galleries.pages):
            self._file_of.pop(path, None)
        return (paths | galleries.pages.keys()) - posts.skipped.keys() - galleries.sidecars

    def _reader_of(self, path: str) -> Read:
        return self._members.get(path) or partial(self._files.read, path)

    def _unpack(self, path: str, depth: int = 0) -> Iterator[str]:
        """Yield the paths that replace a path: itself, its members, or the lasting path of an email in a Maildir."""
        letter = maildir_message(path) if self.only is None else None
        if letter:
            self._members[letter] = partial(self.read, path)
            self._file_of[letter] = path
            yield letter
            return
        wanted = self.only is None or path == self.only or depth
        container = container_of(path, partial(head_of, self, path)) if wanted else None
        if container is None:
            yield path
            return
        if depth == MAX_DEPTH:
            self.refused[path] = f"is nested in {MAX_DEPTH} other containers: unpack some of them"
            return
        members = self._members_of(container.unpack, path)
        if container.is_text:
            self.containers[path] = [
                f"{path}/{name}" for name, read in members if not isinstance(read, SkippedMember)
            ]
        for member, read in members:
            inner = f"{path}/{member}"
            self._members[inner] = read
            self._file_of[inner] = self._file_of.get(path, path)
            if not isinstance(read, SkippedMember):
                yield from self._unpack(inner, depth + 1)
                continue
            self.skipped[inner] = read.reason
            if not container.is_text:  # the mentions of a text are recorded for the text as a whole
                self.containers[inner] = []

    def _members_of(self, unpack: Callable[[BinaryIO, str], Members], path: str) -> list[tuple[str, Read]]:
        try:
            stream = self.open(path)
            self._opened.append(stream)
            with collect_damage() as damages:
                members = list(unpack(stream, path).items())
            if damages:
                self.skipped[path] = str(describe_damage(damages))
        except ArchiveError as error:
            self.refused[path] = str(error)
            return []
        except Exception as error:  # noqa: BLE001  third-party parsers raise errors of any kind
            self.refused[path] = f"cannot be unpacked: {error or type(error).__name__}"
            return []
        return [(member, read) for member, read in members if self._may_be_read(path, member)]

    def _may_be_read(self, path: str, member: str) -> bool:
        parts = PurePosixPath(member).parts
        if not parts or member.startswith("/") or ".." in parts:
            self.refused[f"{path}/{member}"] = "leads out of the archive"
            return False
        return True
