"""The generations of an index in a folder: numbers, the pointer to the current one, leftovers of crashes.

    CURRENT                     the number of the current generation
    writer.lock, writer.txt     held by the one program that builds, and which that is
    generations/000007/
        shard/                  what the engine keeps
        manifest.json           written last: a generation without it was never finished
        digests.json            the digest of every point: what the next build need not read out of the shard
        files.json              what the shard consisted of then, by size
        sums.json               and by checksum: what the engine itself writes anew when it loads a shard is left out

Nothing here knows the engine. A new generation is written beside the current one and becomes current when
CURRENT is replaced, in one rename; whatever is killed before that leaves the old one as it was.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.errors import IndexDamagedError, IndexInUseError, IndexMissingError, SearchIndexError
from explorer.index.edge.sparse_copy import checksum
from explorer.index.manifest import FILL, REBUILD, Manifest
from explorer.system.locks import LockHeldError, process_lock

KEEP = 3
"""Generations kept: the current one and two that a reader may have open or a user may want back."""


@dataclass(frozen=True, slots=True)
class Generation:
    """The folder of one generation."""

    folder: Path
    number: int

    @property
    def shard(self) -> Path:
        """The engine's part of it."""
        return self.folder / "shard"

    @property
    def is_finalized(self) -> bool:
        """Whether it was finished. It may still not be current, and is then a leftover like any other."""
        return (self.folder / "manifest.json").exists()

    def read_manifest(self) -> Manifest:
        """What made it; IndexDamagedError unless every file of the shard is there as it was written."""
        try:
            manifest = Manifest.from_json((self.folder / "manifest.json").read_text(encoding="utf-8"))
            files: dict[str, int] = json.loads((self.folder / "files.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise damaged(self.folder, error) from error
        for name, size in files.items():
            file = self.shard / name
            if not file.is_file() or file.stat().st_size < size:
                raise damaged(self.folder, f"{file} is missing or cut short")
        return manifest

    def changed_files(self) -> list[Path]:
        """The files of the shard that do not hold what they held when it was finished. Reads every byte of them."""
        if not (self.folder / "sums.json").exists():
            return []  # finished before sums were kept
        sums = self._written("sums.json")
        if sums is None:
            return [self.folder / "sums.json"]
        return [
            self.shard / name
            for name, raw_points in sums.items()
            if _checksum(self.shard / name) != raw_points
        ]

    def read_digests(self) -> dict[str, str] | None:
        """The digest of every point, by id; None where they were not written down, or cannot be read."""
        return self._written("digests.json")

    def sums(self) -> dict[str, int]:
        """The checksums of the shard's files by name, as far as they were written down."""
        return self._written("sums.json") or {}

    def finalize(self, manifest: Manifest, digests: Mapping[str, str], known: Mapping[str, int]) -> None:
        """Write the manifest, last of all, and bring everything to the disk.

        `known` are the checksums of files that are on the disk already, since another generation has them too.
        """
        files = {file.relative_to(self.shard).as_posix(): file for file in _files(self.shard)}
        sizes = {name: file.stat().st_size for name, file in files.items()}
        new = {name: file for name, file in files.items() if name not in known}
        summed = {name: file for name, file in new.items() if file.suffix != ".json"}
        folders = [path for path in self.shard.rglob("*") if path.is_dir()]
        with ThreadPoolExecutor() as pool:  # one waits for the disk while the other counts
            synced = pool.map(_to_disk, (*new.values(), *folders, self.shard))
            sums = dict(zip(summed, pool.map(checksum, summed.values()), strict=True))
            list(synced)
        sums |= {name: raw_points for name, raw_points in known.items() if name in files}
        written = {"files.json": sizes, "sums.json": sums, "digests.json": dict(digests)}
        for name, told in written.items():
            (self.folder / name).write_text(json.dumps(told), encoding="utf-8")
        (self.folder / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
        for path in (*(self.folder / name for name in written), self.folder / "manifest.json", self.folder):
            _to_disk(path)

    def remove(self) -> None:
        """Delete the folder, as far as the system lets it go."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _written(self, name: str) -> dict[str, Any] | None:
        """What was written down in a file; None where it was not, or cannot be read."""
        try:
            found: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found


@dataclass(frozen=True, slots=True)
class Generations:
    """All generations of one index."""

    folder: Path

    def current(self) -> Generation | None:
        """The generation that CURRENT names; None where nothing was ever finished."""
        try:
            text = (self.folder / "CURRENT").read_text(encoding="ascii")
            return self._at(int(text))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise damaged(self.folder, error) from error

    def newest(self) -> Generation:
        """The current generation; IndexMissingError where there is none."""
        current = self.current()
        if current is None:
            raise IndexMissingError(
                f"Nothing is indexed in {self.folder} yet. Index an archive first: {FILL} ARCHIVE"
            )
        return current

    def leftovers(self) -> list[Path]:
        """What builds that were stopped left behind; the next build deletes it."""
        last = self._last()
        unfinished = [self._at(number).folder for number in self._numbers() if number > last]
        return [*unfinished, *self.folder.glob("CURRENT.new")]

    def begin(self) -> Generation:
        """A new, empty folder for the generation after the current one, where crashed builds left theirs."""
        last = self._last()
        for number in self._numbers():
            if number > last:
                shutil.rmtree(self._at(number).folder)
        begun = self._at(last + 1)
        begun.folder.mkdir(parents=True)
        return begun

    def switch_to(self, generation: Generation) -> None:
        """Make it the current one, and forget those before the last few."""
        fresh = self.folder / "CURRENT.new"
        fresh.write_text(f"{generation.number}\n", encoding="ascii")
        _to_disk(self.folder / "generations")
        _to_disk(fresh)
        fresh.replace(self.folder / "CURRENT")
        _to_disk(self.folder)
        for number in self._numbers():
            if number <= generation.number - KEEP:
                # A system that cannot remove open files keeps them until the next build.
                self._at(number).remove()

    def remove(self) -> None:
        """Delete them all, the pointer first: what is left of a crash is no index."""
        (self.folder / "CURRENT").unlink(missing_ok=True)
        shutil.rmtree(self.folder / "generations", ignore_errors=True)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one program that builds here; IndexInUseError when another one is."""
        with contextlib.ExitStack() as held:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                held.enter_context(process_lock(self.folder / "writer.lock"))
            except LockHeldError as holder:
                raise IndexInUseError(
                    f"{self.folder} is being written by {holder}. Wait until it is done."
                ) from holder
            except OSError as error:
                raise unwritable(self.folder, error) from error
            yield

    def _last(self) -> int:
        try:
            current = self.current()
        except IndexDamagedError:
            # A broken pointer must not stand in the way of the build that mends it.
            return max(self._numbers(), default=0)
        return current.number if current else 0

    def _at(self, number: int) -> Generation:
        return Generation(self.folder / "generations" / f"{number:06d}", number)

    def _numbers(self) -> list[int]:
        names = [folder.name for folder in (self.folder / "generations").glob("*")]
        return sorted(int(name) for name in names if name.isdecimal())


def damaged(folder: Path, reason: object) -> IndexDamagedError:
    """The problem of broken files, with the way out."""
    return IndexDamagedError(
        f"The index in {folder} is damaged ({reason}). Make it anew from the catalog: {REBUILD}"
    )


def unwritable(folder: Path, error: OSError) -> SearchIndexError:
    """The problem of a folder in which nothing can be written."""
    return SearchIndexError(
        f"The index in {folder} cannot be written: {error.strerror or error}. Check the folder's rights and free space."
    )


def _checksum(file: Path) -> int | None:
    try:
        return checksum(file)
    except OSError:
        return None


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _to_disk(path: Path) -> None:
    """Outlive a power failure. Systems that cannot open a folder need not be told about one."""
    if path.is_dir() and not hasattr(os, "O_DIRECTORY"):
        return
    file = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)
