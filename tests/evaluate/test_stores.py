"""Vector stores compared with the vectors and the searches of a library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from library.made_archive import drawn

from explorer.errors import QueryError, ServerError
from explorer.evaluate.metrics import Estimate
from explorer.evaluate.stores.advice import advice
from explorer.evaluate.stores.library_vectors import half_of
from explorer.evaluate.stores.measuring import (
    StoredVectorSet,
    StoreFailedError,
    StoreMeasurement,
    mean_with_interval,
    measure_store,
)
from explorer.evaluate.stores.vector_set import StoredSet, VectorSet, recalls
from explorer.index import EVERYTHING, Between, Equals
from explorer.index.vector_stores.listed_stores import STORES, StoreSpec, store_spec


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def vector_set():
    rng = np.random.default_rng(3)
    vectors = unit(rng.standard_normal((300, 16)))
    payloads = [{"kind": "figure", "day": 20240101 + row, "issue_id": None} for row in range(300)]
    return VectorSet(vectors, payloads, vectors[:30], half_of(payloads))


@pytest.fixture
def stored(vector_set, tmp_path):
    vector_set.write(tmp_path)
    return StoredVectorSet(vector_set, tmp_path)


# --- the set --------------------------------------------------------------------------------------------


def test_a_set_is_read_as_it_was_written(stored):
    reread = StoredSet.read(stored.folder)
    rows = [*reread.batches(128)]

    assert [len(batch.vectors) for batch in rows] == [128, 128, 44]
    assert [batch.start for batch in rows] == [0, 128, 256]
    assert np.array_equal(np.concatenate([batch.vectors for batch in rows]), stored.vector_set.vectors)
    assert [payload for batch in rows for payload in batch.payloads] == stored.vector_set.payloads
    assert reread.where == stored.vector_set.where == EVERYTHING.also(Between("day", 20240251, 20240400))
    assert np.array_equal(reread.queries, stored.vector_set.queries)


def test_the_filter_of_a_library_without_dates_is_one_issue():
    assert half_of([{"day": None, "issue_id": "a"}]) == EVERYTHING.also(Equals("issue_id", "a"))


# --- recall ---------------------------------------------------------------------------------------------


def test_recall_is_the_share_of_the_exact_nearest(vector_set):
    exact = [np.argsort(-(vector_set.vectors @ query))[:10].tolist() for query in vector_set.queries]
    half = [[*answer[:5], 299, 298, 297, 296, 295] for answer in exact]

    assert recalls(vector_set, exact, 10) == [1.0] * 30
    assert 0.5 <= np.mean(recalls(vector_set, half, 10)) < 0.6
    assert recalls(vector_set, [[answer[0]] * 10 for answer in exact], 10) == [0.1] * 30


def test_equal_vectors_may_come_in_any_order():
    """Copies of a figure have the same vector: which of them a store returns is no mistake."""
    vectors = unit(np.ones((20, 4)))
    vector_set = VectorSet(vectors, [{}] * 20, vectors[:1], EVERYTHING)

    assert recalls(vector_set, [[*range(10, 20)]], 10) == [1.0]


def test_the_filtered_recall_counts_only_what_passes(vector_set):
    exact = [np.argsort(-(vector_set.vectors @ query))[:10].tolist() for query in vector_set.queries]
    passing = vector_set.passing()
    filtered = [
        [row for row in np.argsort(-(vector_set.vectors @ query)) if passing[row]][:10]
        for query in vector_set.queries
    ]

    assert recalls(vector_set, filtered, 10, filtered=True) == [1.0] * 30
    assert np.mean(recalls(vector_set, exact, 10, filtered=True)) < 1


def test_the_interval_is_that_of_wilson():
    """10 of 10: Wilson's lower bound is n / (n + z²)."""
    estimate = mean_with_interval([1.0] * 10)
    assert (estimate.value, estimate.high) == (1.0, pytest.approx(1.0))
    assert estimate.low == pytest.approx(10 / (10 + 1.959964**2))
    wide, narrow = mean_with_interval([0.5] * 10), mean_with_interval([0.5] * 1000)
    assert narrow.high - narrow.low < wide.high - wide.low
    assert wide.low == pytest.approx(1 - wide.high)


# --- one store ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", [spec for spec in STORES if not spec.is_remote], ids=lambda spec: spec.name)
def test_a_store_is_measured_in_processes_of_its_own(spec, stored):
    if spec.package:
        pytest.importorskip(spec.package)
    before = {*Path(stored.folder).iterdir()}
    measured = measure_store(spec, stored)

    assert measured.recall.value >= 0.9
    assert 0 <= measured.load_s < 60
    assert 0 < measured.p50_ms <= measured.p95_ms
    assert measured.disk_mb > 0.01
    assert 0 < measured.memory_mb < measured.search_peak_mb
    assert (measured.filtered_p50_ms is not None) == spec.has_filters
    if spec.has_filters:
        assert measured.filtered_recall >= 0.9
    assert {*Path(stored.folder).iterdir()} == before


def test_the_memory_of_a_store_does_not_depend_on_this_process(stored):
    numpy = store_spec("numpy")
    before = measure_store(numpy, stored).search_peak_mb
    ballast = np.ones(60_000_000)  # 480 MB in this process
    after = measure_store(numpy, stored).search_peak_mb

    assert ballast.sum() > 0
    assert after < before + 50


def test_a_store_that_fails_tells_why(stored):
    broken = StoreSpec("numpy", "NumPy", "numpy_store", "NumpyStore")  # has_filters, but it has none
    server = store_spec("server")
    with pytest.raises(StoreFailedError, match=r"127\.0\.0\.1:9 does not answer"):
        measure_store(server, stored, qdrant_url="http://127.0.0.1:9")
    with pytest.raises(StoreFailedError, match="FileNotFoundError"):
        measure_store(broken, replace(stored, folder=stored.folder / "gone"))


# --- advice ---------------------------------------------------------------------------------------------


def values(p50_ms, recall=1.0):
    return StoreMeasurement(
        load_s=8.0, open_s=0.1, first_ms=p50_ms, p50_ms=p50_ms, p95_ms=2 * p50_ms, recall=Estimate(recall, recall, 1.0),
        filtered_p50_ms=p50_ms, filtered_recall=1.0, disk_mb=1.0, memory_mb=1.0, load_peak_mb=1.0, search_peak_mb=1.0,
    )  # fmt: skip


LABELS = {spec.name: spec.label for spec in STORES}
WITH_FILTERS = {spec.name for spec in STORES if spec.has_filters}


def advised(used="edge-int8", **measured):
    by_name = {name.replace("_", "-"): value for name, value in measured.items()}
    return advice(by_name, LABELS, WITH_FILTERS, used, 5000)


def test_a_fast_store_is_kept_even_if_another_one_is_faster():
    assert advised(edge_int8=values(0.42), edge_hnsw=values(0.1)) == (
        "Keep Edge, int8 with rescoring: a search of 5,000 vectors takes 0.42 ms here (p95 0.84 ms) with a recall@10 of "
        "1.000, and below 5 ms no other store makes a difference that you notice."
    )


def test_a_slow_store_is_kept_if_none_is_clearly_faster():
    told = advised(edge_int8=values(9.0), edge_plain=values(8.0), faiss_flat=values(1.0))
    assert told.startswith("Keep Edge, int8")
    assert "no store with filters and the same results is clearly faster" in told


def test_a_faster_store_with_the_same_results_is_named():
    told = advised(edge_int8=values(20.0), edge_hnsw=values(2.0, 0.99), edge_binary=values(1.0, 0.7))
    assert told == (
        "Edge, HNSW would be 10.0 times as fast as Edge, int8 with rescoring: a search of 5,000 vectors takes 2.0 ms here "
        "(p95 4.0 ms) with a recall@10 of 0.990 instead of 20.0 ms; it takes 8 s to load."
    )


def test_the_advice_for_a_library_on_a_server():
    assert advised("server", edge_int8=values(0.5), server=values(3.0)).startswith("Keep Qdrant server:")
    assert advised(None, edge_int8=values(0.5)).startswith("Use Edge, int8")


def test_without_a_suitable_store_nothing_is_recommended():
    assert "nothing can be recommended" in advised(numpy=values(0.1), edge_hnsw=values(0.1, 0.5))


# --- a library ------------------------------------------------------------------------------------------


def test_the_searches_of_the_history_are_the_queries(own_library):
    for line in ("sailing boat", "sailing boat", "tomatoes +after:2024", "+kind:item"):
        own_library.history.record(line)
    comparison = own_library.evaluation.compare_stores()

    assert (comparison.source, comparison.queries) == ("history", 2)
    assert comparison.leg == "sentence"
    assert comparison.used == "edge-int8"
    measured = {result.name: result.measured for result in comparison.stores if result.measured}
    assert {"numpy", "edge-plain", "edge-int8", "edge-binary", "edge-hnsw", "local"} <= {*measured}
    assert measured["numpy"].recall.value == measured["edge-plain"].recall.value == 1.0
    assert comparison.advice.startswith("Keep Edge, int8")
    others = [result for result in comparison.stores if not result.measured]
    assert all("pip install 'archive-explorer[stores]'" in result.reason for result in others)


@pytest.fixture
def only_numpy(monkeypatch):
    """The other stores take time, and these tests are about the queries."""
    monkeypatch.setattr("explorer.evaluate.stores.comparison.STORES", (store_spec("numpy"),))


@pytest.mark.usefixtures("only_numpy")
def test_without_searches_stored_vectors_are_the_queries(own_library):
    comparison = own_library.evaluation.compare_stores()

    assert comparison.source == "sample"
    assert comparison.leg == "regions"  # the largest leg of all
    assert 1 <= comparison.queries <= 100
    assert "nobody has searched this library yet" in comparison.subject


@pytest.mark.usefixtures("only_numpy")
def test_pictures_search_the_legs_of_pictures(own_library, tmp_path):
    drawn("boat", (160, 120)).save(tmp_path / "boat.png")
    evaluation = own_library.evaluation

    assert evaluation.compare_stores(pictures=[tmp_path / "boat.png"]).leg == "regions"
    both = evaluation.compare_stores(["boat", "rain", "map"], [tmp_path / "boat.png"])
    assert (both.leg, both.queries, both.source) == ("regions", 1, "given")
    assert evaluation.compare_stores(["boat", "rain"]).leg == "sentence"


@pytest.mark.usefixtures("only_numpy")
def test_what_cannot_be_compared_is_told(own_library, tmp_path):
    with pytest.raises(QueryError, match="Use other queries"):
        own_library.evaluation.compare_stores([])
    with pytest.raises(QueryError, match=r"none\.png"):
        own_library.evaluation.compare_stores(pictures=[tmp_path / "none.png"])
    with pytest.raises(ServerError):
        own_library.evaluation.compare_stores(qdrant_url="no address")


def test_a_server_that_does_not_answer_is_listed(own_library, monkeypatch):
    specs = (store_spec("numpy"), store_spec("server"))
    monkeypatch.setattr("explorer.evaluate.stores.comparison.STORES", specs)
    comparison = own_library.evaluation.compare_stores(["boat"], qdrant_url="http://127.0.0.1:9")

    [numpy, server] = comparison.stores
    assert numpy.measured
    assert (server.measured, "does not answer" in server.reason) == (None, True)
    assert comparison.used == "edge-int8"


@pytest.mark.usefixtures("only_numpy")
def test_the_library_stays_as_it_is(own_library):
    def files():
        return {path for path in own_library.path.rglob("*") if "sqlite" not in path.name}

    before, status = files(), own_library.status()
    own_library.evaluation.compare_stores(["boat"])
    assert (files(), own_library.status()) == (before, status)
