"""The vectors and queries that every store gets, and their form in files for the processes that measure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from embeddings import Vectors
from explorer.index import EVERYTHING, Between, Equals, Filter, Json
from explorer.index.vector_stores.store import Rows

VECTORS_FILE: Final = "vectors.f32"
PAYLOADS_FILE: Final = "payloads.jsonl"
QUERIES_FILE: Final = "queries.npy"
SET_FILE: Final = "set.json"

TIE: Final = 1e-5
"""Similarities that differ by less are equal. Copies of a figure have equal vectors, in any order."""


@dataclass(frozen=True, slots=True, eq=False)
class VectorSet:
    """Unit vectors (n, dim) with a payload for each, unit queries (m, dim), and a filter that some vectors pass."""

    vectors: Vectors
    payloads: Sequence[Mapping[str, Json]]
    queries: Vectors
    where: Filter

    def write(self, folder: Path) -> None:
        """Write the set to a folder, for `StoredSet`."""
        np.ascontiguousarray(self.vectors, np.float32).tofile(folder / VECTORS_FILE)
        np.save(folder / QUERIES_FILE, self.queries)
        with (folder / PAYLOADS_FILE).open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(payload) + "\n" for payload in self.payloads)
        description = {"dim": self.vectors.shape[1], "where": _filter_as_json(self.where)}
        (folder / SET_FILE).write_text(json.dumps(description), encoding="utf-8")

    def passing(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return whether each vector passes the filter."""
        return np.array([_passes(payload, self.where) for payload in self.payloads], dtype=bool)


@dataclass(frozen=True, slots=True)
class StoredSet:
    """A set in a folder. Its vectors are read in batches, so that reading them takes no memory."""

    folder: Path
    dim: int
    where: Filter

    @classmethod
    def read(cls, folder: Path) -> StoredSet:
        """Read the description of a set."""
        description = json.loads((folder / SET_FILE).read_text(encoding="utf-8"))
        return cls(folder, description["dim"], _filter_from_json(description["where"]))

    @property
    def queries(self) -> Vectors:
        """The queries."""
        queries: Vectors = np.load(self.folder / QUERIES_FILE)
        return queries

    def batches(self, size: int) -> Iterator[Rows]:
        """Yield the rows in batches."""
        start = 0
        with (
            (self.folder / VECTORS_FILE).open("rb") as vectors_file,
            (self.folder / PAYLOADS_FILE).open(encoding="utf-8") as payloads_file,
        ):
            while len(numbers := np.fromfile(vectors_file, np.float32, size * self.dim)):
                vectors = numbers.reshape(-1, self.dim)
                payloads = [json.loads(next(payloads_file)) for _ in range(len(vectors))]
                yield Rows(start, vectors, payloads)
                start += len(vectors)


def recalls(
    vector_set: VectorSet, answers: Sequence[Sequence[int]], limit: int, *, filtered: bool = False
) -> list[float]:
    """Return, for each query, the share of the exact nearest rows that its answer contains.

    A row counts if it is as similar as the last of the exact nearest rows, because ties have no order.
    """
    allowed = vector_set.passing() if filtered else np.ones(len(vector_set.vectors), dtype=bool)
    depth = min(limit, int(allowed.sum()))
    if not depth:
        return [1.0] * len(answers)
    shares = []
    for query, answer in zip(vector_set.queries, answers, strict=True):
        similarities = np.where(allowed, vector_set.vectors @ query, -np.inf)
        last = np.partition(similarities, -depth)[-depth]
        correct = sum(similarities[row] >= last - TIE for row in set(answer))
        shares.append(min(correct / depth, 1.0))
    return shares


def _passes(payload: Mapping[str, Json], where: Filter) -> bool:
    return all(_matches(payload, condition) for condition in where.must)


def _matches(payload: Mapping[str, Json], condition: object) -> bool:
    match condition:
        case Equals(field, value):
            return payload.get(field) == value
        case Between(field, low, high):
            number = payload.get(field)
            return (
                isinstance(number, int)
                and (low is None or number >= low)
                and (high is None or number <= high)
            )
        case other:
            raise TypeError(f"a comparison of stores does not filter by {type(other).__name__}")


def _filter_as_json(where: Filter) -> list[list[object]]:
    conditions: list[list[object]] = []
    for condition in where.must:
        match condition:
            case Equals(field, value):
                conditions.append(["equals", field, value])
            case Between(field, low, high):
                conditions.append(["between", field, low, high])
    return conditions


def _filter_from_json(conditions: list[list[Any]]) -> Filter:
    kinds = {"equals": Equals, "between": Between}
    return EVERYTHING.also(*(kinds[kind](*arguments) for kind, *arguments in conditions))
