"""The interface of a compared vector store. A row is one vector with its payload; its id is its number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from explorer.index.points import FieldKind, Json, Vector
from explorer.index.query import Filter

FIELDS: Final[Mapping[str, FieldKind]] = {"kind": "keyword", "day": "integer", "issue_id": "keyword"}
"""The payload of a row: the fields that most filters of a search use."""

VECTOR: Final = "vector"
COLLECTION: Final = "rows"

# All graphs are built and searched with the same parameters.
HNSW_EDGES: Final = 16
HNSW_EF_CONSTRUCT: Final = 100
HNSW_EF: Final = 128


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Consecutive rows: the number of the first one, unit vectors (n, dim), and a payload for each."""

    start: int
    vectors: Vector
    payloads: Sequence[Mapping[str, Json]]

    @property
    def numbers(self) -> range:
        """The numbers of the rows."""
        return range(self.start, self.start + len(self.vectors))


@dataclass(frozen=True, slots=True)
class StorePlace:
    """Where a store keeps its rows: a folder, which need not exist, or a collection of a server."""

    folder: Path
    dim: int
    qdrant_url: str | None = None
    collection: str = COLLECTION


class VectorStore(Protocol):
    """A store that loads rows in one process and searches them in another."""

    def load(self, batches: Iterable[Rows]) -> None:
        """Store the rows."""

    def open(self, batches: Iterable[Rows]) -> None:
        """Prepare for searches in a new process. `batches` contains the rows for stores that keep nothing on disk."""

    def search(self, vector: Vector, limit: int, where: Filter) -> list[int]:
        """Return the numbers of the nearest rows that pass the filter, best first.

        A store without filters by field is only asked with an empty filter.
        """

    def close(self) -> None:
        """Release files and connections."""
