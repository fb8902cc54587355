"""A full disk is told in one sentence that names the folder; nothing is lost, and with room it goes on."""

import pytest
from index import index_builders
from killing import contents
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import write_archive, write_second_version

from explorer.errors import ExplorerError, SearchIndexError
from explorer.index import open_store
from explorer.library.library import Library

ROOM_KB = 80 << 10


@pytest.fixture(autouse=True)
def fakes(monkeypatch):
    use_fakes(monkeypatch, FakeEncoder("fake"), FakeEncoder("other"))


def one_sentence(problem, *parts):
    told = str(problem.value)
    assert "\n" not in told
    assert len(told) < 400
    assert "free" in told.lower()
    for part in parts:
        assert str(part) in told


@pytest.fixture
def on_disk(small_disk, tmp_path):
    """A library on the small disk, and its archive elsewhere."""
    with Library.create(small_disk / "library") as library:
        library.archives.ingest([write_archive(tmp_path / "archive")], encoder="fake")
        yield library


@pytest.mark.parametrize("left_kb", [60, 400, 20 << 10])
def test_an_ingest_that_finds_no_room_is_finished_by_the_next(small_disk, filled, tmp_path, left_kb):
    archive = write_archive(tmp_path / "archive")
    filled(left_kb)
    with (
        pytest.raises(ExplorerError) as problem,
        Library.create(small_disk / "library") as library,
    ):
        library.archives.ingest([archive], encoder="fake")
    one_sentence(problem, small_disk)

    filled(ROOM_KB)
    with Library.create(small_disk / "library") as library:
        library.archives.ingest([archive], encoder="fake")
        assert library.search("boat").hits
    with Library.create(tmp_path / "elsewhere") as elsewhere:
        elsewhere.archives.ingest([archive], encoder="fake")
    assert contents(small_disk / "library") == contents(tmp_path / "elsewhere")


@pytest.mark.parametrize("left_kb", [20, 20 << 10])
def test_a_sync_that_finds_no_room_leaves_what_there_was(on_disk, filled, tmp_path, left_kb):
    (tmp_path / "archive").rename(tmp_path / "old")
    write_second_version(tmp_path / "archive")
    filled(left_kb)

    with pytest.raises(ExplorerError) as problem:
        on_disk.archives.sync()

    one_sentence(problem, on_disk.path)
    assert on_disk.status().generation == 1
    assert on_disk.search("boat").hits
    filled(ROOM_KB)
    on_disk.archives.sync()
    assert on_disk.status().generation == 2
    assert on_disk.browse.ledger().issues == 4
    assert on_disk.maintenance.examine() == []


def test_an_encoding_that_finds_no_room_leaves_what_there_was(on_disk, filled):
    filled(20 << 10)
    with pytest.raises(ExplorerError) as problem:
        on_disk.encoders.add("other")
    one_sentence(problem, on_disk.path)
    filled(ROOM_KB)
    assert on_disk.encoders.add("other").points == on_disk.status().points


@pytest.mark.parametrize("what", ["backup", "export"])
def test_a_copy_that_finds_no_room_leaves_nothing_behind(own_library, small_disk, filled, what):
    copy = getattr(own_library.maintenance, what)
    for left_kb in (20, 200):
        filled(left_kb)
        with pytest.raises(ExplorerError) as problem:
            copy(small_disk / "kept")
        one_sentence(problem, small_disk)
        assert {path.name for path in small_disk.iterdir()} == {"filler", "lost+found"}
    filled(ROOM_KB)
    copy(small_disk / "kept")
    assert own_library.maintenance.examine() == []


def test_a_disk_that_fills_up_while_a_generation_is_copied_is_told_in_one_sentence(
    small_disk, filled, monkeypatch
):
    store = open_store(small_disk / "index")
    index_builders.filled(store, *(index_builders.point(str(n), 1, n, 0) for n in range(40))).close()
    monkeypatch.setattr("explorer.index.edge.shard.require_free_space", lambda folder, size: None)
    filled(8)
    with (
        pytest.raises(SearchIndexError, match="No space left on device") as problem,
        store.build(index_builders.RECIPE),
    ):
        pass
    one_sentence(problem, small_disk)
    assert store.current_generation() == 1
    assert store.leftovers() == []
