"""A large library is searched by graphs. Here the limits are small, so that the made archive counts as large."""

import pytest

from explorer.library.library import Library


@pytest.fixture(autouse=True)
def small_limits(monkeypatch):
    monkeypatch.setattr("explorer.index.edge.shard.MIN_POINTS_FOR_GRAPHS", 1)
    monkeypatch.setattr("explorer.index.edge.shard.COMPARED_KB", 1)


def answers(library: Library) -> list[list[str]]:
    return [
        [hit.id for hit in library.search(words).hits] for words in ("boat", "a hive of bees", "lighthouse")
    ]


def test_an_ingest_ends_with_graphs_that_change_no_answer(own_library, archive, tmp_path):
    told: list[str] = []
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest(archive, encoder="lite", tell=told.append)
        status = library.status()
        assert {"picture", "regions", "sentence"} <= set(status.graphs)
        assert min(status.graphs.values()) >= 0.98
        assert any("can be searched" in line for line in told)
        assert answers(library) == answers(own_library)


def test_a_sync_adds_graphs_to_an_older_library_and_keeps_them(own_library):
    expected = answers(own_library)
    assert own_library.status().graphs == {}
    own_library.archives.sync()
    first = own_library.status()
    assert first.graphs
    own_library.archives.sync()
    assert own_library.status() == first
    assert answers(own_library) == expected
