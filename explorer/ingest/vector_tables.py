"""Vectors as an Arrow table, one row each: the format of Parquet files and of the results of a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from embeddings import VectorKey, Vectors

if TYPE_CHECKING:
    import pyarrow as pa


def schema() -> pa.Schema:
    """Return the columns: the key of a vector, its shape, and its numbers in one list."""
    import pyarrow as pa  # here, because it takes a tenth of a second that other commands do not need

    keys = [(name, pa.string()) for name in VectorKey._fields]
    return pa.schema([*keys, ("shape", pa.list_(pa.int32())), ("numbers", pa.list_(pa.float32()))])


def table_of(vectors: Mapping[VectorKey, Vectors]) -> pa.Table:
    """Return a table with a row for each vector."""
    import pyarrow as pa

    columns = {name: [getattr(key, name) for key in vectors] for name in VectorKey._fields}
    shapes = [list(vector.shape) for vector in vectors.values()]
    numbers = [vector.ravel() for vector in vectors.values()]
    return pa.table({**columns, "shape": shapes, "numbers": numbers}, schema())


def vectors_of(table: pa.Table | pa.RecordBatch) -> dict[VectorKey, Vectors]:
    """Return the vectors of a table.

    Raises KeyError, TypeError, ValueError or ArrowException for a table of another form, and ValueError for numbers
    that are not finite: these cannot be compared.
    """
    columns = (table[name].to_pylist() for name in (*VectorKey._fields, "shape"))
    numbers = table["numbers"].cast(schema().field("numbers").type)
    return {
        _key(key): _vectors(row.values, shape) for *key, shape, row in zip(*columns, numbers, strict=True)
    }


def _key(names: Sequence[object]) -> VectorKey:
    if not all(isinstance(name, str) for name in names):
        raise ValueError(f"{names} is not the key of a vector")
    return VectorKey(*map(str, names))


def _vectors(numbers: pa.Array, shape: Sequence[int]) -> Vectors:
    vectors = np.asarray(numbers, np.float32).reshape(shape)
    if vectors.ndim not in (1, 2):
        raise ValueError(f"a vector has the shape {vectors.shape}")
    if not np.isfinite(vectors).all():
        raise ValueError("a vector contains a number that is not finite")
    return vectors
