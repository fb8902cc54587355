"""Measure the speed of indexing and search: the explorer's index (Qdrant Edge) and qdrant-client's local mode.

    python benchmarks/index.py [--sizes 2000,20000] [--edge-only-sizes 200000] [--repeats 3] [--json]

Both get the same points: clustered 512-dimensional vectors, similar to the pictures of an archive, with kind, day and
issue. Edge is measured through explorer.index, including digests and the verification of the files. Local mode is used
as its documentation shows, in a folder and in memory. Local mode in memory loads its points at each start, which counts
as its opening time. Loading and searching run in separate processes. Memory is the peak of the whole process.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from statistics import mean, median, quantiles
from typing import TYPE_CHECKING, Any, Protocol
from uuid import NAMESPACE_OID, uuid5

import numpy as np
from measuring import (
    disk_mb,
    in_fresh_process,
    log,
    machine,
    parse_integers,
    plain,
    quotients,
    spreads,
    table,
)
from numpy.typing import NDArray

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

    from explorer.index import Index
    from explorer.index.points import FieldKind

DIM = 512
CLUSTERS = 100
SCATTER = 0.04  # of each number of a vector: two points of one cluster have a cosine of about 0.55
QUERIES = 100
TOP = 20
BATCH = 20  # points of an issue; an ingest sends points in such batches
FIRST_DAY, LAST_DAY = 20220101, 20231231  # one point in six is a figure from this period
COMPARED = ("load_s", "open_s", "p50_ms", "filtered_p50_ms")

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SamplePoint:
    """A random point, independent of the back end."""

    id: str
    vector: Vectors
    payload: dict[str, Any]

    @property
    def passes_filter(self) -> bool:
        return bool(self.payload["kind"] == "figure") and FIRST_DAY <= self.payload["day"] <= LAST_DAY


class BackEnd(Protocol):
    """A store that loads points and searches them."""

    def load(self, batches: Iterable[Sequence[SamplePoint]]) -> None: ...

    def open(self, batches: Callable[[], Iterable[Sequence[SamplePoint]]]) -> None:
        """Prepare for searches in a new process. `batches` contains the points for stores without a folder."""

    def search(self, vector: Vectors, *, filtered: bool) -> list[str]: ...

    def close(self) -> None: ...


class Edge:
    """The explorer's index in a folder."""

    def __init__(self, folder: Path) -> None:
        from explorer.index import EVERYTHING, Between, Equals, Filter, open_store

        self._store = open_store(folder)
        self._index: Index | None = None
        self._filters = {
            False: EVERYTHING,
            True: Filter((Equals("kind", "figure"), Between("day", FIRST_DAY, LAST_DAY))),
        }

    def load(self, batches: Iterable[Sequence[SamplePoint]]) -> None:
        from explorer.index import EmbeddingConfig, Point, Schema, VectorField

        fields: dict[str, FieldKind] = {"kind": "keyword", "day": "integer", "issue_id": "keyword"}
        config = EmbeddingConfig("benchmark", "0", "0", Schema((VectorField("picture", DIM),), fields=fields))
        with self._store.build(config) as build:
            for batch in batches:
                build.upsert(
                    [Point(point.id, {"picture": point.vector}, {}, point.payload) for point in batch]
                )
            build.commit()

    def open(self, batches: Callable[[], Iterable[Sequence[SamplePoint]]]) -> None:
        del batches
        self._index = self._store.open()

    def search(self, vector: Vectors, *, filtered: bool) -> list[str]:
        from explorer.index import Leg, Nearest

        assert self._index
        [hits] = self._index.search([Leg("picture", Nearest(vector), TOP, self._filters[filtered])])
        return [hit.id for hit in hits]

    def close(self) -> None:
        if self._index:
            self._index.close()


class LocalMode:
    """qdrant-client without a server, in a folder."""

    def __init__(self, folder: Path) -> None:
        from qdrant_client import models

        warnings.simplefilter("ignore")  # local mode warns above 20,000 points
        self._client = self._connect(folder)
        self._filter = models.Filter(
            must=[
                models.FieldCondition(key="kind", match=models.MatchValue(value="figure")),
                models.FieldCondition(key="day", range=models.Range(gte=FIRST_DAY, lte=LAST_DAY)),
            ]
        )

    def _connect(self, folder: Path) -> QdrantClient:
        from qdrant_client import QdrantClient

        return QdrantClient(path=str(folder))

    def load(self, batches: Iterable[Sequence[SamplePoint]]) -> None:
        from qdrant_client import models

        picture = models.VectorParams(size=DIM, distance=models.Distance.COSINE)
        self._client.create_collection("points", vectors_config={"picture": picture})
        for batch in batches:
            self._client.upsert(
                "points",
                [
                    models.PointStruct(
                        id=point.id, vector={"picture": point.vector.tolist()}, payload=point.payload
                    )
                    for point in batch
                ],
            )

    def open(self, batches: Callable[[], Iterable[Sequence[SamplePoint]]]) -> None:
        del batches  # the connection has already read the whole folder

    def search(self, vector: Vectors, *, filtered: bool) -> list[str]:
        response = self._client.query_points(
            "points",
            query=vector,
            using="picture",
            limit=TOP,
            query_filter=self._filter if filtered else None,
        )
        return [str(hit.id) for hit in response.points]

    def close(self) -> None:
        self._client.close()


class InMemory(LocalMode):
    """qdrant-client without a server or a folder."""

    def _connect(self, folder: Path) -> QdrantClient:
        from qdrant_client import QdrantClient

        del folder
        return QdrantClient(":memory:")

    def open(self, batches: Callable[[], Iterable[Sequence[SamplePoint]]]) -> None:
        self.load(batches())


EDGE = "Edge"
BACK_ENDS: dict[str, Callable[[Path], BackEnd]] = {
    EDGE: Edge,
    "local mode, folder": LocalMode,
    "local mode, memory": InMemory,
}


class PointGenerator:
    """Batches of reproducible random points; `seconds` is the time that generating them took."""

    def __init__(self, points: int) -> None:
        self._points = points
        self.seconds = 0.0

    def __iter__(self) -> Iterator[list[SamplePoint]]:
        for start in range(0, self._points, BATCH):
            started = time.perf_counter()
            batch = _sample_points(start, min(BATCH, self._points - start))
            self.seconds += time.perf_counter() - started
            yield batch


def load(back_end: str, folder: str, points: int) -> dict[str, float]:
    """Load the points into the back end (runs in its own process)."""
    generator = PointGenerator(points)
    import_engine(back_end)
    started = time.perf_counter()
    store = BACK_ENDS[back_end](Path(folder))
    store.load(generator)
    store.close()
    return {"load_s": time.perf_counter() - started - generator.seconds}


def search(back_end: str, folder: str, points: int) -> dict[str, Any]:
    """Open the loaded points and run all queries, without and with a filter (runs in its own process)."""
    generator, vectors = PointGenerator(points), queries()
    import_engine(back_end)
    started = time.perf_counter()
    store = BACK_ENDS[back_end](Path(folder))
    store.open(lambda: generator)
    open_seconds = time.perf_counter() - started - generator.seconds
    results, times = _run_queries(store, vectors, filtered=False)
    filtered_results, filtered_times = _run_queries(store, vectors, filtered=True)
    store.close()
    return {
        "open_s": open_seconds,
        "first_ms": times[0],
        "p50_ms": median(times),
        "p95_ms": quantiles(times, n=20)[-1],
        "filtered_p50_ms": median(filtered_times),
        "found": results,
        "found_filtered": filtered_results,
    }


def exact(points: int) -> list[list[list[str]]]:
    """Return the exact nearest neighbours of each query, without and with the filter (runs in its own process)."""
    sample = [point for batch in PointGenerator(points) for point in batch]
    vectors = np.stack([point.vector for point in sample])
    neighbours = []
    for allowed in (np.ones(points, dtype=bool), np.array([point.passes_filter for point in sample])):
        scores = np.where(allowed, queries() @ vectors.T, -np.inf)
        neighbours.append(
            [[sample[column].id for column in np.argsort(-row)[:TOP] if allowed[column]] for row in scores]
        )
    return neighbours


def queries() -> Vectors:
    """Return query vectors from the same clusters as the points."""
    return _clustered(np.random.default_rng([1]), QUERIES)


def import_engine(back_end: str) -> None:
    """Import the engine of the back end, so that the import does not count in the measured time."""
    import_module("explorer.index.edge.shard" if back_end == EDGE else "qdrant_client")


def measure(back_end: str, points: int, truth: Sequence[Sequence[Sequence[str]]]) -> dict[str, float]:
    """Measure one back end with the given number of points."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "index"
        loaded = in_fresh_process(load, back_end, str(folder), points)
        disk = disk_mb(folder) if folder.exists() else 0.0
        searched = in_fresh_process(search, back_end, str(folder), points)
    results, filtered_results = searched.result.pop("found"), searched.result.pop("found_filtered")
    return {
        **loaded.result,
        **searched.result,
        "recall": _recall(results, truth[0]),
        "filtered_recall": _recall(filtered_results, truth[1]),
        "load_peak_mb": loaded.peak_mb,
        "search_peak_mb": searched.peak_mb,
        "disk_mb": disk,
    }


def main() -> None:
    options = _options()
    cases = [(points, name) for points in options.sizes for name in BACK_ENDS]
    cases += [(points, EDGE) for points in options.edge_only_sizes]
    truth = {points: in_fresh_process(exact, points).result for points in dict(cases)}
    runs: dict[tuple[int, str], list[dict[str, float]]] = {case: [] for case in cases}
    for repeat in range(options.repeats):
        for points, name in runs:
            log(f"{repeat + 1} of {options.repeats}: {points:,} points, {name}")
            runs[points, name].append(measure(name, points, truth[points]))
    ratios = {
        (points, name): quotients(results, runs[points, EDGE], COMPARED)
        for (points, name), results in runs.items()
        if name != EDGE
    }
    environment = machine("qdrant-edge-py", "qdrant-client", "numpy")
    if options.json:
        report = {
            "machine": environment,
            "repeats": options.repeats,
            "runs": [
                {"points": points, "back_end": name, **plain(spreads(results))}
                for (points, name), results in runs.items()
            ],
            "ratios": [
                {"points": points, "back_end": name, **plain(ratio)}
                for (points, name), ratio in ratios.items()
            ],
        }
        print(json.dumps(report))
        return
    print(
        f"{environment}; {DIM}-d, top {TOP}, {QUERIES} queries; median of {options.repeats} (least–greatest)\n"
    )
    print(_results(runs))
    if ratios:
        print("\nTime relative to Edge:\n")
        columns = ("points", "back end", "load", "open", "search p50", "filtered p50")
        print(
            table(
                columns, [(f"{points:,}", name, *ratio.values()) for (points, name), ratio in ratios.items()]
            )
        )


def _results(runs: dict[tuple[int, str], list[dict[str, float]]]) -> str:
    measures = {
        "load s": "load_s",
        "open s": "open_s",
        "first search ms": "first_ms",
        "p50 ms": "p50_ms",
        "p95 ms": "p95_ms",
        "filtered p50 ms": "filtered_p50_ms",
        f"recall@{TOP}": "recall",
        "MB loading": "load_peak_mb",
        "MB searching": "search_peak_mb",
        "MB on disk": "disk_mb",
    }
    rows = []
    for (points, name), results in runs.items():
        spread = spreads(results)
        rows.append((f"{points:,}", name, *(spread[key] for key in measures.values())))
    return table(("points", "back end", *measures), rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--sizes", type=parse_integers, default="2000,20000", help="numbers of points for all back ends"
    )
    parser.add_argument(
        "--edge-only-sizes", type=parse_integers, default="200000", help="numbers of points for Edge only"
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    return parser.parse_args()


def _run_queries(store: BackEnd, vectors: Vectors, *, filtered: bool) -> tuple[list[list[str]], list[float]]:
    results, times = [], []
    for vector in vectors:
        started = time.perf_counter()
        results.append(store.search(vector, filtered=filtered))
        times.append((time.perf_counter() - started) * 1000)
    return results, times


def _recall(results: Sequence[Sequence[str]], truth: Sequence[Sequence[str]]) -> float:
    return mean(
        len({*ids} & {*relevant}) / len(relevant) if relevant else 1.0
        for ids, relevant in zip(results, truth, strict=True)
    )


def _sample_points(start: int, count: int) -> list[SamplePoint]:
    vectors = _clustered(np.random.default_rng([2, start]), count)
    return [
        SamplePoint(str(uuid5(NAMESPACE_OID, str(number))), vector, _payload(number))
        for number, vector in enumerate(vectors, start)
    ]


def _payload(number: int) -> dict[str, Any]:
    issue = number // BATCH
    day = date(2014, 1, 1) + timedelta(weeks=issue * 193 % 520)
    return {
        "kind": "item" if number % 5 == 0 else "figure",
        "day": int(f"{day:%Y%m%d}"),
        "issue_id": str(uuid5(NAMESPACE_OID, f"issue {issue}")),
    }


def _clustered(random: np.random.Generator, count: int) -> Vectors:
    scattered = random.standard_normal((count, DIM), dtype=np.float32) * np.float32(SCATTER)
    return _unit(_centres()[random.integers(CLUSTERS, size=count)] + scattered)


@cache
def _centres() -> Vectors:
    return _unit(np.random.default_rng([0]).standard_normal((CLUSTERS, DIM), dtype=np.float32))


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


if __name__ == "__main__":
    main()
