"""LanceDB, of the extra `stores`: a table of Arrow columns in files, without a vector index, so that it compares every row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyarrow as pa

from explorer.index.points import FieldKind, Vector
from explorer.index.query import Between, Equals, Filter
from explorer.index.vector_stores.store import COLLECTION, FIELDS, VECTOR, Rows, StorePlace

NUMBER: Final = "row"
COLUMN_TYPES: Final[dict[FieldKind, pa.DataType]] = {
    "keyword": pa.string(),
    "integer": pa.int64(),
    "bool": pa.bool_(),
}


class LanceStore:
    """A table in a folder."""

    def __init__(self, place: StorePlace) -> None:
        import lancedb

        self._database = lancedb.connect(place.folder)
        self._dim = place.dim

    def load(self, batches: Iterable[Rows]) -> None:
        """See VectorStore."""
        schema = pa.schema(
            {
                NUMBER: pa.int64(),
                VECTOR: pa.list_(pa.float32(), self._dim),
                **{field: COLUMN_TYPES[kind] for field, kind in FIELDS.items()},
            }
        )
        record_batches = (self._record_batch(rows, schema) for rows in batches)
        self._database.create_table(COLLECTION, data=_as_reader(schema, record_batches))

    def open(self, batches: Iterable[Rows]) -> None:  # noqa: ARG002
        """See VectorStore."""
        self._table = self._database.open_table(COLLECTION)

    def search(self, vector: Vector, limit: int, where: Filter) -> list[int]:
        """See VectorStore."""
        query = self._table.search(vector).distance_type("dot").limit(limit)
        condition = to_sql(where)
        if condition:
            query = query.where(condition, prefilter=True)
        numbers: list[int] = query.select([NUMBER, "_distance"]).to_arrow()[NUMBER].to_pylist()
        return numbers

    def close(self) -> None:
        """See VectorStore."""

    def _record_batch(self, rows: Rows, schema: pa.Schema) -> pa.RecordBatch:
        vectors = pa.FixedSizeListArray.from_arrays(pa.array(rows.vectors.ravel()), self._dim)
        columns = [
            pa.array([payload.get(field) for payload in rows.payloads], COLUMN_TYPES[kind])
            for field, kind in FIELDS.items()
        ]
        numbers = pa.array(rows.numbers, pa.int64())
        return pa.RecordBatch.from_arrays([numbers, vectors, *columns], schema=schema)


def to_sql(where: Filter) -> str:
    """Return a filter by fields as a condition of SQL; empty if every row passes."""
    must = [_condition(condition) for condition in where.must]
    must_not = [f"NOT ({_condition(condition)})" for condition in where.must_not]
    return " AND ".join([*must, *must_not])


def _condition(condition: object) -> str:
    match condition:
        case Equals(field, str(value)):
            escaped = value.replace("'", "''")
            return f"{field} = '{escaped}'"
        case Equals(field, value):
            return f"{field} = {value}"
        case Between(field, low, high):
            bounds = [(">=", low), ("<=", high)]
            return " AND ".join(f"{field} {sign} {bound}" for sign, bound in bounds if bound is not None)
        case other:
            raise TypeError(f"a comparison of stores does not filter by {type(other).__name__}")


def _as_reader(schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> pa.RecordBatchReader:
    return pa.RecordBatchReader.from_batches(schema, batches)
