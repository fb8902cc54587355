"""A cache of computed vectors: an SQLite file that several processes may use at the same time."""

from __future__ import annotations

import errno
import sqlite3
from collections import Counter
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
    """The key of a vector: equal keys have equal vectors."""

    content: str
    """SHA-256 of the bytes of the picture or text."""
    encoder: str
    """The fingerprint of the encoder."""
    kind: str
    """The kind of vector: `picture`, `looks`, `text`."""


class VectorCache:
    """A dictionary on disk from VectorKey to float32 arrays of one or two dimensions.

    Several threads and processes may use it. Each call is a transaction: once `put_many` has returned, its vectors
    survive even if the process is killed. Methods raise CacheDamagedError for an unreadable file, and
    CacheUnusableError for a file that cannot be opened or written.
    """

    def __init__(self, path: Path, *, allow_read_only: bool = False) -> None:
        """Open the file, or create it and its folder.

        With `allow_read_only`, the file or its folder may be read-only. Then its vectors are read, and new vectors are
        stored in memory only.
        """
        self._path = path
        self.stored: Counter[str] = Counter()
        """The vectors that this object stored, by kind."""
        self._lock = Lock()
        self._schema = "main"  # SQLite's name for the file
        with self._translate_errors():
            try:
                self._open()
            except (sqlite3.OperationalError, OSError) as error:
                if not allow_read_only or not _is_refused(error):
                    raise
                self._open_read_only()

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            self._retry_while_busy(self._prepare)
        except (sqlite3.Error, CacheDamagedError):
            self._connection.close()
            raise

    def _open_read_only(self) -> None:
        """Open the file immutably, if it exists, together with a database in memory for new vectors."""
        write_ahead_log = self._path.with_name(f"{self._path.name}-wal")
        if write_ahead_log.exists() and write_ahead_log.stat().st_size:
            raise CacheUnusableError(
                f"The cache of vectors {self._path} has recent changes that cannot be read without write "
                "access to its folder. "
                "Open it once with write access."
            )
        self._connection = sqlite3.connect(
            "file::memory:", uri=True, isolation_level=None, check_same_thread=False
        )
        self._connection.execute(SCHEMA)
        if self._path.exists():
            self._schema = "stored"
            self._connection.execute("PRAGMA trusted_schema = OFF")
            self._connection.execute("ATTACH ? AS stored", (f"{self._path.absolute().as_uri()}?immutable=1",))
            self._require_own_schema("stored")
            # SQLite resolves the name `vectors` to this temporary view before the tables.
            self._connection.execute(
                "CREATE TEMP VIEW vectors AS SELECT * FROM main.vectors UNION ALL SELECT * FROM stored.vectors"
            )

    def _retry_while_busy(self, action: Callable[[], None]) -> None:
        # Two processes that open a new file at once both need an exclusive lock to switch to WAL, and SQLite fails
        # at once instead of waiting.
        from tenacity import (  # here, because its import is slow
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
        )(action)

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA trusted_schema = OFF")
        # With a write-ahead log, readers and one writer work at the same time, and a crash loses no transaction.
        self._connection.execute("PRAGMA journal_mode = WAL")
        # Vectors can be recomputed: losing some in a power failure is cheaper than a sync for each batch.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(SCHEMA)
        self._require_own_schema("main")

    def _require_own_schema(self, schema: str) -> None:
        """Raise CacheDamagedError for anything but our table: a foreign file may contain triggers or views."""
        objects = self._connection.execute(f"SELECT type, name, sql FROM {schema}.sqlite_master")  # noqa: S608
        expected = " ".join(SCHEMA.split()).replace("IF NOT EXISTS ", "")
        for kind, name, sql in objects:
            is_index = kind == "index" and sql is None  # SQLite's own index of the primary key
            if not is_index and (kind, name, " ".join(str(sql).split())) != ("table", "vectors", expected):
                raise self._damaged()

    def get_many(self, keys: Iterable[VectorKey]) -> dict[VectorKey, Vectors]:
        """Return the stored vectors of these keys; missing keys are omitted."""
        query = "SELECT shape, numbers FROM vectors WHERE content = ? AND encoder = ? AND kind = ?"
        with self._transaction("BEGIN"):
            rows = {key: self._connection.execute(query, key).fetchone() for key in keys}
        return {key: self._array(*row) for key, row in rows.items() if row is not None}

    def missing(self, keys: Iterable[VectorKey]) -> list[VectorKey]:
        """Return the keys without a stored vector, in the given order."""
        query = "SELECT 1 FROM vectors WHERE content = ? AND encoder = ? AND kind = ?"
        with self._transaction("BEGIN"):
            return [key for key in keys if self._connection.execute(query, key).fetchone() is None]

    def put_many(self, vectors: Mapping[VectorKey, Vectors]) -> None:
        """Store all vectors in one transaction; existing vectors are replaced."""
        rows = [
            (*key, _shape(array), np.ascontiguousarray(array, "<f4").tobytes())
            for key, array in vectors.items()
        ]
        with self._transaction("BEGIN IMMEDIATE"):
            self._connection.executemany("INSERT OR REPLACE INTO main.vectors VALUES (?, ?, ?, ?, ?)", rows)
        self.stored.update(key.kind for key in vectors)

    def items(self) -> Iterator[tuple[VectorKey, Vectors]]:
        """Yield all keys and vectors in the order of the keys, from one snapshot of the file."""
        query = "SELECT content, encoder, kind, shape, numbers FROM vectors ORDER BY content, encoder, kind"
        with self._translate_errors():
            for content, encoder, kind, shape, numbers in self._connection.execute(query):
                yield VectorKey(content, encoder, kind), self._array(shape, numbers)

    def copy_to(self, path: Path) -> None:
        """Copy a consistent snapshot of the file, even while other processes write to it."""
        with self._translate_errors(path), closing(sqlite3.connect(path)) as target:
            self._connection.backup(target, name=self._schema)

    def close(self) -> None:
        """Close the file. The cache cannot be used afterwards."""
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
        # BEGIN IMMEDIATE waits for other writers at the start; SQLite does not wait for a lock later in a transaction.
        with self._lock, self._translate_errors():
            self._connection.execute(begin)
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.rollback()
                raise

    @contextmanager
    def _translate_errors(self, path: Path | None = None) -> Iterator[None]:
        """Convert SQLite errors to errors of this package; `path` is the written file if it is not the cache."""
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.ProgrammingError, OSError) as error:
            raise CacheUnusableError(
                f"The cache of vectors {path or self._path} cannot be used: {error}. "
                "Check the permissions of its folder and the free space."
            ) from error
        except sqlite3.DatabaseError as error:
            raise self._damaged() from error

    def _damaged(self) -> CacheDamagedError:
        return CacheDamagedError(
            f"The cache of vectors {self._path} is damaged. Move the file away; a new one is created."
        )


def _is_refused(error: sqlite3.Error | OSError) -> bool:
    """Return whether the error means that the file or its folder cannot be written."""
    if isinstance(error, sqlite3.Error):
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
    return error.errno in (errno.EROFS, errno.EACCES, errno.EPERM)


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY


def _shape(array: Vectors) -> str:
    return ",".join(map(str, array.shape))
