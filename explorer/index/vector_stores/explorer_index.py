"""The explorer's own index as a compared store, in a folder or on a server: with its digests and its verification."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from explorer.index.points import Point, Schema, Vector, VectorField
from explorer.index.query import Filter, Leg, Nearest
from explorer.index.store import EmbeddingConfig, Index, IndexStore, open_store
from explorer.index.vector_stores.store import FIELDS, VECTOR, Rows, StorePlace

NUMBER_BITS: Final = 2**64 - 1
"""The lower half of an id is the number of the row."""
GOLDEN_RATIO: Final = 0x9E3779B97F4A7C15
"""Multiples of it, modulo 2**64, are evenly distributed, as ids must be."""


def id_of(number: int) -> str:
    """Return the id of a row. No id is the nil UUID, which the server index deletes as a point that never exists."""
    return str(UUID(int=((number + 1) * GOLDEN_RATIO & NUMBER_BITS) << 64 | number))


class ExplorerIndex:
    """A generation of an index, as an ingest builds it: if it is large, with a graph."""

    def __init__(self, store: IndexStore, dim: int) -> None:
        self._store = store
        self._config = EmbeddingConfig(
            "compared", "0", "0", Schema((VectorField(VECTOR, dim),), fields=FIELDS)
        )
        self._index: Index | None = None

    def load(self, batches: Iterable[Rows]) -> None:
        """See VectorStore."""
        with self._store.build(self._config) as build:
            for rows in batches:
                build.upsert(
                    [
                        Point(id_of(number), {VECTOR: vector}, {}, payload)
                        for number, vector, payload in zip(
                            rows.numbers, rows.vectors, rows.payloads, strict=True
                        )
                    ]
                )
            build.commit()
        self._store.build_graphs(lambda _line: None)

    def open(self, batches: Iterable[Rows]) -> None:  # noqa: ARG002
        """See VectorStore."""
        self._index = self._store.open()

    def search(self, vector: Vector, limit: int, where: Filter) -> list[int]:
        """See VectorStore."""
        assert self._index
        [hits] = self._index.search([Leg(VECTOR, Nearest(vector), limit, where)])
        return [UUID(hit.id).int & NUMBER_BITS for hit in hits]

    def close(self) -> None:
        """See VectorStore."""
        if self._index:
            self._index.close()


def index_in_folder(place: StorePlace) -> ExplorerIndex:
    """Return the index in a folder: Edge with int8 vectors in memory, which it rescores with the full ones."""
    return ExplorerIndex(open_store(place.folder), place.dim)


def index_on_server(place: StorePlace) -> ExplorerIndex:
    """Return the index on the Qdrant server that the user named, who thereby trusts it with the key."""
    assert place.qdrant_url
    return ExplorerIndex(open_store(place.qdrant_url, name=place.collection, may_have_key=True), place.dim)
