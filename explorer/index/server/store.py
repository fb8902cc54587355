"""The index on a Qdrant server or cluster, for libraries that are too large for one machine.

A server has no locks. Of two programs that build at once, the later one deletes the collection of the earlier one.
Each verifies its points before its generation becomes current, and fails if some are missing.
"""

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from qdrant_client import QdrantClient, models

from explorer.errors import SearchIndexError
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
from explorer.index.server.collection import ServerCollection
from explorer.index.server.connection import Connection, T
from explorer.index.server.generations import ServerGenerations
from explorer.index.server.requests import (
    exact_params,
    scoring_request,
    search_params,
    search_request,
    to_filter,
    to_point,
)
from explorer.index.server.settings import ServerSettings
from explorer.index.store import EmbeddingConfig, Manifest


class ServerStore:
    """A store on a server, reached through `client`. Messages show `shown_address`."""

    def __init__(
        self,
        client: QdrantClient,
        name: str,
        settings: ServerSettings,
        *,
        shown_address: str = "memory",
        key_withheld: str | None = None,
    ) -> None:
        self._settings = settings
        self._generations = ServerGenerations(
            Connection(client, shown_address, settings.timeout, key_withheld), name
        )

    @classmethod
    def connect(
        cls, url: str, name: str, settings: ServerSettings, *, may_have_key: bool = False
    ) -> "ServerStore":
        """Return the store `name` at this address. Sends nothing yet.

        The key comes from QDRANT_API_KEY and is sent only if `may_have_key`.
        """
        connection = Connection.to(url, settings.timeout, may_have_key=may_have_key)
        return cls(
            connection.client,
            name,
            settings,
            shown_address=connection.shown_address,
            key_withheld=connection.key_withheld,
        )

    def current_generation(self) -> int | None:
        """See IndexStore."""
        return self._generations.current()

    def manifest(self) -> Manifest | None:
        """See IndexStore."""
        number = self._generations.current()
        return None if number is None else self._generations.read_manifest(number)

    def open(self) -> "ServerIndex":
        """See IndexStore."""
        return ServerIndex(self._generations, self._generations.newest(), self._settings)

    def check(self) -> None:
        """See IndexStore. A server checks its own files; only a missing generation is an error here."""
        self._generations.read_manifest(self._generations.newest())

    def leftovers(self) -> list[Path]:
        """See IndexStore. There are none on this machine."""
        return []

    def remove(self) -> None:
        """See IndexStore."""
        self._generations.remove()

    @contextlib.contextmanager
    def build(
        self,
        config: EmbeddingConfig,
        *,
        fresh: bool = False,
        free_memory: Callable[[], None] | None = None,  # noqa: ARG002
    ) -> "Iterator[ServerBuild]":
        """See IndexStore. `free_memory` is not called: the server has its own memory."""
        last = self.current_generation() or 0
        source = None if fresh else self._source(config, last)
        self._generations.drop(lambda number: number > last)
        try:
            revision = self._generations.read_manifest(last).revision if source else None
            build = ServerBuild(self._generations, self._settings, config, last + 1, source, revision)
            with contextlib.closing(build):
                yield build
        finally:
            # If the server does not answer either, the first error is raised: it has the reason.
            with contextlib.suppress(SearchIndexError):
                if self.current_generation() == (last or None):
                    self._generations.drop(lambda number: number > last)

    def build_graphs(self, tell: Callable[[str], None]) -> None:
        """See IndexStore. A server builds its graphs itself."""

    def _source(self, config: EmbeddingConfig, last: int) -> ServerCollection | None:
        is_same = last and self._generations.read_manifest(last).config == config
        return self._generations.collection(last) if is_same else None


class ServerIndex:
    """One generation on a server, open for reading."""

    def __init__(self, generations: ServerGenerations, number: int, settings: ServerSettings) -> None:
        self.manifest = generations.read_manifest(number)
        self._collection = generations.collection(number)
        self._closed = False
        in_process = generations.connection.in_process
        self._search_params = None if in_process else search_params(settings)
        self._exact_params = None if in_process else exact_params()

    def search(self, legs: Sequence[Leg]) -> list[list[ScoredPoint]]:
        """See Index."""
        check_legs(self._schema, legs)
        matchable = [leg for leg in legs if can_match(leg)]
        hit_lists = iter(
            self._ask_all([search_request(self._schema, leg, self._search_params) for leg in matchable])
        )
        return [
            [ScoredPoint(str(hit.id), hit.score) for hit in next(hit_lists)] if can_match(leg) else []
            for leg in legs
        ]

    def score(self, legs: Sequence[Leg], ids: Collection[str]) -> list[dict[str, float]]:
        """See Index."""
        check_legs(self._schema, legs)
        check_ids(ids)
        unique_ids = list(set(ids))
        scored_legs = [replace(leg, limit=len(unique_ids)) for leg in legs]
        requests = [
            scoring_request(self._schema, leg, unique_ids, self._exact_params)
            for leg in scored_legs
            if can_match(leg)
        ]
        hit_lists = iter(self._ask_all(requests))
        return [
            {str(hit.id): hit.score for hit in next(hit_lists)} if can_match(leg) else {}
            for leg in scored_legs
        ]

    def fetch(self, ids: Sequence[str], vectors: Sequence[str] = ()) -> list[StoredPoint]:
        """See Index."""
        check_ids(ids)
        check_names(self._schema, vectors)
        id_list, vector_names = list(ids), list(vectors) or False
        records = self._ask(
            lambda client, name: client.retrieve(name, id_list, with_payload=True, with_vectors=vector_names)
        )
        points = {
            str(record.id): stored_point(record.id, record.payload, record.vector) for record in records
        }
        return [points[point_id] for point_id in ids if point_id in points]

    def sample(self, name: str, size: int, where: Filter = EVERYTHING) -> list[Vector]:
        """See Index. Ids are evenly distributed, so the lowest ones are a random sample."""
        check_names(self._schema, [name])
        check_filter(self._schema, where)
        query_filter = to_filter(where.also(HasVector(name)))
        records = islice(self._open().records(query_filter, payload=False, vectors=[name]), size)
        return [stored_point(record.id, None, record.vector).vectors[name] for record in records]

    def count(self, where: Filter = EVERYTHING) -> int:
        """See Index."""
        check_filter(self._schema, where)
        query_filter = to_filter(where)
        return self._ask(lambda client, name: client.count(name, query_filter, exact=True)).count

    def facet(
        self, field: str, where: Filter = EVERYTHING, limit: int = 100
    ) -> list[tuple[str | int | bool, int]]:
        """See Index."""
        check_facet(self._schema, field)
        check_filter(self._schema, where)
        if limit == 0:
            return []
        query_filter = to_filter(where)
        response = self._ask(
            lambda client, name: client.facet(name, field, query_filter, limit=limit, exact=True)
        )
        return [(hit.value, hit.count) for hit in response.hits]

    def digests(self) -> dict[str, str]:
        """See Index."""
        return self._open().digests()

    def raw_points(self, ids: Sequence[str]) -> list[RawPoint]:
        """See Index."""
        check_ids(ids)
        id_list = list(ids)
        records = self._ask(
            lambda client, name: client.retrieve(name, id_list, with_payload=True, with_vectors=True)
        )
        return [raw_point(record.id, record.payload, record.vector) for record in records]

    def close(self) -> None:
        """See Index. The client stays open: it belongs to the store."""
        self._closed = True

    @property
    def _schema(self) -> Schema:
        return self.manifest.config.schema

    def _open(self) -> ServerCollection:
        if self._closed:
            raise SearchIndexError(
                f"The index in collection {self._collection.name} was closed. Open it again."
            )
        return self._collection

    def _ask(self, search_request: Callable[[QdrantClient, str], T]) -> T:
        return self._open().ask(search_request)

    def _ask_all(self, requests: list[models.QueryRequest]) -> list[list[models.ScoredPoint]]:
        if not requests:
            self._open()
            return []
        responses = self._ask(lambda client, name: client.query_batch_points(name, requests))
        return [response.points for response in responses]


class ServerBuild:
    """The next generation on a server, while it is built.

    Points of the generation it started from are copied at the end, and only those that were not replaced or deleted.
    """

    def __init__(
        self,
        generations: ServerGenerations,
        settings: ServerSettings,
        config: EmbeddingConfig,
        number: int,
        source: ServerCollection | None,
        revision: str | None,
    ) -> None:
        self._generations = generations
        self._settings = settings
        self._config = config
        self._number = number
        self._source = source
        self.revision = revision
        self._digests = source.digests() if source else {}
        self._unchanged_ids = set(self._digests)
        self._collection = generations.create(number, config.schema, settings)
        self._open = True

    @property
    def digests(self) -> Mapping[str, str]:
        """See Build."""
        return MappingProxyType(self._digests)

    def upsert(self, points: Sequence[Point]) -> None:
        """See Build."""
        self._check_open()
        self._write(points, check_points(self._config.schema, points))

    def upsert_raw(self, points: Sequence[RawPoint]) -> None:
        """See Build."""
        self._check_open()
        check_points(self._config.schema, [raw.point for raw in points])
        self._write([raw.point for raw in points], [raw.digest for raw in points])

    def delete(self, ids: Collection[str]) -> None:
        """See Build."""
        self._check_open()
        check_ids(ids)
        self._collection.delete(list(ids))
        self._unchanged_ids.difference_update(ids)
        for point_id in ids:
            self._digests.pop(point_id, None)

    def commit(self, revision: str | None = None) -> Manifest:
        """See Build."""
        self._check_open()
        self._collection.write(self._unchanged_points())
        self._collection.wait()
        if self._collection.digests() != self._digests:
            raise SearchIndexError(
                f"Collection {self._collection.name} differs from what was written. "
                "Perhaps another program is building it. Try again."
            )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = Manifest(self._config, self._number, now, len(self._digests), revision)
        self._generations.finalize(manifest, self._settings)
        self.close()
        return manifest

    def close(self) -> None:
        """Refuse further writes: what was committed is what readers read."""
        self._open = False

    def _write(self, points: Sequence[Point], digests: Sequence[str]) -> None:
        # Each id once: two parallel requests may be applied in any order.
        last = {point.id: (point, digest) for point, digest in zip(points, digests, strict=True)}
        self._collection.write(
            to_point(self._config.schema, point, digest) for point, digest in last.values()
        )
        self._digests.update({point_id: digest for point_id, (_, digest) in last.items()})
        self._unchanged_ids.difference_update(last)

    def _check_open(self) -> None:
        if not self._open:
            raise SearchIndexError(
                f"The build of collection {self._collection.name} is finished. Begin another one."
            )

    def _unchanged_points(self) -> Iterator[models.PointStruct]:
        if self._source is None or not self._unchanged_ids:
            return
        for record in self._source.records(payload=True, vectors=True):
            if str(record.id) in self._unchanged_ids:
                yield models.PointStruct(id=record.id, vector=record.vector, payload=record.payload)  # type: ignore[arg-type]
