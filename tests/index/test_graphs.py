"""Graphs of large fields: they find what an exact search finds, and builds after them keep them."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from index_builders import uid

from explorer.index import EmbeddingConfig, Equals, Filter, Leg, Nearest, Point, Schema, VectorField
from explorer.index.edge.graphs import build_graphs
from explorer.index.edge.requests import MIN_RECALL
from explorer.index.edge.shard import EdgeStore

DIM = 32
CONFIG = EmbeddingConfig(
    "tiny",
    "weights-1",
    "sentences-1",
    Schema(
        (VectorField("picture", DIM), VectorField("regions", DIM, multi=True), VectorField("rare", DIM)),
        fields={"kind": "keyword"},
    ),
)
COMPARED_KB = 100
"""Of `picture`, 800 vectors are compared without a graph."""


def figures(numbers: range) -> list[Point]:
    points = []
    for number in numbers:
        random = np.random.default_rng(number)
        picture = random.standard_normal(DIM).astype(np.float32)
        parts = picture + random.standard_normal((3, DIM)).astype(np.float32)
        rare = {"rare": picture} if number % 100 == 0 else {}
        kind = "photo" if number % 50 == 0 else "plot"
        points.append(
            Point(uid(str(number)), {"picture": picture, "regions": parts, **rare}, {}, {"kind": kind})
        )
    return points


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> EdgeStore:
    """An index of 2,000 figures with graphs. Tests do not change it."""
    store = EdgeStore(tmp_path_factory.mktemp("graphs"))
    with store.build(CONFIG) as build:
        build.upsert(figures(range(2_000)))
        build.commit("first")
    told: list[str] = []
    build_graphs(store, told.append, COMPARED_KB)
    assert "nothing is lost if it is stopped" in told[0]
    return store


@pytest.fixture
def copied(store: EdgeStore, tmp_path: Path) -> EdgeStore:
    """An index of its own with graphs."""
    from explorer.index.edge.sparse_copy import copy_tree

    copy_tree(store._generations.folder, tmp_path / "index")
    return EdgeStore(tmp_path / "index")


def cosines(query: np.ndarray, points: list[Point], name: str) -> dict[str, float]:
    """The similarity of each point, computed without an index."""
    rows = np.stack([np.atleast_2d(point.vectors[name]) for point in points])
    lengths = np.linalg.norm(rows, axis=2) * np.linalg.norm(query)
    return dict(zip([point.id for point in points], (rows @ query / lengths).max(axis=1), strict=True))


@pytest.mark.parametrize("name", ["picture", "regions"])
def test_a_search_by_graph_finds_what_comparing_all_finds(store, name):
    queries = np.random.default_rng(5).standard_normal((20, DIM)).astype(np.float32)
    points = figures(range(2_000))
    shares = []
    with closing(store.open()) as index:
        for query in queries:
            [hits] = index.search([Leg(name, Nearest(query), 20)])
            exact = cosines(query, points, name)
            best = set(sorted(exact, key=exact.__getitem__)[-20:])
            shares.append(len(best & {hit.id for hit in hits}) / 20)
            assert [hit.score for hit in hits] == pytest.approx([exact[hit.id] for hit in hits], abs=1e-3)
    assert np.mean(shares) > 0.95


def test_a_narrow_filter_compares_all_that_pass(store):
    query = np.random.default_rng(6).standard_normal(DIM).astype(np.float32)
    photos = [point for point in figures(range(2_000)) if point.payload["kind"] == "photo"]
    exact = cosines(query, photos, "picture")
    with closing(store.open()) as index:
        [hits] = index.search([Leg("picture", Nearest(query), 20, Filter((Equals("kind", "photo"),)))])
    assert [hit.id for hit in hits] == sorted(exact, key=exact.__getitem__, reverse=True)[:20]


def test_the_manifest_has_the_recall_of_each_graph(store):
    manifest = store.manifest()
    assert manifest.revision == "first"
    assert set(manifest.graphs) == {"picture", "regions"}  # `rare` is small
    for graph in manifest.graphs.values():
        assert graph.points == 2_000
        assert MIN_RECALL <= graph.recall <= 1


def test_no_second_graph_is_built_until_the_index_has_grown(copied):
    assert build_graphs(copied, print, COMPARED_KB) is None
    with copied.build(CONFIG) as build:
        build.upsert(figures(range(2_000, 3_500)))
        build.commit("grown")
    manifest = build_graphs(copied, print, COMPARED_KB)
    assert manifest.revision == "grown"
    assert manifest.graphs["picture"].points == 3_500


def test_a_later_build_keeps_the_graph_and_finds_its_own_points(copied):
    before = copied.manifest()
    new = figures(range(9_000, 9_040))
    with copied.build(CONFIG) as build:
        build.upsert(new)
        build.delete([uid("7")])
        after = build.commit("second")
    assert after.graphs == before.graphs
    links = [_links(copied, manifest.generation) for manifest in (before, after)]
    assert links[0] <= links[1]
    with closing(copied.open()) as index:
        for point in new:
            [hits] = index.search([Leg("picture", Nearest(point.vectors["picture"]), 1)])
            assert hits[0].id == point.id
        [hits] = index.search([Leg("picture", Nearest(figures(range(7, 8))[0].vectors["picture"]), 20)])
        assert uid("7") not in {hit.id for hit in hits}
    copied.check()


def test_a_small_index_needs_no_graph(tmp_path):
    store = EdgeStore(tmp_path / "index")
    with store.build(CONFIG) as build:
        build.upsert(figures(range(50)))
        build.commit()
    assert store.build_graphs(print) is None


def _links(store: EdgeStore, generation: int) -> set[int]:
    """The files with the links of large graphs, by inode."""
    folder = store._generations.folder / "generations" / f"{generation:06d}"
    files = folder.rglob("links_compressed.bin")
    return {file.stat().st_ino for file in files if file.stat().st_size > 100_000}
