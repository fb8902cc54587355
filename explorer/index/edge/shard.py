"""The index in a folder: Qdrant Edge, the engine inside this process.

A generation is a shard without a write-ahead log, which any number of processes can open once it is finished.
"""

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import qdrant_edge as edge

from explorer.errors import SearchIndexError
from explorer.index.edge.generations import Generation, Generations, damaged_error, unwritable_error
from explorer.index.edge.requests import (
    COMPARED_KB,
    COMPRESS_FROM_KB,
    LARGEST_KB,
    MERGED_KB,
    MIN_POINTS_FOR_GRAPHS,
    PAYLOAD_TYPES,
    SEGMENT_BYTES,
    digests_of,
    edge_config,
    scoring_requests,
    search_request,
    to_filter,
    to_point,
    vector_bytes,
)
from explorer.index.edge.sparse_copy import copy_tree, disk_usage, require_free_space, writable_folder
from explorer.index.points import (
    Point,
    RawPoint,
    Schema,
    ScoredPoint,
    StoredPoint,
    Vector,
    check_ids,
    check_names,
    check_points,
    raw_point,
    stored_point,
)
from explorer.index.query import (
    EVERYTHING,
    Filter,
    HasVector,
    Leg,
    can_match,
    check_facet,
    check_filter,
    check_legs,
)
from explorer.index.store import EmbeddingConfig, Graph, Manifest
from explorer.system.memory import return_free_memory


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
            raise damaged_error(current.folder, f"the content of {changed[0]} is not what was written")

    def leftovers(self) -> list[Path]:
        """See IndexStore."""
        return self._generations.leftovers()

    def remove(self) -> None:
        """See IndexStore. Raises IndexInUseError while another program builds here."""
        with self._generations.write_lock():
            self._generations.remove()

    @contextlib.contextmanager
    def build(
        self, config: EmbeddingConfig, *, fresh: bool = False, free_memory: Callable[[], None] | None = None
    ) -> "Iterator[EdgeBuild]":
        """See IndexStore. Raises IndexInUseError while another program builds here."""
        with self._generations.write_lock():
            with _edge_errors(self._generations.folder):
                source = None if fresh else self._source(config)
                generation = self._generations.begin()
            try:
                build = EdgeBuild(self._generations, generation, config, source, free_memory)
                with contextlib.closing(build):
                    yield build
            finally:
                if not generation.is_finalized:
                    generation.remove()

    def build_graphs(self, tell: Callable[[str], None]) -> Manifest | None:
        """See IndexStore. Raises IndexInUseError while another program builds here."""
        if self._generations.newest().read_manifest().points < MIN_POINTS_FOR_GRAPHS:
            return None
        from explorer.index.edge.graphs import build_graphs

        return build_graphs(self, tell, COMPARED_KB)

    def _source(self, config: EmbeddingConfig) -> Generation | None:
        current = self._generations.current()
        return current if current and current.read_manifest().config == config else None


class EdgeIndex:
    """One generation in a folder, open for reading."""

    def __init__(self, generation: Generation) -> None:
        self.manifest = generation.read_manifest()
        self._folder = generation.folder
        with _edge_errors(self._folder):
            shard = writable_folder(generation.shard, owner=self)  # the engine opens only these
        self._shard: edge.EdgeShard | None = _load(self._folder, shard)
        count = self.count()
        if count != self.manifest.points:
            self.close()
            raise damaged_error(self._folder, f"{count} of {self.manifest.points} points are left")

    def search(self, legs: Sequence[Leg]) -> list[list[ScoredPoint]]:
        """See Index."""
        check_legs(self._schema, legs)
        graphs = self.manifest.graphs
        requests = [search_request(self._schema, leg, graphs.get(leg.name)) for leg in legs if can_match(leg)]
        hit_lists = iter(self._ask(requests))
        return [
            [ScoredPoint(str(hit.id), hit.score) for hit in next(hit_lists)] if can_match(leg) else []
            for leg in legs
        ]

    def score(self, legs: Sequence[Leg], ids: Collection[str]) -> list[dict[str, float]]:
        """See Index."""
        check_legs(self._schema, legs)
        check_ids(ids)
        unique_ids = list(set(ids))
        hit_lists = self._ask(scoring_requests(self._schema, legs, unique_ids))
        return [{str(hit.id): hit.score for hit in hits} for hits in hit_lists]

    def fetch(self, ids: Sequence[str], vectors: Sequence[str] = ()) -> list[StoredPoint]:
        """See Index."""
        check_ids(ids)
        check_names(self._schema, vectors)
        with self._open() as shard:
            records = shard.retrieve(list(ids), True, list(vectors) or False)
        by_id = {str(record.id): stored_point(record.id, record.payload, record.vector) for record in records}
        return [by_id[point_id] for point_id in ids if point_id in by_id]

    def sample(self, name: str, size: int, where: Filter = EVERYTHING) -> list[Vector]:
        """See Index. Ids are evenly distributed, so the lowest ones are a random sample."""
        check_names(self._schema, [name])
        check_filter(self._schema, where)
        request = edge.ScrollRequest(
            limit=size, filter=to_filter(where.also(HasVector(name))), with_payload=False, with_vector=[name]
        )
        with self._open() as shard:
            records, _ = shard.scroll(request) if size else ([], None)
        return [stored_point(record.id, None, record.vector).vectors[name] for record in records]

    def count(self, where: Filter = EVERYTHING) -> int:
        """See Index."""
        check_filter(self._schema, where)
        with self._open() as shard:
            return shard.count(edge.CountRequest(filter=to_filter(where)))

    def facet(
        self, field: str, where: Filter = EVERYTHING, limit: int = 100
    ) -> list[tuple[str | int | bool, int]]:
        """See Index."""
        check_facet(self._schema, field)
        check_filter(self._schema, where)
        with self._open() as shard:
            response = shard.facet(edge.FacetRequest(field, limit=limit, exact=True, filter=to_filter(where)))
        return [(hit.value, hit.count) for hit in response.hits]

    def digests(self) -> dict[str, str]:
        """See Index."""
        with self._open() as shard:
            return digests_of(shard)

    def raw_points(self, ids: Sequence[str]) -> list[RawPoint]:
        """See Index."""
        check_ids(ids)
        with self._open() as shard:
            records = shard.retrieve(list(ids), True, True)
        return [raw_point(record.id, record.payload, record.vector) for record in records]

    def close(self) -> None:
        """See Index; closing twice is no error."""
        shard, self._shard = self._shard, None
        if shard is not None:
            with _edge_errors(self._folder):
                shard.close()

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
    """The next generation in a folder, while it is built."""

    def __init__(
        self,
        generations: Generations,
        target: Generation,
        config: EmbeddingConfig,
        source: Generation | None,
        free_memory: Callable[[], None] | None,
    ) -> None:
        self._generations = generations
        self._generation = target
        self._config = config
        self._free_memory = free_memory or return_free_memory
        self._unfinished_bytes = 0  # of vectors since the last segment was finished
        manifest = source.read_manifest() if source else None
        self.revision = manifest.revision if manifest else None
        self._graphs = manifest.graphs if manifest else {}
        self._new_graphs: Mapping[str, int] = {}
        self._shared = source.shared_checksums() if source else {}
        self._shard = self._copy(source) if source else _create(target, config.schema)
        stored_digests = source.read_digests() if source else {}
        with _edge_errors(target.folder):
            self._digests = digests_of(self._shard) if stored_digests is None else stored_digests

    @property
    def digests(self) -> Mapping[str, str]:
        """See Build."""
        return MappingProxyType(self._digests)

    def upsert(self, points: Sequence[Point]) -> None:
        """See Build."""
        self._write(points, check_points(self._config.schema, points))

    def upsert_raw(self, points: Sequence[RawPoint]) -> None:
        """See Build."""
        check_points(self._config.schema, [raw.point for raw in points])
        self._write([raw.point for raw in points], [raw.digest for raw in points])

    def _write(self, points: Sequence[Point], digests: Sequence[str]) -> None:
        pairs = zip(points, digests, strict=True)
        rows = [to_point(self._config.schema, point, digest) for point, digest in pairs]
        size = vector_bytes(self._config.schema, points)
        require_free_space(self._generation.folder, size)
        self._update(edge.UpdateOperation.upsert_points(rows))
        del rows
        self._digests.update(zip((point.id for point in points), digests, strict=True))
        self._unfinished_bytes += size
        if self._unfinished_bytes > SEGMENT_BYTES:
            self._finish_segments(self._unfinished_bytes)

    def delete(self, ids: Collection[str]) -> None:
        """See Build."""
        check_ids(ids)
        self._update(edge.UpdateOperation.delete_points(list(ids)))
        for point_id in ids:
            self._digests.pop(point_id, None)

    def add_graphs(self, compared_kb: Mapping[str, int]) -> None:
        """Merge all segments, and build a graph for each of these fields.

        `compared_kb` has the largest number of KB that a search of the field compares without the graph.
        """
        self._new_graphs = compared_kb
        self._shard.close()
        self._shard = self._load(LARGEST_KB)

    def commit(self, revision: str | None = None) -> Manifest:
        """See Build."""
        graphs = self._finish_shard()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = Manifest(self._config, self._generation.number, now, len(self._digests), revision, graphs)
        with _edge_errors(self._generation.folder):
            self._generation.finalize(manifest, self._digests, self._shared)
            self._generations.switch_to(self._generation)
        return manifest

    def close(self) -> None:
        """Release the files; nothing can be written afterwards."""
        self._shard.close()

    def _copy(self, source: Generation) -> edge.EdgeShard:
        target = self._generation
        with _edge_errors(target.folder):
            require_free_space(target.folder, disk_usage(source.shard))
            copy_tree(source.shard, target.shard, {source.shard / name for name in self._shared})
        return self._load(MERGED_KB)

    def _load(self, merged_kb: int) -> edge.EdgeShard:
        graphs = {name: graph.compared_kb for name, graph in self._graphs.items()}
        config = edge_config(self._config.schema, merged_kb, {**graphs, **self._new_graphs})
        return _load(self._generation.folder, self._generation.shard, config)

    def _measured_graphs(self) -> Mapping[str, Graph]:
        """Return the graphs of the finished shard: the new ones measured, the others as they were."""
        from explorer.index.edge.graphs import measure_graphs

        points = len(self._digests)
        return {
            **self._graphs,
            **measure_graphs(self._shard, self._config.schema, self._new_graphs, points),
        }

    def _update(self, operation: edge.UpdateOperation) -> None:
        with _edge_errors(self._generation.folder):
            self._shard.update(operation)

    def _finish_segments(self, size: int) -> None:
        """Write the latest points, at most `size` bytes, in the form that is searched, and free their memory."""
        self._free_memory()
        with _edge_errors(self._generation.folder):
            self._shard.flush()
            require_free_space(self._generation.folder, size)  # the old segment is deleted last
            self._shard.optimize()
            self._shard.flush()
        self._unfinished_bytes = 0

    def _finish_shard(self) -> Mapping[str, Graph]:
        """Write the shard in its final form and verify it. Return its graphs."""
        self._finish_segments(disk_usage(self._generation.shard))
        with _edge_errors(self._generation.folder):
            self._shard.close()
        # The first load of a shard rewrites files (it merges journals), which two readers must not do at once. And
        # only a shard that was loaded shows what is on the disk.
        self._shard = _load(self._generation.folder, self._generation.shard)
        with _edge_errors(self._generation.folder):
            digests_on_disk = digests_of(self._shard)
            graphs = self._measured_graphs() if self._new_graphs else self._graphs
            self._shard.close()
        if digests_on_disk != self._digests:
            raise SearchIndexError(
                f"Points that were written to {self._generation.folder} are missing or changed. "
                "Check the disk, then run the command again."
            )
        return graphs


def _create(generation: Generation, schema: Schema) -> edge.EdgeShard:
    with _edge_errors(generation.folder):
        require_free_space(generation.folder, 0)
        generation.shard.mkdir()
        # A new index merges no segments: writing larger ones takes more memory.
        shard = edge.EdgeShard.create(str(generation.shard), edge_config(schema, COMPRESS_FROM_KB, {}))
        for field, kind in schema.fields.items():
            shard.update(edge.UpdateOperation.create_field_index(field, PAYLOAD_TYPES[kind]))
        return shard


def _load(folder: Path, shard: Path, config: edge.EdgeConfig | None = None) -> edge.EdgeShard:
    try:
        with _edge_errors(folder):
            return edge.EdgeShard.load(str(shard), config)
    except SearchIndexError as error:
        raise damaged_error(folder, error.__cause__) from error


@contextlib.contextmanager
def _edge_errors(folder: Path) -> Iterator[None]:
    """Convert the errors of qdrant_edge, which raises bare Exception and panics on broken files."""
    try:
        yield
    except SearchIndexError:
        raise
    except OSError as error:
        raise unwritable_error(folder, error) from error
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise SearchIndexError(f"The index in {folder} failed: {error}") from error
