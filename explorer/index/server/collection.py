"""One collection on a server, read page by page and written batch by batch."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from qdrant_client import QdrantClient, models

from explorer.index.points import DIGEST
from explorer.index.server.connection import Connection, T

PAGE_SIZE = 1000
"""Points per request without vectors."""

BATCH = 64
"""Points with their vectors per request: a few MB of the 32 MB that a server accepts."""

UPLOADS = 4
"""Parallel requests, while the next ones are prepared. More would only wait for the server and take memory."""

NO_POINT = str(UUID(int=0))


@dataclass(frozen=True, slots=True)
class ServerCollection:
    """The collection of one generation."""

    connection: Connection
    name: str

    def ask(self, request: Callable[[QdrantClient, str], T]) -> T:
        """Send a request about this collection and return the response."""
        return self.connection.ask(lambda client: request(client, self.name))

    def records(
        self, where: models.Filter | None = None, *, payload: bool | list[str], vectors: bool | list[str]
    ) -> Iterator[models.Record]:
        """Yield every point that passes the filter, in the order of ids."""
        size = BATCH if vectors else PAGE_SIZE
        after: models.ExtendedPointId | None = None
        while True:
            records, after = self.ask(self._page_request(where, size, after, payload, vectors))
            yield from records
            if after is None:
                return

    def digests(self) -> dict[str, str]:
        """Return the digest of every point by id."""
        records = self.records(payload=[DIGEST], vectors=False)
        return {str(record.id): (record.payload or {})[DIGEST] for record in records}

    def write(self, points: Iterable[models.PointStruct]) -> None:
        """Add or replace points, each id once, without waiting until the server has applied them.

        A few requests are sent in parallel. If the server accepts them slowly, the caller waits.
        """
        if self.connection.in_process:  # this client is not thread-safe
            for batch in _batches(points):
                self._write_batch(batch)
            return
        with ThreadPoolExecutor(UPLOADS) as pool:
            uploads: deque[Future[None]] = deque()
            for batch in _batches(points):
                if len(uploads) == UPLOADS:
                    uploads.popleft().result()
                uploads.append(pool.submit(self._write_batch, batch))
            for upload in uploads:
                upload.result()

    def delete(self, ids: Sequence[str]) -> None:
        """Delete points, without waiting until the server has applied it."""
        if ids:
            selector = models.PointIdsList(points=list(ids))
            self.ask(lambda client, name: client.delete(name, selector, wait=False))

    def wait(self) -> None:
        """Wait until all requests are applied: shards work in order, and a last request goes to all of them."""
        no_point = models.FilterSelector(
            filter=models.Filter(must=[models.HasIdCondition(has_id=[NO_POINT])])
        )
        self.ask(lambda client, name: client.delete(name, no_point, wait=True))

    def _write_batch(self, batch: list[models.PointStruct]) -> None:
        self.ask(lambda client, name: client.upsert(name, batch, wait=False))

    def _page_request(
        self,
        where: models.Filter | None,
        size: int,
        after: models.ExtendedPointId | None,
        payload: bool | list[str],
        vectors: bool | list[str],
    ) -> Callable[[QdrantClient, str], tuple[list[models.Record], models.ExtendedPointId | None]]:
        return lambda client, name: client.scroll(
            name, where, limit=size, offset=after, with_payload=payload, with_vectors=vectors
        )


def _batches(points: Iterable[models.PointStruct]) -> Iterator[list[models.PointStruct]]:
    remaining = iter(points)
    while batch := list(islice(remaining, BATCH)):
        yield batch
