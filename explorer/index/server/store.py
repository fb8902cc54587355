"""The index on a Qdrant server or cluster, for libraries that outgrow a machine.

A server knows no lock. Of two programs that build at once, the later takes the earlier one's collection away;
what either finds missing when it verifies its points keeps it from becoming current.
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
from explorer.index.checks import (
    answers,
    check_facet,
    check_filter,
    check_ids,
    check_legs,
    check_names,
    check_points,
)
from explorer.index.manifest import EmbeddingConfig, Manifest
from explorer.index.points import Point, RawPoint, Schema, Scored, Stored, Vector, raw_points, stored
from explorer.index.query import EVERYTHING, Filter, HasVector, Leg
from explorer.index.server.collection import ServerCollection
from explorer.index.server.connection import Connection, T
from explorer.index.server.generations import ServerGenerations
from explorer.index.server.requests import (
    exact_params,
    filtered,
    request,
    scoring_request,
    search_params,
    written,
)
from explorer.index.server.settings import ServerSettings


class ServerStore:
    """A store on a server, asked through `client`; `place` is how messages call it."""

    def __init__(
        self,
        client: QdrantClient,
        name: str,
        settings: ServerSettings,
        *,
        place: str = "memory",
        withheld: str | None = None,
    ) -> None:
        self._settings = settings
        self._generations = ServerGenerations(Connection(client, place, settings.timeout, withheld), name)

    @classmethod
    def connect(
        cls, url: str, name: str, settings: ServerSettings, *, may_have_key: bool = False
    ) -> "ServerStore":
        """Return the store called `name` at this address. The key comes from QDRANT_API_KEY, for a server that may have it.

        Nothing is asked yet.
        """
        line = Connection.to(url, settings.timeout, may_have_key=may_have_key)
        return cls(line.client, name, settings, place=line.place, withheld=line.withheld)

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
        """See IndexStore: a server checks its own files, and says at once where a generation is gone."""
        self._generations.read_manifest(self._generations.newest())

    def leftovers(self) -> list[Path]:
        """See IndexStore: nothing that lies on this machine."""
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
        """See IndexStore; the server has a memory of its own."""
        last = self.current_generation() or 0
        source = None if fresh else self._source(config, last)
        self._generations.drop(lambda number: number > last)
        try:
            revision = self._generations.read_manifest(last).revision if source else None
            begun = ServerBuild(self._generations, self._settings, config, last + 1, source, revision)
            with contextlib.closing(begun) as build:
                yield build
        finally:
            # Where the server itself is gone, the error on its way says so.
            with contextlib.suppress(SearchIndexError):
                if self.current_generation() == (last or None):
                    self._generations.drop(lambda number: number > last)

    def _source(self, config: EmbeddingConfig, last: int) -> ServerCollection | None:
        same = last and self._generations.read_manifest(last).config == config
        return self._generations.collection(last) if same else None


class ServerIndex:
    """One generation on a server, open for reading."""

    def __init__(self, generations: ServerGenerations, number: int, settings: ServerSettings) -> None:
        self.manifest = generations.read_manifest(number)
        self._collection = generations.collection(number)
        self._closed = False
        in_process = generations.line.in_process
        self._how = None if in_process else search_params(settings)
        self._exactly = None if in_process else exact_params()

    def search(self, legs: Sequence[Leg]) -> list[list[Scored]]:
        """See Index."""
        check_legs(self._schema, legs)
        asked = [leg for leg in legs if answers(leg)]
        found = iter(self._ask_all([request(self._schema, leg, self._how) for leg in asked]))
        return [
            [Scored(str(hit.id), hit.score) for hit in next(found)] if answers(leg) else [] for leg in legs
        ]

    def score(self, legs: Sequence[Leg], ids: Collection[str]) -> list[dict[str, float]]:
        """See Index."""
        check_legs(self._schema, legs)
        check_ids(ids)
        wanted = list(set(ids))
        asked = [replace(leg, limit=len(wanted)) for leg in legs]
        requests = [
            scoring_request(self._schema, leg, wanted, self._exactly) for leg in asked if answers(leg)
        ]
        found = iter(self._ask_all(requests))
        return [{str(hit.id): hit.score for hit in next(found)} if answers(leg) else {} for leg in asked]

    def fetch(self, ids: Sequence[str], vectors: Sequence[str] = ()) -> list[Stored]:
        """See Index."""
        check_ids(ids)
        check_names(self._schema, vectors)
        wanted, named = list(ids), list(vectors) or False
        records = self._ask(
            lambda client, name: client.retrieve(name, wanted, with_payload=True, with_vectors=named)
        )
        found = {str(record.id): stored(record.id, record.payload, record.vector) for record in records}
        return [found[point_id] for point_id in ids if point_id in found]

    def sample(self, name: str, size: int, where: Filter = EVERYTHING) -> list[Vector]:
        """See Index: ids are evenly spread, so the lowest ones are a random sample."""
        check_names(self._schema, [name])
        check_filter(self._schema, where)
        asked = filtered(where.also(HasVector(name)))
        records = islice(self._open().records(asked, payload=False, vectors=[name]), size)
        return [stored(record.id, None, record.vector).vectors[name] for record in records]

    def count(self, where: Filter = EVERYTHING) -> int:
        """See Index."""
        check_filter(self._schema, where)
        asked = filtered(where)
        return self._ask(lambda client, name: client.count(name, asked, exact=True)).count

    def facet(
        self, field: str, where: Filter = EVERYTHING, limit: int = 100
    ) -> list[tuple[str | int | bool, int]]:
        """See Index."""
        check_facet(self._schema, field)
        check_filter(self._schema, where)
        if limit == 0:
            return []
        asked = filtered(where)
        response = self._ask(lambda client, name: client.facet(name, field, asked, limit=limit, exact=True))
        return [(hit.value, hit.count) for hit in response.hits]

    def digests(self) -> dict[str, str]:
        """See Index."""
        return self._open().digests()

    def raw_points(self, ids: Sequence[str]) -> list[RawPoint]:
        """See Index."""
        check_ids(ids)
        wanted = list(ids)
        records = self._ask(
            lambda client, name: client.retrieve(name, wanted, with_payload=True, with_vectors=True)
        )
        return [raw_points(record.id, record.payload, record.vector) for record in records]

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

    def _ask(self, request: Callable[[QdrantClient, str], T]) -> T:
        return self._open().ask(request)

    def _ask_all(self, requests: list[models.QueryRequest]) -> list[list[models.ScoredPoint]]:
        if not requests:
            self._open()
            return []
        responses = self._ask(lambda client, name: client.query_batch_points(name, requests))
        return [response.points for response in responses]


class ServerBuild:
    """The next generation on a server, in the making.

    Points of the generation it began with are copied at the end, and only those that nothing replaced.
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
        self._carried = set(self._digests)
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

    def carry(self, points: Sequence[RawPoint]) -> None:
        """See Build."""
        self._check_open()
        check_points(self._config.schema, [one.point for one in points])
        self._write([one.point for one in points], [one.digest for one in points])

    def delete(self, ids: Collection[str]) -> None:
        """See Build."""
        self._check_open()
        check_ids(ids)
        self._collection.delete(list(ids))
        self._carried.difference_update(ids)
        for point_id in ids:
            self._digests.pop(point_id, None)

    def commit(self, revision: str | None = None) -> Manifest:
        """See Build."""
        self._check_open()
        self._collection.write(self._unchanged())
        self._collection.wait()
        if self._collection.digests() != self._digests:
            raise SearchIndexError(
                f"Collection {self._collection.name} is not what was written. Is another program building it?"
            )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = Manifest(self._config, self._number, now, len(self._digests), revision)
        self._generations.finalize(manifest, self._settings)
        self.close()
        return manifest

    def close(self) -> None:
        """Nothing can be written after it: what was committed is what readers read."""
        self._open = False

    def _write(self, points: Sequence[Point], digests: Sequence[str]) -> None:
        # Each id once: of two requests that are under way together, either may come first.
        last = {point.id: (point, digest) for point, digest in zip(points, digests, strict=True)}
        self._collection.write(written(self._config.schema, *pair) for pair in last.values())
        self._digests.update({id: digest for id, (_, digest) in last.items()})
        self._carried.difference_update(last)

    def _check_open(self) -> None:
        if not self._open:
            raise SearchIndexError(
                f"The build of collection {self._collection.name} is finished. Begin another one."
            )

    def _unchanged(self) -> Iterator[models.PointStruct]:
        if self._source is None or not self._carried:
            return
        for record in self._source.records(payload=True, vectors=True):
            if str(record.id) in self._carried:
                yield models.PointStruct(id=record.id, vector=record.vector, payload=record.payload)  # type: ignore[arg-type]
