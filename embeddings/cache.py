"""Vectors that were computed once: an SQLite file that several processes may use at the same time."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np

from embeddings.encoder import Vectors
from embeddings.errors import CacheDamagedError, CacheUnusableError

BUSY_SECONDS = 30.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    content TEXT NOT NULL,
    encoder TEXT NOT NULL,
    kind TEXT NOT NULL,
    shape TEXT NOT NULL,
    numbers BLOB NOT NULL,
    PRIMARY KEY (content, encoder, kind)
)
"""


class VectorKey(NamedTuple):
    """What a vector is of: equal keys have equal vectors."""

    content: str
    """SHA-256 of the picture's or text's bytes."""
    encoder: str
    """The encoder's fingerprint."""
    kind: str
    """Which of its vectors: `picture`, `looks`, `text`."""


class VectorCache:
    """A dictionary on disk from VectorKey to float32 arrays of one or two dimensions.

    Each call is a transaction of its own: what `put_many` has returned from survives the end of the process,
    however it ends. For threads and processes alike. Methods raise CacheDamagedError where the file is not
    readable any more, CacheUnusableError where it cannot be opened or written.
    """

    def __init__(self, path: Path, *, to_read: bool = False) -> None:
        """Opens the file, or makes it and the folder it stands in.

        With `to_read` nothing need be written there: where nothing can be, what the file holds is read as it is, and
        what is put stays in memory.
        """
        self._path = path
        self._lock = Lock()
        self._file = "main"  # what SQLite calls the file
        with self._errors():
            try:
                self._open()
            except (sqlite3.OperationalError, OSError) as error:
                if not to_read or not _is_refused(error):
                    raise
                self._open_as_it_is()

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            self._patiently(self._prepare)
        except (sqlite3.Error, CacheDamagedError):
            self._connection.close()
            raise

    def _open_as_it_is(self) -> None:
        """The file where it and its folder cannot be written, if it is there, and what is put in memory beside it."""
        log = self._path.with_name(f"{self._path.name}-wal")
        if log.exists() and log.stat().st_size:
            raise CacheUnusableError(
                f"The cache of vectors {self._path} holds changes that only a program that may write to its folder can "
                "read. Open it once with one."
            )
        self._connection = sqlite3.connect(
            "file::memory:", uri=True, isolation_level=None, check_same_thread=False
        )
        self._connection.execute(SCHEMA)
        if self._path.exists():
            self._file = "kept"
            self._connection.execute("PRAGMA trusted_schema = OFF")
            self._connection.execute("ATTACH ? AS kept", (f"{self._path.absolute().as_uri()}?immutable=1",))
            self._require_own_schema("kept")
            # A view of this name is found before the table.
            self._connection.execute(
                "CREATE TEMP VIEW vectors AS SELECT * FROM main.vectors UNION ALL SELECT * FROM kept.vectors"
            )

    def _patiently(self, do: Callable[[], None]) -> None:
        # Two that open a new file at once both want it alone for the log, and SQLite lets neither wait.
        from tenacity import (  # here: its import is not free
            Retrying,
            retry_if_exception,
            stop_after_delay,
            wait_random,
        )

        Retrying(
            retry=retry_if_exception(_is_busy),
            wait=wait_random(0.01, 0.1),
            stop=stop_after_delay(BUSY_SECONDS),
            reraise=True,
        )(do)

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA trusted_schema = OFF")
        # A log beside the file lets readers and one writer work at once, and is replayed after a crash.
        self._connection.execute("PRAGMA journal_mode = WAL")
        # Vectors can be computed again, so losing some in a power cut is cheaper than a sync per batch.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(SCHEMA)
        self._require_own_schema("main")

    def _require_own_schema(self, file: str) -> None:
        """CacheDamagedError where the file holds anything but the table: a stranger's may hold what SQLite would run."""
        held = self._connection.execute(f"SELECT type, name, sql FROM {file}.sqlite_master")  # noqa: S608  "main" or "kept"
        own = " ".join(SCHEMA.split()).replace("IF NOT EXISTS ", "")
        for kind, name, text in held:
            is_index = kind == "index" and text is None  # SQLite's own, of the key
            if not is_index and (kind, name, " ".join(str(text).split())) != ("table", "vectors", own):
                raise self._damaged()

    def get_many(self, keys: Iterable[VectorKey]) -> dict[VectorKey, Vectors]:
        """What is there of the keys; the others are left out."""
        query = "SELECT shape, numbers FROM vectors WHERE content = ? AND encoder = ? AND kind = ?"
        with self._transaction("BEGIN"):
            rows = {key: self._connection.execute(query, key).fetchone() for key in keys}
        return {key: self._array(*row) for key, row in rows.items() if row is not None}

    def missing(self, keys: Iterable[VectorKey]) -> list[VectorKey]:
        """Which of the keys are not there, in their order."""
        query = "SELECT 1 FROM vectors WHERE content = ? AND encoder = ? AND kind = ?"
        with self._transaction("BEGIN"):
            return [key for key in keys if self._connection.execute(query, key).fetchone() is None]

    def put_many(self, vectors: Mapping[VectorKey, Vectors]) -> None:
        """Keeps them all, or none; a vector already there is replaced."""
        rows = [
            (*key, _shape(array), np.ascontiguousarray(array, "<f4").tobytes())
            for key, array in vectors.items()
        ]
        with self._transaction("BEGIN IMMEDIATE"):
            self._connection.executemany("INSERT OR REPLACE INTO main.vectors VALUES (?, ?, ?, ?, ?)", rows)

    def everything(self) -> Iterator[tuple[VectorKey, Vectors]]:
        """Every vector with its key, in the order of the keys, as it was when asked."""
        rows = "SELECT content, encoder, kind, shape, numbers FROM vectors ORDER BY content, encoder, kind"
        with self._errors():
            for content, encoder, kind, shape, numbers in self._connection.execute(rows):
                yield VectorKey(content, encoder, kind), self._array(shape, numbers)

    def copy_to(self, path: Path) -> None:
        """Copies the file as it is at one moment, also while others write to it."""
        with self._errors(path), closing(sqlite3.connect(path)) as target:
            self._connection.backup(target, name=self._file)

    def close(self) -> None:
        """Closes the file; the cache is not used after that."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _array(self, shape: str, numbers: bytes) -> Vectors:
        try:
            array = (
                np.frombuffer(numbers, "<f4")
                .astype(np.float32)
                .reshape([int(size) for size in shape.split(",")])
            )
        except (ValueError, TypeError, AttributeError) as error:
            raise self._damaged() from error
        if array.ndim not in (1, 2) or not np.isfinite(array).all():
            raise self._damaged()
        return array

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        # BEGIN IMMEDIATE waits for another writer at the start; a lock met half way would not be waited for.
        with self._lock, self._errors():
            self._connection.execute(begin)
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.rollback()
                raise

    @contextmanager
    def _errors(self, file: Path | None = None) -> Iterator[None]:
        """`file` is the one that is written, where it is another."""
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.ProgrammingError, OSError) as error:
            raise CacheUnusableError(
                f"The cache of vectors {file or self._path} cannot be used: {error}. "
                "Check the folder's rights and free space."
            ) from error
        except sqlite3.DatabaseError as error:
            raise self._damaged() from error

    def _damaged(self) -> CacheDamagedError:
        return CacheDamagedError(
            f"The cache of vectors {self._path} is damaged. Move it away: a new one is made when needed."
        )


def _is_refused(error: sqlite3.Error | OSError) -> bool:
    """Whether it may not be written there."""
    if isinstance(error, sqlite3.Error):
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
    return error.errno in (errno.EROFS, errno.EACCES, errno.EPERM)


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY


def _shape(array: Vectors) -> str:
    return ",".join(map(str, array.shape))
