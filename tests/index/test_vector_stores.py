"""The compared vector stores: each of them finds what an exact comparison finds, and keeps to a filter if it has any."""

from __future__ import annotations

import os
from contextlib import closing
from uuid import uuid4

import numpy as np
import pytest
from stores import in_memory

from explorer.index import EVERYTHING, Between, Equals, open_store
from explorer.index.vector_stores.explorer_index import ExplorerIndex
from explorer.index.vector_stores.listed_stores import (
    IN_MEMORY,
    LOCAL_MODE_MAX,
    SERVER,
    STORES,
    StoreSpec,
    store_spec,
)
from explorer.index.vector_stores.store import Rows, StorePlace

COUNT, DIM = 240, 32
RNG = np.random.default_rng(7)
VECTORS = RNG.standard_normal((COUNT, DIM)).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)
PAYLOADS = [
    {"kind": "item" if number % 3 == 0 else "figure", "day": 20240101 + number % 5, "issue_id": "it's"}
    for number in range(COUNT)
]
PAYLOADS[0]["day"] = None  # an issue without a date
WHERE = EVERYTHING.also(
    Equals("kind", "figure"), Between("day", 20240102, 20240103), Equals("issue_id", "it's")
)
ALL = (*STORES, IN_MEMORY)
EXACT = {"numpy", "edge-plain", "local", "local-memory", "faiss-flat", "lancedb"}


def batches():
    for start in range(0, COUNT, 100):
        yield Rows(start, VECTORS[start : start + 100], PAYLOADS[start : start + 100])


def nearest(query, limit, allowed=None):
    scores = VECTORS @ query
    return [int(row) for row in np.argsort(-scores) if allowed is None or row in allowed][:limit]


@pytest.fixture(params=ALL, ids=lambda spec: spec.name)
def opened(request, tmp_path):
    """A store that was loaded once and opened again, with its specification."""
    spec: StoreSpec = request.param
    if spec.package:
        pytest.importorskip(spec.package)
    url = os.environ.get("QDRANT_TEST_URL") if spec.name == SERVER else None
    if spec.name == SERVER and not url:
        pytest.skip("QDRANT_TEST_URL names no Qdrant server")
    place = StorePlace(tmp_path / "store", DIM, url, f"test-{uuid4().hex[:8]}")
    with closing(spec.factory()(place)) as store:
        store.load(batches())
    with closing(spec.factory()(place)) as store:
        store.open(batches())
        yield spec, store
    if url:
        open_store(url, name=place.collection).remove()


def test_every_store_finds_the_nearest(opened):
    spec, store = opened
    answers = [store.search(query, 10, EVERYTHING) for query in VECTORS[:40]]

    assert all(answer[0] == row for row, answer in enumerate(answers))
    shared = [len({*answer} & {*nearest(VECTORS[row], 10)}) for row, answer in enumerate(answers)]
    assert np.mean(shared) >= 9
    if spec.name in EXACT:
        assert answers == [nearest(query, 10) for query in VECTORS[:40]]


def test_a_store_with_filters_returns_only_what_passes(opened):
    spec, store = opened
    if not spec.has_filters:
        pytest.skip("it has no filters by field")
    passing = {row for row, payload in enumerate(PAYLOADS) if payload["kind"] == "figure"} & {
        row for row, payload in enumerate(PAYLOADS) if payload["day"] in (20240102, 20240103)
    }
    for query in VECTORS[:10]:
        answer = store.search(query, 10, WHERE)
        assert len(answer) == 10
        assert {*answer} <= passing
        if spec.name in EXACT:
            assert answer == nearest(query, 10, passing)


def test_more_are_asked_for_than_there_are(opened):
    spec, store = opened
    answer = store.search(VECTORS[0], COUNT + 50, EVERYTHING)

    assert len({*answer}) == len(answer)
    assert {*answer} <= {*range(COUNT)}
    if spec.name in EXACT:  # a graph need not reach every vector
        assert len(answer) == COUNT


def test_the_index_on_a_server_is_built_and_searched_as_in_a_folder():
    with closing(ExplorerIndex(in_memory(), DIM)) as store:
        store.load(batches())
        store.open(batches())
        passing = {row for row, payload in enumerate(PAYLOADS) if payload["kind"] == "figure"}
        figures = EVERYTHING.also(Equals("kind", "figure"))
        assert store.search(VECTORS[5], 10, EVERYTHING) == nearest(VECTORS[5], 10)
        assert store.search(VECTORS[5], 10, figures) == nearest(VECTORS[5], 10, passing)


def test_binary_vectors_are_rescored_with_the_full_ones(tmp_path):
    """One bit per number alone would give another order."""
    place = StorePlace(tmp_path / "store", DIM)
    with closing(store_spec("edge-binary").factory()(place)) as store:
        store.load(batches())
        for row in range(20):
            answer = store.search(VECTORS[row], 5, EVERYTHING)
            scores = (VECTORS[answer] @ VECTORS[row]).tolist()
            assert scores == sorted(scores, reverse=True)


def test_a_graph_is_built_even_for_few_vectors(tmp_path):
    import qdrant_edge as edge

    place = StorePlace(tmp_path / "store", DIM)
    with closing(store_spec("edge-hnsw").factory()(place)) as store:
        store.load(batches())
    shard = edge.EdgeShard.load(str(place.folder))
    assert shard.info().indexed_vectors_count == COUNT
    assert [*place.folder.glob("segments/*/vector_index-*/graph.bin")]
    shard.close()


def test_a_store_that_is_not_installed_names_the_command(monkeypatch):
    monkeypatch.setattr("explorer.index.vector_stores.listed_stores.find_spec", lambda name: None)

    obstacles = {spec.name: spec.obstacle(10) for spec in STORES}
    assert {name for name, reason in obstacles.items() if reason} == {"faiss-flat", "faiss-hnsw", "lancedb"}
    assert obstacles["lancedb"] == "lancedb is not installed: pip install 'archive-explorer[stores]'"


def test_local_mode_is_not_measured_beyond_its_own_limit():
    assert store_spec("local").obstacle(LOCAL_MODE_MAX) is None
    assert store_spec("local").obstacle(LOCAL_MODE_MAX + 1) == "made for at most 20,000 vectors"
