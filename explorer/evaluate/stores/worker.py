"""The process that measures one store: `python -m explorer.evaluate.stores.worker load|search`, the task on standard input.

Each store is loaded in one process and searched in another, so that neither memory nor caches of one store count for the
next. The result is one line of JSON on standard output; engines may write anything else to standard error.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

from embeddings import Vectors
from explorer.errors import ExplorerError
from explorer.evaluate.stores.vector_set import StoredSet
from explorer.index import EVERYTHING, Filter
from explorer.index.vector_stores.listed_stores import store_spec
from explorer.index.vector_stores.store import Rows, StorePlace, VectorStore

MB: Final = 1e6
LEAST_SEARCHES: Final = 100
"""Fewer queries are repeated: percentiles of a few times mean nothing."""


@dataclass(frozen=True, slots=True)
class Task:
    """A store to measure: the folder of the set, the place of the store, and how to load and search it."""

    store: str
    vector_set: str
    folder: str
    qdrant_url: str | None
    collection: str
    batch: int
    limit: int

    def place(self, dim: int) -> StorePlace:
        """Return the place of the store."""
        return StorePlace(Path(self.folder), dim, self.qdrant_url, self.collection)


class TimedBatches:
    """The rows of a set; `seconds` is the time that reading them took, which no store is charged for."""

    def __init__(self, vector_set: StoredSet, size: int) -> None:
        self._batches = vector_set.batches(size)
        self.seconds = 0.0

    def __iter__(self) -> Iterator[Rows]:
        while True:
            started = time.perf_counter()
            rows = next(self._batches, None)
            self.seconds += time.perf_counter() - started
            if rows is None:
                return
            yield rows


def load(task: Task) -> dict[str, Any]:
    """Load the rows into the store."""
    vector_set = StoredSet.read(Path(task.vector_set))
    batches = TimedBatches(vector_set, task.batch)
    factory = store_spec(task.store).factory()
    started = time.perf_counter()
    store = factory(task.place(vector_set.dim))
    store.load(batches)
    store.close()
    seconds = time.perf_counter() - started - batches.seconds
    return {"load_s": seconds, "load_peak_mb": peak_memory() / MB}


def search(task: Task) -> dict[str, Any]:
    """Open the loaded store and run all queries, without and with the filter."""
    vector_set = StoredSet.read(Path(task.vector_set))
    queries, batches = vector_set.queries, TimedBatches(vector_set, task.batch)
    spec = store_spec(task.store)
    before = peak_memory()
    factory = spec.factory()  # its import takes memory that counts, and time that does not
    started = time.perf_counter()
    store = factory(task.place(vector_set.dim))
    store.open(batches)
    open_seconds = time.perf_counter() - started - batches.seconds
    answers, times = _run(store, queries, task.limit, EVERYTHING)
    peak = peak_memory()
    result = {
        "open_s": open_seconds,
        "first_ms": times[0],
        "p50_ms": median(times),
        "p95_ms": quantiles(times, n=20)[-1],
        "memory_mb": (peak - before) / MB,
        "answers": answers,
        "filtered_p50_ms": None,
        "filtered_answers": None,
    }
    if spec.has_filters:
        result["filtered_answers"], filtered_times = _run(store, queries, task.limit, vector_set.where)
        result["filtered_p50_ms"] = median(filtered_times)
    store.close()
    return {**result, "search_peak_mb": peak_memory() / MB}


def peak_memory() -> int:
    """Return the largest resident memory of this process so far, in bytes.

    On Linux `getrusage` starts with the memory of the parent process, which may have an encoder loaded; the status
    of the process does not.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def _run(
    store: VectorStore,
    queries: Vectors,
    limit: int,
    where: Filter,
) -> tuple[list[list[int]], list[float]]:
    """Return the answer to each query, and the milliseconds of each search."""
    answers, times = [], []
    rounds = -(-LEAST_SEARCHES // len(queries))
    for number in range(rounds):
        for query in queries:
            started = time.perf_counter()
            answer = store.search(query, limit, where)
            times.append((time.perf_counter() - started) * 1000)
            if number == 0:
                answers.append(answer)
    return answers, times


def main() -> None:
    task = Task(**json.loads(sys.stdin.read()))
    try:
        result = {"load": load, "search": search}[sys.argv[1]](task)
    except ExplorerError as error:
        result = {"error": str(error)}
    except Exception as error:  # noqa: BLE001  any engine; the other stores are still measured
        result = {"error": f"it failed: {type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
