"""Measure the speed of indexing and search: the explorer's index (Qdrant Edge) and qdrant-client's local mode.

    python benchmarks/index.py [--sizes 2000,20000] [--edge-only-sizes 200000] [--repeats 3] [--json]

Both get the same points: clustered 512-dimensional vectors, similar to the pictures of an archive, with kind, day and
issue. The stores and their measurement are those of `explorer stores` (explorer/evaluate/stores). Edge is measured
through explorer.index, including digests and the verification of the files. Local mode is used as its documentation
shows, in a folder and in memory. Local mode in memory loads its points at each start, which counts as its opening time.
Loading and searching run in separate processes. Memory is the peak of the whole process.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import numpy as np
from measuring import log, machine, parse_integers, plain, quotients, spreads, table
from numpy.typing import NDArray

from explorer.evaluate.stores.measuring import StoredVectorSet, measure_store
from explorer.evaluate.stores.vector_set import VectorSet
from explorer.index import EVERYTHING, Between, Equals
from explorer.index.vector_stores.listed_stores import (
    EXPLORER_INDEX,
    LOCAL_MODE,
    LOCAL_MODE_MEMORY,
    store_spec,
)

DIM = 512
CLUSTERS = 100
SCATTER = 0.04  # of each number of a vector: two points of one cluster have a cosine of about 0.55
QUERIES = 100
TOP = 20
BATCH = 20  # points of an issue; an ingest sends points in such batches
FIRST_DAY, LAST_DAY = 20220101, 20231231  # one point in six is a figure from this period
COMPARED = ("load_s", "open_s", "p50_ms", "filtered_p50_ms")
EDGE = "Edge"
BACK_ENDS = {
    EDGE: store_spec(EXPLORER_INDEX),
    "local mode, folder": store_spec(LOCAL_MODE),
    "local mode, memory": store_spec(LOCAL_MODE_MEMORY),
}

Vectors = NDArray[np.float32]
Case = tuple[int, str]
"""A number of points and a back end."""


def sample_set(points: int) -> VectorSet:
    """Return reproducible random points, and queries from the same clusters."""
    starts = range(0, points, BATCH)
    batches = [_clustered(np.random.default_rng([2, start]), min(BATCH, points - start)) for start in starts]
    return VectorSet(
        vectors=np.concatenate(batches),
        payloads=[_payload(number) for number in range(points)],
        queries=_clustered(np.random.default_rng([1]), QUERIES),
        where=EVERYTHING.also(Equals("kind", "figure"), Between("day", FIRST_DAY, LAST_DAY)),
    )


def measure(back_end: str, stored: StoredVectorSet) -> dict[str, float]:
    """Measure one back end."""
    values = asdict(measure_store(BACK_ENDS[back_end], stored, batch=BATCH, limit=TOP))
    return {**values, "recall": values["recall"]["value"]}


@contextmanager
def written(points: int) -> Iterator[StoredVectorSet]:
    """Yield a set of points in a temporary folder, where the measuring processes read it."""
    with tempfile.TemporaryDirectory() as folder:
        stored = StoredVectorSet(sample_set(points), Path(folder))
        stored.vector_set.write(stored.folder)
        yield stored


def main() -> None:
    options = _options()
    cases = [(points, name) for points in options.sizes for name in BACK_ENDS]
    cases += [(points, EDGE) for points in options.edge_only_sizes]
    runs: dict[Case, list[dict[str, float]]] = {case: [] for case in cases}
    for points in dict(cases):
        with written(points) as stored:
            for repeat in range(options.repeats):
                for name in [name for size, name in runs if size == points]:
                    log(f"{repeat + 1} of {options.repeats}: {points:,} points, {name}")
                    runs[points, name].append(measure(name, stored))
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


def _results(runs: dict[Case, list[dict[str, float]]]) -> str:
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
