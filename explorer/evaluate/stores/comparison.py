"""`explorer stores`: vector stores compared with the vectors and the searches of a library."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.evaluate.stores.advice import advice
from explorer.evaluate.stores.library_vectors import LibraryVectors, QuerySource
from explorer.evaluate.stores.measuring import (
    StoredVectorSet,
    StoreFailedError,
    StoreMeasurement,
    measure_store,
)
from explorer.index.vector_stores.listed_stores import SERVER, STORES, StoreSpec
from explorer.ingest.report import Progress


@dataclass(frozen=True, slots=True)
class StoreResult:
    """One store: its values, or the reason why there are none."""

    name: str
    label: str
    has_filters: bool
    """Whether a search can be restricted by fields such as the date; otherwise only by row numbers."""
    measured: StoreMeasurement | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class StoreComparison:
    """The stores, and what they were compared with: the vectors of a leg, and queries."""

    leg: str
    dim: int
    vectors: int
    queries: int
    source: QuerySource
    used: str | None
    """The name of the store that the library uses; None if it is on a server that was not measured."""
    stores: tuple[StoreResult, ...]
    advice: str

    @property
    def subject(self) -> str:
        """What the stores were compared with, in words."""
        queries = {
            "history": f"{self.queries} different searches of the history",
            "given": f"{self.queries} given queries",
            "sample": f"{self.queries} stored vectors as queries, because nobody has searched this library yet",
        }
        return f"{self.vectors:,} vectors of {self.dim} numbers (leg {self.leg}), {queries[self.source]}"


def compare_stores(
    compared: LibraryVectors, *, qdrant_url: str | None, used: str | None, progress: Progress
) -> StoreComparison:
    """Measure every store, one after the other. `used` is the name of the store that the library uses."""
    vector_set = compared.vector_set
    specs = [spec for spec in STORES if spec.name != SERVER or qdrant_url]
    with tempfile.TemporaryDirectory(prefix="explorer-stores-") as scratch:
        stored = StoredVectorSet(vector_set, Path(scratch))
        vector_set.write(stored.folder)
        with progress.track(specs, "Measuring stores") as work:
            results = [_result(spec, stored, qdrant_url) for spec in work]
    return StoreComparison(
        leg=compared.leg,
        dim=vector_set.vectors.shape[1],
        vectors=len(vector_set.vectors),
        queries=len(vector_set.queries),
        source=compared.source,
        used=used,
        stores=tuple(results),
        advice=_advice(results, used, len(vector_set.vectors)),
    )


def _result(spec: StoreSpec, stored: StoredVectorSet, qdrant_url: str | None) -> StoreResult:
    reason = spec.obstacle(len(stored.vector_set.vectors))
    if reason is None:
        try:
            measured = measure_store(spec, stored, qdrant_url=qdrant_url)
            return StoreResult(spec.name, spec.label, spec.has_filters, measured)
        except StoreFailedError as error:
            reason = str(error)
    return StoreResult(spec.name, spec.label, spec.has_filters, None, reason)


def _advice(results: Sequence[StoreResult], used: str | None, vectors: int) -> str:
    measured = {result.name: result.measured for result in results if result.measured}
    labels = {result.name: result.label for result in results}
    with_filters = {result.name for result in results if result.has_filters}
    return advice(measured, labels, with_filters, used, vectors)
