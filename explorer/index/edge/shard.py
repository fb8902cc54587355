"""The index in a folder: Qdrant Edge, the engine inside this process.

A generation is a shard without a write-ahead log, which any number of processes can open once it is finished.
"""

import contextlib
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import qdrant_edge as edge

from explorer.errors import SearchIndexError
from explorer.index.checks import (
    answers,
    check_facet,
    check_filter,
    check_ids,
    check_legs,
    check_names,
    check_points,
)
from explorer.index.edge.generations import Generation, Generations, damaged, unwritable
from explorer.index.edge.requests import (
    COMPRESS_FROM_KB,
    KINDS,
    MERGED_KB,
    SEGMENT_BYTES,
    edge_config,
    filtered,
    request,
    scoring_requests,
    size_of,
    written,
)
from explorer.index.edge.sparse_copy import copy_tree, require_free_space, room_of
from explorer.index.manifest import EmbeddingConfig, Manifest
from explorer.index.points import DIGEST, Point, RawPoint, Schema, Scored, Stored, Vector, raw_points, stored
from explorer.index.query import EVERYTHING, Filter, HasVector, Leg
from explorer.system.memory import give_back

PAGE = 10_000


class EdgeStore:
    """A store in a folder, which is created by the first build."""

    def __init__(self, folder: Path) -> None:
        self._generations = Generations(folder)

    def current_generation(self) -> int | None:
        """See IndexStore."""
        current = self._generations.current()
        return current.number if current else None

    def manifest(self) -> Manifest | None:
        """See IndexStore."""
        current = self._generations.current()
        return current.read_manifest() if current else None

    def open(self) -> "EdgeIndex":
        """See IndexStore."""
        return EdgeIndex(self._generations.newest())

    def check(self) -> None:
        """See IndexStore."""
        current = self._generations.newest()
        current.read_manifest()
        changed = current.changed_files()
        if changed:
            raise damaged(current.folder, f"{changed[0]} does not hold what was written")

    def leftovers(self) -> list[Path]:
        """See IndexStore."""
        return self._generations.leftovers()

    def remove(self) -> None:
        """See IndexStore; IndexInUseError while another program builds here."""
        with self._generations.writing():
            self._generations.remove()

    @contextlib.contextmanager
    def build(
        self, config: EmbeddingConfig, *, fresh: bool = False, free_memory: Callable[[], None] | None = None
    ) -> "Iterator[EdgeBuild]":
        """See IndexStore; IndexInUseError while another program builds here."""
        with self._generations.writing():
            with _edge_errors(self._generations.folder):
                source = None if fresh else self._source(config)
                begun = self._generations.begin()
            try:
                build = EdgeBuild(self._generations, begun, config, source, free_memory or give_back)
                with contextlib.closing(build):
                    yield build
            finally:
                if not begun.is_finalized:
                    begun.remove()

    def _source(self, config: EmbeddingConfig) -> Generation | None:
        current = self._generations.current()
        return current if current and current.read_manifest().config == config else None


class EdgeIndex:
    """One generation in a folder, open for reading."""

    def __init__(self, generation: Generation) -> None:
        self.manifest = generation.read_manifest()
        self._folder = generation.folder
        self._shard: edge.EdgeShard | None = _load(self._folder, self._readable(generation.shard))
        left = self.count()
        if left != self.manifest.points:
            self.close()
            raise damaged(self._folder, f"{left} of {self.manifest.points} points are left")

    def search(self, legs: Sequence[Leg]) -> list[list[Scored]]:
        """See Index."""
        check_legs(self._schema, legs)
        asked = [leg for leg in legs if answers(leg)]
        found = iter(self._ask([request(self._schema, leg) for leg in asked]))
        return [
            [Scored(str(hit.id), hit.score) for hit in next(found)] if answers(leg) else [] for leg in legs
        ]

    def score(self, legs: Sequence[Leg], ids: Collection[str]) -> list[dict[str, float]]:
        """See Index."""
        check_legs(self._schema, legs)
        check_ids(ids)
        wanted = list(set(ids))
        found = self._ask(scoring_requests(self._schema, legs, wanted))
        return [{str(hit.id): hit.score for hit in hits} for hits in found]

    def fetch(self, ids: Sequence[str], vectors: Sequence[str] = ()) -> list[Stored]:
        """See Index."""
        check_ids(ids)
        check_names(self._schema, vectors)
        with self._open() as shard:
            records = shard.retrieve(list(ids), True, list(vectors) or False)
        found = {str(record.id): stored(record.id, record.payload, record.vector) for record in records}
        return [found[point_id] for point_id in ids if point_id in found]

    def sample(self, name: str, size: int, where: Filter = EVERYTHING) -> list[Vector]:
        """See Index: ids are evenly spread, so the lowest ones are a random sample."""
        check_names(self._schema, [name])
        check_filter(self._schema, where)
        asked = edge.ScrollRequest(
            limit=size, filter=filtered(where.also(HasVector(name))), with_payload=False, with_vector=[name]
        )
        with self._open() as shard:
            records, _ = shard.scroll(asked) if size else ([], None)
        return [stored(record.id, None, record.vector).vectors[name] for record in records]

    def count(self, where: Filter = EVERYTHING) -> int:
        """See Index."""
        check_filter(self._schema, where)
        with self._open() as shard:
            return shard.count(edge.CountRequest(filter=filtered(where)))

    def facet(
        self, field: str, where: Filter = EVERYTHING, limit: int = 100
    ) -> list[tuple[str | int | bool, int]]:
        """See Index."""
        check_facet(self._schema, field)
        check_filter(self._schema, where)
        with self._open() as shard:
            response = shard.facet(edge.FacetRequest(field, limit=limit, exact=True, filter=filtered(where)))
        return [(hit.value, hit.count) for hit in response.hits]

    def digests(self) -> dict[str, str]:
        """See Index."""
        with self._open() as shard:
            return _digests(shard)

    def raw_points(self, ids: Sequence[str]) -> list[RawPoint]:
        """See Index."""
        check_ids(ids)
        with self._open() as shard:
            records = shard.retrieve(list(ids), True, True)
        return [raw_points(record.id, record.payload, record.vector) for record in records]

    def close(self) -> None:
        """See Index; closing twice is no error."""
        shard, self._shard = self._shard, None
        if shard is not None:
            with _edge_errors(self._folder):
                shard.close()

    def _readable(self, shard: Path) -> Path:
        """The shard, or where it cannot be written a copy for as long as this index is open: the engine opens no other."""
        if os.access(shard, os.W_OK):
            return shard
        folder = tempfile.mkdtemp(prefix="explorer-index-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        copy = Path(folder) / "shard"
        with _edge_errors(copy):
            require_free_space(copy.parent, room_of(shard))
            copy_tree(shard, copy)
        return copy

    @property
    def _schema(self) -> Schema:
        return self.manifest.config.schema

    def _ask(self, requests: list[edge.QueryRequest]) -> list[list[edge.ScoredPoint]]:
        with self._open() as shard:
            return shard.query_batch(edge.QueryBatchRequest(requests))

    @contextlib.contextmanager
    def _open(self) -> Iterator[edge.EdgeShard]:
        if self._shard is None:
            raise SearchIndexError(f"The index in {self._folder} was closed. Open it again.")
        with _edge_errors(self._folder):
            yield self._shard


class EdgeBuild:
    """The next generation in a folder, in the making."""

    def __init__(
        self,
        generations: Generations,
        begun: Generation,
        config: EmbeddingConfig,
        source: Generation | None,
        free_memory: Callable[[], None],
    ) -> None:
        self._generations = generations
        self._begun = begun
        self._config = config
        self._make_room = free_memory
        self._unfinished = 0  # bytes of vectors since the last segment was finished
        self.revision = source.read_manifest().revision if source else None
        self._shared = _shared(source) if source else {}
        schema = config.schema
        self._shard = _copy(source, begun, schema, self._shared) if source else _create(begun, schema)
        written_down = source.read_digests() if source else {}
        with _edge_errors(begun.folder):
            self._digests = _digests(self._shard) if written_down is None else written_down

    @property
    def digests(self) -> Mapping[str, str]:
        """See Build."""
        return MappingProxyType(self._digests)

    def upsert(self, points: Sequence[Point]) -> None:
        """See Build."""
        self._write(points, check_points(self._config.schema, points))

    def carry(self, points: Sequence[RawPoint]) -> None:
        """See Build."""
        check_points(self._config.schema, [one.point for one in points])
        self._write([one.point for one in points], [one.digest for one in points])

    def _write(self, points: Sequence[Point], digests: Sequence[str]) -> None:
        pairs = zip(points, digests, strict=True)
        rows = [written(self._config.schema, point, digest) for point, digest in pairs]
        size = size_of(self._config.schema, points)
        require_free_space(self._begun.folder, size)
        self._update(edge.UpdateOperation.upsert_points(rows))
        del rows
        self._digests.update(zip((point.id for point in points), digests, strict=True))
        self._unfinished += size
        if self._unfinished > SEGMENT_BYTES:
            self._finish_segments(self._unfinished)

    def delete(self, ids: Collection[str]) -> None:
        """See Build."""
        check_ids(ids)
        self._update(edge.UpdateOperation.delete_points(list(ids)))
        for point_id in ids:
            self._digests.pop(point_id, None)

    def commit(self, revision: str | None = None) -> Manifest:
        """See Build."""
        self._finish_shard()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = Manifest(self._config, self._begun.number, now, len(self._digests), revision)
        with _edge_errors(self._begun.folder):
            self._begun.finalize(manifest, self._digests, self._shared)
            self._generations.switch_to(self._begun)
        return manifest

    def close(self) -> None:
        """Let go of the files; nothing can be written after it."""
        self._shard.close()

    def _update(self, operation: edge.UpdateOperation) -> None:
        with _edge_errors(self._begun.folder):
            self._shard.update(operation)

    def _finish_segments(self, size: int) -> None:
        """Write what came last, at most `size` bytes, as it is searched, and let go of its memory."""
        self._make_room()
        with _edge_errors(self._begun.folder):
            self._shard.flush()
            require_free_space(self._begun.folder, size)  # it is written anew, then the old one goes
            self._shard.optimize()
            self._shard.flush()
        self._unfinished = 0

    def _finish_shard(self) -> None:
        self._finish_segments(room_of(self._begun.shard))
        with _edge_errors(self._begun.folder):
            self._shard.close()
        # Whoever loads a shard first tidies its files (journals are folded in), which two readers must not do at
        # once. And only a shard that was loaded shows what is on the disk.
        self._shard = _load(self._begun.folder, self._begun.shard)
        with _edge_errors(self._begun.folder):
            raw_points = _digests(self._shard)
            self._shard.close()
        if raw_points != self._digests:
            raise SearchIndexError(
                f"{self._begun.folder} did not keep every point that was written. Is the disk sound?"
            )


def _create(generation: Generation, schema: Schema) -> edge.EdgeShard:
    with _edge_errors(generation.folder):
        require_free_space(generation.folder, 0)
        generation.shard.mkdir()
        # A new index merges no segments: writing larger ones takes more memory.
        shard = edge.EdgeShard.create(str(generation.shard), edge_config(schema, COMPRESS_FROM_KB))
        for field, kind in schema.fields.items():
            shard.update(edge.UpdateOperation.create_field_index(field, KINDS[kind]))
        return shard


def _shared(source: Generation) -> dict[str, int]:
    """Files that the engine never writes again, by name, with their checksums: nine tenths of a large index.

    Those are the vectors of segments that it has optimised, from which points are only taken away, by flags of their
    own: what changes goes to the one segment whose ids are mutable. Until a file has a checksum it is not shared.
    """
    sums = source.sums()
    segments = [path.parent for path in source.shard.glob("segments/*/id_tracker.mappings")]
    vectors = (path for segment in segments for path in segment.glob("vector_storage-*/**/*"))
    large = (
        path
        for path in vectors
        if path.name in {"matrix.dat", "quantized.data"} or path.match("vectors/chunk_*.mmap")
    )
    named = (path.relative_to(source.shard).as_posix() for path in large)
    return {name: sums[name] for name in named if name in sums}


def _copy(source: Generation, begun: Generation, schema: Schema, shared: Mapping[str, int]) -> edge.EdgeShard:
    with _edge_errors(begun.folder):
        require_free_space(begun.folder, room_of(source.shard))
        copy_tree(source.shard, begun.shard, {source.shard / name for name in shared})
    return _load(begun.folder, begun.shard, edge_config(schema, MERGED_KB))


def _load(folder: Path, shard: Path, as_written: edge.EdgeConfig | None = None) -> edge.EdgeShard:
    try:
        with _edge_errors(folder):
            return edge.EdgeShard.load(str(shard), as_written)
    except SearchIndexError as error:
        raise damaged(folder, error.__cause__) from error


def _digests(shard: edge.EdgeShard) -> dict[str, str]:
    found: dict[str, str] = {}
    after: edge.PointId | None = None
    while True:
        records, after = shard.scroll(edge.ScrollRequest(offset=after, limit=PAGE, with_payload=[DIGEST]))
        found.update({str(record.id): (record.payload or {})[DIGEST] for record in records})
        if after is None:
            return found


@contextlib.contextmanager
def _edge_errors(folder: Path) -> Iterator[None]:
    """The one border of qdrant_edge, which raises bare Exception, and on broken files panics."""
    try:
        yield
    except SearchIndexError:
        raise
    except OSError as error:
        raise unwritable(folder, error) from error
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise SearchIndexError(f"The index in {folder} failed: {error}") from error
