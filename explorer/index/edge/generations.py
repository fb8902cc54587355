"""The generations of an index in a folder: numbers, the pointer to the current one, leftovers of crashes.

    CURRENT                     the number of the current generation
    writer.lock, writer.txt     the lock of the program that builds, and the name of that program
    generations/000007/
        shard/                  the files of the engine
        manifest.json           written last: a generation without it is unfinished
        digests.json            the digest of every point, so that the next build need not read them from the shard
        files.json              the size of each file of the shard
        sums.json               the checksum of each file, except those that the engine rewrites when it loads a shard

Of the engine, this module only knows the files that never change. A new generation is written beside the current one and
becomes current when CURRENT is replaced, in one rename. A build that is killed before that leaves the old generation as it
was.
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
from explorer.index.store import INGEST_COMMAND, REBUILD_COMMAND, Manifest
from explorer.system.files import LockHeldError, process_lock

KEEP_GENERATIONS = 3
"""Number of generations kept: the current one, and two that a reader may have open or a user may want back."""


@dataclass(frozen=True, slots=True)
class Generation:
    """The folder of one generation."""

    folder: Path
    number: int

    @property
    def shard(self) -> Path:
        """The folder of the engine."""
        return self.folder / "shard"

    @property
    def is_finalized(self) -> bool:
        """Whether the generation was finished. A finished one that never became current is a leftover."""
        return (self.folder / "manifest.json").exists()

    def read_manifest(self) -> Manifest:
        """Return the manifest. Raises IndexDamagedError if a file of the shard is missing or cut short."""
        try:
            manifest = Manifest.from_json((self.folder / "manifest.json").read_text(encoding="utf-8"))
            sizes: dict[str, int] = json.loads((self.folder / "files.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise damaged_error(self.folder, error) from error
        for name, size in sizes.items():
            file = self.shard / name
            if not file.is_file() or file.stat().st_size < size:
                raise damaged_error(self.folder, f"{file} is missing or cut short")
        return manifest

    def changed_files(self) -> list[Path]:
        """Return the files of the shard whose content changed since the generation was finished. Reads all of them."""
        if not (self.folder / "sums.json").exists():
            return []  # written by a version without checksums
        checksums = self._read_json("sums.json")
        if checksums is None:
            return [self.folder / "sums.json"]
        return [
            self.shard / name for name, value in checksums.items() if _checksum(self.shard / name) != value
        ]

    def read_digests(self) -> dict[str, str] | None:
        """Return the digest of every point by id, or None if they were not stored or cannot be read."""
        return self._read_json("digests.json")

    def read_checksums(self) -> dict[str, int]:
        """Return the checksums of the shard's files by name, as far as they were stored."""
        return self._read_json("sums.json") or {}

    def shared_checksums(self) -> dict[str, int]:
        """Return the checksums, by name, of the files that the engine never writes again: nine tenths of a large index.

        These are the vectors and graphs of optimised segments. Points are only deleted from such segments, by flags in
        other files; all changes go to the one segment with mutable ids. A file without a checksum is not shared.
        """
        checksums = self.read_checksums()
        segments = [path.parent for path in self.shard.glob("segments/*/id_tracker.mappings")]
        files = (path for segment in segments for path in segment.glob("vector_*/**/*"))
        names = (path.relative_to(self.shard).as_posix() for path in files if _is_immutable(path))
        return {name: checksums[name] for name in names if name in checksums}

    def finalize(
        self, manifest: Manifest, digests: Mapping[str, str], shared_checksums: Mapping[str, int]
    ) -> None:
        """Flush everything to the disk and write the manifest last.

        `shared_checksums` are the checksums of files that another generation shares: these are on the disk already.
        """
        files = {file.relative_to(self.shard).as_posix(): file for file in _files(self.shard)}
        sizes = {name: file.stat().st_size for name, file in files.items()}
        new = {name: file for name, file in files.items() if name not in shared_checksums}
        summed = {name: file for name, file in new.items() if file.suffix != ".json"}
        folders = [path for path in self.shard.rglob("*") if path.is_dir()]
        with ThreadPoolExecutor() as pool:  # checksums are computed while other threads wait for the disk
            synced = pool.map(_fsync, (*new.values(), *folders, self.shard))
            checksums = dict(zip(summed, pool.map(checksum, summed.values()), strict=True))
            list(synced)
        checksums |= {name: value for name, value in shared_checksums.items() if name in files}
        records = {"files.json": sizes, "sums.json": checksums, "digests.json": dict(digests)}
        for name, record in records.items():
            (self.folder / name).write_text(json.dumps(record), encoding="utf-8")
        (self.folder / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
        for path in (*(self.folder / name for name in records), self.folder / "manifest.json", self.folder):
            _fsync(path)

    def remove(self) -> None:
        """Delete the folder, as far as the system allows it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _read_json(self, name: str) -> dict[str, Any] | None:
        """Return the content of a JSON file, or None if it is missing or cannot be read."""
        try:
            content: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return content


@dataclass(frozen=True, slots=True)
class Generations:
    """All generations of one index."""

    folder: Path

    def current(self) -> Generation | None:
        """Return the generation that CURRENT names, or None if no generation was ever finished."""
        try:
            text = (self.folder / "CURRENT").read_text(encoding="ascii")
            return self._generation(int(text))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise damaged_error(self.folder, error) from error

    def newest(self) -> Generation:
        """Return the current generation. Raises IndexMissingError if there is none."""
        current = self.current()
        if current is None:
            raise IndexMissingError(
                f"Nothing is indexed in {self.folder} yet. Index an archive first: {INGEST_COMMAND} ARCHIVE"
            )
        return current

    def leftovers(self) -> list[Path]:
        """Return the files and folders of builds that were killed; the next build deletes them."""
        last_number = self._last_number()
        unfinished = [self._generation(number).folder for number in self._numbers() if number > last_number]
        return [*unfinished, *self.folder.glob("CURRENT.new")]

    def begin(self) -> Generation:
        """Create an empty folder for the next generation, after deleting those of builds that crashed."""
        last_number = self._last_number()
        for number in self._numbers():
            if number > last_number:
                shutil.rmtree(self._generation(number).folder)
        next_generation = self._generation(last_number + 1)
        next_generation.folder.mkdir(parents=True)
        return next_generation

    def switch_to(self, generation: Generation) -> None:
        """Make a generation the current one, and delete all but the last few."""
        new_pointer = self.folder / "CURRENT.new"
        new_pointer.write_text(f"{generation.number}\n", encoding="ascii")
        _fsync(self.folder / "generations")
        _fsync(new_pointer)
        new_pointer.replace(self.folder / "CURRENT")
        _fsync(self.folder)
        for number in self._numbers():
            if number <= generation.number - KEEP_GENERATIONS:
                # A system that cannot delete open files keeps them until the next build.
                self._generation(number).remove()

    def remove(self) -> None:
        """Delete all generations. The pointer goes first: after a crash there is no index."""
        (self.folder / "CURRENT").unlink(missing_ok=True)
        shutil.rmtree(self.folder / "generations", ignore_errors=True)

    @contextlib.contextmanager
    def write_lock(self) -> Iterator[None]:
        """Hold the lock of the one program that builds here. Raises IndexInUseError if another program holds it."""
        with contextlib.ExitStack() as stack:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                stack.enter_context(process_lock(self.folder / "writer.lock"))
            except LockHeldError as holder:
                raise IndexInUseError(
                    f"{self.folder} is being written by {holder}. Wait until that program has finished."
                ) from holder
            except OSError as error:
                raise unwritable_error(self.folder, error) from error
            yield

    def _last_number(self) -> int:
        try:
            current = self.current()
        except IndexDamagedError:
            # A broken pointer must not prevent the build that repairs it.
            return max(self._numbers(), default=0)
        return current.number if current else 0

    def _generation(self, number: int) -> Generation:
        return Generation(self.folder / "generations" / f"{number:06d}", number)

    def _numbers(self) -> list[int]:
        names = [folder.name for folder in (self.folder / "generations").glob("*")]
        return sorted(int(name) for name in names if name.isdecimal())


def damaged_error(folder: Path, reason: object) -> IndexDamagedError:
    """Return the error for broken files; its message says how to repair them."""
    return IndexDamagedError(
        f"The index in {folder} is damaged ({reason}). Rebuild it from the catalog: {REBUILD_COMMAND}"
    )


def unwritable_error(folder: Path, error: OSError) -> SearchIndexError:
    """Return the error for a folder that cannot be written."""
    return SearchIndexError(
        f"The index in {folder} cannot be written: {error.strerror or error}. "
        "Check the permissions of the folder and the free space."
    )


def _checksum(file: Path) -> int | None:
    try:
        return checksum(file)
    except OSError:
        return None


def _is_immutable(path: Path) -> bool:
    """Return whether a file in an optimised segment has vectors, or the links of a graph."""
    names = {"matrix.dat", "quantized.data", "graph.bin", "links_compressed.bin"}
    return path.name in names or path.match("vectors/chunk_*.mmap")


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _fsync(path: Path) -> None:
    """Make a file or folder survive a power failure. Systems that cannot open a folder do not need it for folders."""
    if path.is_dir() and not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
