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

PAGE = 1000
"""Points of a page where vectors are not asked for."""

BATCH = 64
"""Points with their vectors in one request: a few MB, of the 32 MB that a server takes."""

UPLOADS = 4
"""Requests under way at once, while the next ones are prepared. More wait for the server and only take memory."""

NOBODY = str(UUID(int=0))


@dataclass(frozen=True, slots=True)
class ServerCollection:
    """The collection of one generation."""

    line: Connection
    name: str

    def ask(self, request: Callable[[QdrantClient, str], T]) -> T:
        """The answer to a request about this collection."""
        return self.line.ask(lambda client: request(client, self.name))

    def records(
        self, where: models.Filter | None = None, *, payload: bool | list[str], vectors: bool | list[str]
    ) -> Iterator[models.Record]:
        """Every point that counts, in the order of ids."""
        size = BATCH if vectors else PAGE
        after: models.ExtendedPointId | None = None
        while True:
            found, after = self.ask(self._page(where, size, after, payload, vectors))
            yield from found
            if after is None:
                return

    def digests(self) -> dict[str, str]:
        """The digest of every point, by id."""
        records = self.records(payload=[DIGEST], vectors=False)
        return {str(record.id): (record.payload or {})[DIGEST] for record in records}

    def write(self, points: Iterable[models.PointStruct]) -> None:
        """Add or replace points, each id once, without waiting until they are.

        Requests go side by side, a few at a time: a server that is slow to take them makes the caller wait.
        """
        if self.line.in_process:  # its client is not made for threads
            for batch in _batches(points):
                self._write_batch(batch)
            return
        with ThreadPoolExecutor(UPLOADS) as pool:
            under_way: deque[Future[None]] = deque()
            for batch in _batches(points):
                if len(under_way) == UPLOADS:
                    under_way.popleft().result()
                under_way.append(pool.submit(self._write_batch, batch))
            for upload in under_way:
                upload.result()

    def delete(self, ids: Sequence[str]) -> None:
        """Remove points, without waiting until they are."""
        if ids:
            which = models.PointIdsList(points=list(ids))
            self.ask(lambda client, name: client.delete(name, which, wait=False))

    def wait(self) -> None:
        """Until all that was sent is done: a shard works in turn, and this last request is for all."""
        nobody = models.FilterSelector(filter=models.Filter(must=[models.HasIdCondition(has_id=[NOBODY])]))
        self.ask(lambda client, name: client.delete(name, nobody, wait=True))

    def _write_batch(self, batch: list[models.PointStruct]) -> None:
        self.ask(lambda client, name: client.upsert(name, batch, wait=False))

    def _page(
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
    rest = iter(points)
    while batch := list(islice(rest, BATCH)):
        yield batch
