"""Measure one store with a set of vectors and queries, in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from math import sqrt
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from explorer.errors import ExplorerError
from explorer.evaluate.metrics import Estimate
from explorer.evaluate.stores.vector_set import VectorSet, recalls
from explorer.evaluate.stores.worker import MB, Task
from explorer.index import open_store
from explorer.index.edge.sparse_copy import disk_usage
from explorer.index.vector_stores.listed_stores import StoreSpec

BATCH: Final = 1000
LIMIT: Final = 10
Z_95: Final = 1.959964
"""The 97.5 % quantile of the standard normal distribution."""
_WORKER: Final = "explorer.evaluate.stores.worker"


class StoreFailedError(ExplorerError):
    """A store could not be measured; the message is the reason."""


@dataclass(frozen=True, slots=True)
class StoreMeasurement:
    """The values of one store. None: the store has no filters, or its memory and disk are another machine's."""

    load_s: float
    open_s: float
    first_ms: float
    p50_ms: float
    p95_ms: float
    recall: Estimate
    """Of the exact nearest rows, with a 95 % interval."""
    filtered_p50_ms: float | None
    filtered_recall: float | None
    disk_mb: float | None
    memory_mb: float | None
    """By how much the peak memory of a process grows when it imports the engine, opens the store and searches it."""
    load_peak_mb: float
    search_peak_mb: float
    """The peak memory of the whole process that loads, or searches."""


@dataclass(frozen=True, slots=True)
class StoredVectorSet:
    """A set, and the folder that it was written to."""

    vector_set: VectorSet
    folder: Path


def measure_store(
    spec: StoreSpec,
    stored: StoredVectorSet,
    *,
    qdrant_url: str | None = None,
    batch: int = BATCH,
    limit: int = LIMIT,
) -> StoreMeasurement:
    """Load the set into a store and search it. Nothing of the store remains. Raises StoreFailedError."""
    with tempfile.TemporaryDirectory(prefix="explorer-store-") as scratch:
        folder = Path(scratch) / "store"
        collection = f"stores-{uuid4().hex[:8]}"
        task = Task(spec.name, str(stored.folder), str(folder), qdrant_url, collection, batch, limit)
        try:
            loaded = _run_worker("load", task)
            disk = disk_usage(folder) / MB if folder.exists() else 0.0
            searched = _run_worker("search", task)
        finally:
            if spec.is_remote and qdrant_url:
                with suppress(ExplorerError):  # a server that does not answer has nothing to delete
                    open_store(qdrant_url, name=collection, may_have_key=True).remove()
    return _measurement(spec, stored.vector_set, {**loaded, **searched}, disk, limit)


def _measurement(
    spec: StoreSpec, vector_set: VectorSet, values: dict[str, Any], disk_mb: float, limit: int
) -> StoreMeasurement:
    answers, filtered_answers = values.pop("answers"), values.pop("filtered_answers")
    recall = mean_with_interval(recalls(vector_set, answers, limit))
    filtered_recall = None
    if filtered_answers is not None:
        shares = recalls(vector_set, filtered_answers, limit, filtered=True)
        filtered_recall = sum(shares) / len(shares)
    if spec.is_remote:
        values["memory_mb"] = None
    return StoreMeasurement(
        **values,
        recall=recall,
        filtered_recall=filtered_recall,
        disk_mb=None if spec.is_remote else disk_mb,
    )


def mean_with_interval(shares: Sequence[float]) -> Estimate:
    """Return the mean of shares from 0 to 1 with its 95 % Wilson score interval.

    Each query counts as one trial. The variance of a share is at most that of a yes or no with the same mean, so the
    interval is rather too wide; unlike a bootstrap, it is not a single point if every share is 1.
    """
    count, mean = len(shares), sum(shares) / len(shares)
    centre = (mean + Z_95**2 / (2 * count)) / (1 + Z_95**2 / count)
    half = Z_95 * sqrt(mean * (1 - mean) / count + Z_95**2 / (4 * count**2)) / (1 + Z_95**2 / count)
    return Estimate(mean, max(centre - half, 0.0), min(centre + half, 1.0))


def _run_worker(step: str, task: Task) -> dict[str, Any]:
    """Return the result of a step. Raises StoreFailedError if the store or its process fails."""
    # -P: never import a module from the present folder.
    command = [sys.executable, "-P", "-m", _WORKER, step]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.run(  # noqa: S603
        command, input=json.dumps(asdict(task)), capture_output=True, text=True, env=environment, check=False
    )
    lines = process.stdout.splitlines()
    if process.returncode or not lines:
        raise StoreFailedError(f"its process ended with exit code {process.returncode} ({step})")
    result: dict[str, Any] = json.loads(lines[-1])
    if "error" in result:
        raise StoreFailedError(result["error"])
    return result
