"""How fast points are indexed and found: the explorer's index (Qdrant Edge) beside qdrant-client's local mode.

    python benchmarks/index.py [--sizes 2000,20000] [--edge-only-sizes 200000] [--repeats 3] [--json]

Both get the same points: 512 numbers in clusters, as pictures of an archive are, with kind, day and issue. Edge is
measured through explorer.index, digests and the check of what reached the disk included; local mode as its
documentation shows it, in a folder and in memory. What is kept in memory has to be loaded at each start: that is
its opening. Loading and searching are processes of their own, and memory is that of the whole process.
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
from measuring import disk_mb, in_fresh_process, machine, plain, quotients, say, spreads, table, whole_numbers
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
BATCH = 20  # an issue: so points come in an ingest
FIRST_DAY, LAST_DAY = 20220101, 20231231  # one point in six is a figure of these days
COMPARED = ("load_s", "open_s", "p50_ms", "filtered_p50_ms")

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A point before it is one of some back end."""

    id: str
    vector: Vectors
    payload: dict[str, Any]

    @property
    def passes(self) -> bool:
        return bool(self.payload["kind"] == "figure") and FIRST_DAY <= self.payload["day"] <= LAST_DAY


class BackEnd(Protocol):
    """Keeps points in a folder and finds them again."""

    def load(self, batches: Iterable[Sequence[Drawn]]) -> None: ...

    def open(self, batches: Callable[[], Iterable[Sequence[Drawn]]]) -> None:
        """Ready to search, in a new process; `batches` is for those that forgot."""

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

    def load(self, batches: Iterable[Sequence[Drawn]]) -> None:
        from explorer.index import EmbeddingConfig, Point, Schema, VectorField

        fields: dict[str, FieldKind] = {"kind": "keyword", "day": "integer", "issue_id": "keyword"}
        recipe = EmbeddingConfig("benchmark", "0", "0", Schema((VectorField("picture", DIM),), fields=fields))
        with self._store.build(recipe) as build:
            for batch in batches:
                build.upsert([Point(one.id, {"picture": one.vector}, {}, one.payload) for one in batch])
            build.commit()

    def open(self, batches: Callable[[], Iterable[Sequence[Drawn]]]) -> None:
        del batches
        self._index = self._store.open()

    def search(self, vector: Vectors, *, filtered: bool) -> list[str]:
        from explorer.index import Leg, Nearest

        assert self._index
        [found] = self._index.search([Leg("picture", Nearest(vector), TOP, self._filters[filtered])])
        return [hit.id for hit in found]

    def close(self) -> None:
        if self._index:
            self._index.close()


class LocalMode:
    """qdrant-client without a server, in a folder."""

    def __init__(self, folder: Path) -> None:
        from qdrant_client import models

        warnings.simplefilter("ignore")  # it advises against itself beyond 20,000 points
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

    def load(self, batches: Iterable[Sequence[Drawn]]) -> None:
        from qdrant_client import models

        picture = models.VectorParams(size=DIM, distance=models.Distance.COSINE)
        self._client.create_collection("points", vectors_config={"picture": picture})
        for batch in batches:
            self._client.upsert(
                "points",
                [
                    models.PointStruct(
                        id=one.id, vector={"picture": one.vector.tolist()}, payload=one.payload
                    )
                    for one in batch
                ],
            )

    def open(self, batches: Callable[[], Iterable[Sequence[Drawn]]]) -> None:
        del batches  # connecting has read the whole folder

    def search(self, vector: Vectors, *, filtered: bool) -> list[str]:
        answer = self._client.query_points(
            "points",
            query=vector,
            using="picture",
            limit=TOP,
            query_filter=self._filter if filtered else None,
        )
        return [str(hit.id) for hit in answer.points]

    def close(self) -> None:
        self._client.close()


class InMemory(LocalMode):
    """qdrant-client without a server or a folder."""

    def _connect(self, folder: Path) -> QdrantClient:
        from qdrant_client import QdrantClient

        del folder
        return QdrantClient(":memory:")

    def open(self, batches: Callable[[], Iterable[Sequence[Drawn]]]) -> None:
        self.load(batches())


EDGE = "Edge"
BACK_ENDS: dict[str, Callable[[Path], BackEnd]] = {
    EDGE: Edge,
    "local mode, folder": LocalMode,
    "local mode, memory": InMemory,
}


class Drawing:
    """The batches of so many points, always the same ones; `seconds` is what drawing them has taken."""

    def __init__(self, points: int) -> None:
        self._points = points
        self.seconds = 0.0

    def __iter__(self) -> Iterator[list[Drawn]]:
        for start in range(0, self._points, BATCH):
            before = time.perf_counter()
            batch = _draw(start, min(BATCH, self._points - start))
            self.seconds += time.perf_counter() - before
            yield batch


def load(back_end: str, folder: str, points: int) -> dict[str, float]:
    """In a process of its own: fills the back end."""
    drawing = Drawing(points)
    import_engine(back_end)
    started = time.perf_counter()
    one = BACK_ENDS[back_end](Path(folder))
    one.load(drawing)
    one.close()
    return {"load_s": time.perf_counter() - started - drawing.seconds}


def search(back_end: str, folder: str, points: int) -> dict[str, Any]:
    """In a process of its own: opens what was loaded and asks every query, without and with a filter."""
    drawing, vectors = Drawing(points), queries()
    import_engine(back_end)
    started = time.perf_counter()
    one = BACK_ENDS[back_end](Path(folder))
    one.open(lambda: drawing)
    opened = time.perf_counter() - started - drawing.seconds
    found, times = _ask(one, vectors, filtered=False)
    found_filtered, times_filtered = _ask(one, vectors, filtered=True)
    one.close()
    return {
        "open_s": opened,
        "first_ms": times[0],
        "p50_ms": median(times),
        "p95_ms": quantiles(times, n=20)[-1],
        "filtered_p50_ms": median(times_filtered),
        "found": found,
        "found_filtered": found_filtered,
    }


def exact(points: int) -> list[list[list[str]]]:
    """In a process of its own: what is truly nearest to each query, without and with the filter."""
    drawn = [one for batch in Drawing(points) for one in batch]
    vectors = np.stack([one.vector for one in drawn])
    nearest = []
    for allowed in (np.ones(points, dtype=bool), np.array([one.passes for one in drawn])):
        scores = np.where(allowed, queries() @ vectors.T, -np.inf)
        nearest.append(
            [[drawn[place].id for place in np.argsort(-row)[:TOP] if allowed[place]] for row in scores]
        )
    return nearest


def queries() -> Vectors:
    """Vectors of the same clusters, none of them a point's."""
    return _clustered(np.random.default_rng([1]), QUERIES)


def import_engine(back_end: str) -> None:
    """So that what is timed is the index, not Python's import of it."""
    import_module("explorer.index.edge.shard" if back_end == EDGE else "qdrant_client")


def measure(back_end: str, points: int, truth: Sequence[Sequence[Sequence[str]]]) -> dict[str, float]:
    """Everything that is known about one back end with so many points."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "index"
        loaded = in_fresh_process(load, back_end, str(folder), points)
        disk = disk_mb(folder) if folder.exists() else 0.0
        searched = in_fresh_process(search, back_end, str(folder), points)
    found = searched.result.pop("found"), searched.result.pop("found_filtered")
    return {
        **loaded.result,
        **searched.result,
        "recall": _recall(found[0], truth[0]),
        "filtered_recall": _recall(found[1], truth[1]),
        "load_peak_mb": loaded.peak_mb,
        "search_peak_mb": searched.peak_mb,
        "disk_mb": disk,
    }


def main() -> None:
    options = _options()
    wanted = [(points, name) for points in options.sizes for name in BACK_ENDS]
    wanted += [(points, EDGE) for points in options.edge_only_sizes]
    truth = {points: in_fresh_process(exact, points).result for points in dict(wanted)}
    runs: dict[tuple[int, str], list[dict[str, float]]] = {case: [] for case in wanted}
    for repeat in range(options.repeats):
        for points, name in runs:
            say(f"{repeat + 1} of {options.repeats}: {points:,} points, {name}")
            runs[points, name].append(measure(name, points, truth[points]))
    ratios = {
        (points, name): quotients(its, runs[points, EDGE], COMPARED)
        for (points, name), its in runs.items()
        if name != EDGE
    }
    here = machine("qdrant-edge-py", "qdrant-client", "numpy")
    if options.json:
        measured = [{"points": p, "back_end": n, **plain(spreads(its))} for (p, n), its in runs.items()]
        compared = [{"points": p, "back_end": n, **plain(its)} for (p, n), its in ratios.items()]
        print(json.dumps({"machine": here, "repeats": options.repeats, "runs": measured, "ratios": compared}))
        return
    print(f"{here}; {DIM}-d, top {TOP}, {QUERIES} queries; median of {options.repeats} (least–greatest)\n")
    print(_results(runs))
    if ratios:
        print("\nTimes as long as Edge:\n")
        columns = ("points", "back end", "load", "open", "search p50", "filtered p50")
        print(table(columns, [(f"{p:,}", name, *its.values()) for (p, name), its in ratios.items()]))


def _results(runs: dict[tuple[int, str], list[dict[str, float]]]) -> str:
    shown = {
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
    for (points, name), its in runs.items():
        spread = spreads(its)
        rows.append((f"{points:,}", name, *(spread[key] for key in shown.values())))
    return table(("points", "back end", *shown), rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", type=whole_numbers, default="2000,20000", help="points for every back end")
    parser.add_argument(
        "--edge-only-sizes", type=whole_numbers, default="200000", help="points for Edge alone"
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    return parser.parse_args()


def _ask(one: BackEnd, vectors: Vectors, *, filtered: bool) -> tuple[list[list[str]], list[float]]:
    found, times = [], []
    for vector in vectors:
        before = time.perf_counter()
        found.append(one.search(vector, filtered=filtered))
        times.append((time.perf_counter() - before) * 1000)
    return found, times


def _recall(found: Sequence[Sequence[str]], truth: Sequence[Sequence[str]]) -> float:
    return mean(len({*a} & {*b}) / len(b) if b else 1.0 for a, b in zip(found, truth, strict=True))


def _draw(start: int, count: int) -> list[Drawn]:
    vectors = _clustered(np.random.default_rng([2, start]), count)
    return [
        Drawn(str(uuid5(NAMESPACE_OID, str(number))), vector, _payload(number))
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
