"""Vectors go into a table and come out of it as they were; another table is refused."""

import numpy as np
import pyarrow as pa
import pytest

from embeddings import VectorKey
from explorer.ingest.vector_tables import table_of, vectors_of


def key(content: str) -> VectorKey:
    return VectorKey(content, "encoder", "text")


def test_vectors_come_out_of_a_table_as_they_went_in():
    vectors = {
        key("one"): np.array([0.1, -2, 3e38], np.float32),
        key("windows"): np.arange(6, dtype=np.float32).reshape(2, 3),
        key("no window"): np.zeros((0, 3), np.float32),
    }
    table = table_of(vectors)
    for got in (vectors_of(table), *map(vectors_of, table.to_batches())):
        assert got.keys() == vectors.keys()
        for one, vector in vectors.items():
            assert got[one].dtype == np.float32
            np.testing.assert_array_equal(got[one], vector)


def test_no_vectors_are_a_table_too():
    assert vectors_of(table_of({})) == {}


@pytest.mark.parametrize(
    "numbers",
    [pa.array(["1, 2"]), pa.array([7]), pa.array([None], pa.list_(pa.float32())), pa.array([[1.0]])],
)
def test_numbers_that_are_no_vector_of_that_shape_are_refused(numbers):
    table = table_of({key("one"): np.ones(2, np.float32)}).drop_columns("numbers")
    with pytest.raises((ValueError, pa.ArrowException)):
        vectors_of(table.append_column("numbers", numbers))


def test_a_table_without_shapes_is_refused():
    with pytest.raises(KeyError):
        vectors_of(table_of({key("one"): np.ones(2, np.float32)}).drop_columns("shape"))
