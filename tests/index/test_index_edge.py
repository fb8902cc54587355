"""What only an index in a folder promises: many readers, one writer, crashes without harm, damage named."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from building import build, state
from index_builders import RECIPE, filled, ids, near, point, uids

from explorer.errors import IndexDamagedError, IndexInUseError, SearchIndexError
from explorer.index import open_store
from explorer.index.edge.generations import Generation
from explorer.index.edge.sparse_copy import copy_tree

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent.parent), str(HERE)])}

READ = """
import sys
from pathlib import Path
from index_builders import ids, near
from explorer.index import open_store
index = open_store(Path(sys.argv[1])).open()
print(index.manifest.generation, flush=True)
for line in sys.stdin:
    print(ids(index.search([near(1, 0, 0)])[0])[0], flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, *map(str, arguments)]
    return subprocess.Popen(
        command,
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ask(reader: subprocess.Popen[str]) -> str:
    reader.stdin.write("again\n")
    reader.stdin.flush()
    return reader.stdout.readline().strip()


def test_two_processes_read_while_a_third_builds_and_publishes(folder):
    filled(open_store(folder), point("old", 1, 0, 0)).close()
    readers = [start("-c", READ, folder) for _ in range(2)]
    assert [reader.stdout.readline().strip() for reader in readers] == ["1", "1"]
    with open_store(folder).build(RECIPE) as begun:
        begun.delete(uids("old"))
        begun.upsert([point("new", 1, 0, 0)])
        assert [ask(reader) for reader in readers] == uids("old", "old")
        begun.commit()
    assert [ask(reader) for reader in readers] == uids("old", "old")
    for reader in readers:
        _, errors = reader.communicate()
        assert (reader.returncode, errors) == (0, "")
    assert ids(open_store(folder).open().search([near(1, 0, 0)])[0]) == uids("new")


def test_a_second_writer_is_told_who_is_writing_and_where(folder):
    with (
        open_store(folder).build(RECIPE),
        pytest.raises(IndexInUseError, match=f"{folder} is being written by process {os.getpid()} on "),
        open_store(folder).build(RECIPE),
    ):
        pass
    with open_store(folder).build(RECIPE) as again:
        again.commit()


def test_reading_creates_nothing(folder):
    with pytest.raises(SearchIndexError):
        open_store(folder).open()
    assert not folder.exists()


def test_a_build_killed_at_any_moment_leaves_the_old_generation_and_the_next_one_is_whole(folder, tmp_path):
    build(folder, 1)
    before = {one.id: one.digest for one in state(1)}
    after = {one.id: one.digest for one in state(2)}
    killed, tried = 0, []
    # On a busy machine a build may be over before its moment comes: then early ones are tried again.
    for moment in [*np.linspace(0, 0.9, 10), *np.linspace(0, 0.3, 20)]:
        if killed >= 5 and len(tried) >= 10:
            break
        tried.append(moment)
        killed += kill_a_build(folder, tmp_path / "ready", moment)
        index = open_store(folder).open()
        assert index.digests() == (before if index.manifest.generation == 1 else after)
        assert len(index.search([near(1, 0, 0, limit=700)])[0]) == index.manifest.points
        index.close()
    assert killed >= 5
    build(folder, 2)
    assert_equal_to_an_undisturbed_build(folder, tmp_path / "undisturbed")
    assert len(list((folder / "generations").iterdir())) <= 3


def kill_a_build(folder: Path, ready: Path, moment: float) -> bool:
    ready.unlink(missing_ok=True)
    process = start(HERE / "building.py", folder, ready)
    while not ready.exists():
        time.sleep(0.005)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def assert_equal_to_an_undisturbed_build(folder: Path, undisturbed: Path) -> None:
    build(undisturbed, 1)
    build(undisturbed, 2)
    disturbed, other = open_store(folder).open(), open_store(undisturbed).open()
    assert disturbed.digests() == other.digests()
    legs = [near(*query, limit=50) for query in np.eye(3)]
    for mine, theirs in zip(disturbed.search(legs), other.search(legs), strict=True):
        assert [hit.id for hit in mine] == [hit.id for hit in theirs]


def test_a_replaced_generation_can_still_be_read_when_its_files_are_gone(folder):
    store = open_store(folder)
    reader = filled(store, point("first", 1, 0, 0, kind="figure"))
    for number in range(3):
        filled(store, point(str(number), 1, 0, 0)).close()
    assert not (folder / "generations" / "000001").exists()
    [hits] = reader.search([near(1, 0, 0)])
    assert [hit.id for hit in hits] == uids("first")


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "index"
    filled(open_store(folder), point("a", 1, 0, 0)).close()
    return folder


@pytest.mark.parametrize(
    "break_it",
    [
        pytest.param(lambda shard: next(shard.rglob("segment.json")).unlink(), id="missing file"),
        pytest.param(lambda shard: os.truncate(next(shard.rglob("vectors/status.dat")), 3), id="short file"),
        pytest.param(
            lambda shard: os.truncate(next(shard.rglob("vectors/config.json")), 3),
            id="what no engine notices",
        ),
        pytest.param(
            lambda shard: next(shard.rglob("segment.json")).write_text("{" * 5000), id="wrong content"
        ),
        pytest.param(lambda shard: (shard.parent / "manifest.json").write_text("{}"), id="empty manifest"),
        pytest.param(lambda shard: (shard.parent / "manifest.json").write_text("{"), id="broken manifest"),
        pytest.param(lambda shard: (shard.parent / "manifest.json").unlink(), id="no manifest"),
        pytest.param(
            lambda shard: shard.parents[2].joinpath("CURRENT").write_text("7"), id="no such generation"
        ),
        pytest.param(
            lambda shard: shard.parents[2].joinpath("CURRENT").write_bytes(b"\xff"), id="broken pointer"
        ),
    ],
)
def test_damage_is_named_with_the_folder_and_the_way_out(sound, folder, break_it):
    copy_tree(sound, folder)
    store = open_store(folder)
    break_it(folder / "generations" / "000001" / "shard")
    with pytest.raises(IndexDamagedError, match=rf"{folder}.* is damaged .*explorer ingest --rebuild"):
        store.open()
    with pytest.raises(IndexDamagedError), store.build(RECIPE):
        pass


@pytest.mark.parametrize("name", ["CURRENT", "generations/000001/manifest.json"])
def test_a_fresh_build_mends_what_is_damaged(sound, folder, name):
    copy_tree(sound, folder)
    (folder / name).write_bytes(b"\xff")
    assert ids(filled(open_store(folder), point("b", 1, 0, 0)).search([near(1, 0, 0)])[0]) == uids("b")


def test_a_folder_that_cannot_be_written_is_named(folder):
    folder.write_text("a file")
    with pytest.raises(SearchIndexError, match=f"{folder}"), open_store(folder).build(RECIPE):
        pass


def test_a_copy_keeps_holes_and_every_byte(tmp_path):
    source = tmp_path / "source"
    (source / "deep").mkdir(parents=True)
    with (source / "deep" / "file").open("wb") as file:
        file.write(b"start")
        file.seek(20_000_000)
        file.write(b"middle" * 500_000)
        file.truncate(50_000_000)
    (source / "empty").touch()
    (source / "hole").touch()
    os.truncate(source / "hole", 5_000_000)
    copy_tree(source, tmp_path / "copy")
    for name in ("deep/file", "empty", "hole"):
        copied, original = tmp_path / "copy" / name, source / name
        assert copied.read_bytes() == original.read_bytes()
        assert copied.stat().st_blocks <= original.stat().st_blocks + 16


def test_five_thousand_points_are_searched_exactly(folder):
    rng = np.random.default_rng(1)
    vectors = rng.standard_normal((5000, 3)).astype(np.float32)
    points = [point(str(number), *vector) for number, vector in enumerate(vectors)]
    index = filled(open_store(folder), *points)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for query in rng.standard_normal((20, 3)):
        nearest = {points[row].id for row in np.argsort(-(unit @ query))[:20]}
        assert len(nearest & set(ids(index.search([near(*query, limit=20)])[0]))) >= 19


@pytest.mark.parametrize("links", [True, False], ids=["with links", "on a disk without links"])
def test_what_the_engine_never_writes_again_is_shared_and_no_generation_touches_another(
    folder, monkeypatch, links
):
    monkeypatch.setattr("explorer.index.edge.requests.COMPRESS_FROM_KB", 4)
    if not links:
        monkeypatch.setattr(Path, "hardlink_to", lambda *_: (_ for _ in ()).throw(OSError("no links here")))
    random = np.random.default_rng(0)
    many = [point(f"p{n}", *random.normal(size=3), meaning=[[1, 0, 0], [0, 1, 0]]) for n in range(1500)]
    filled(open_store(folder), *many).close()
    answers = [open_store(folder).open().search([near(1, 0, 0, limit=1500)])]
    for number in range(2):
        with open_store(folder).build(RECIPE) as begun:
            begun.delete([many[number].id])
            begun.upsert([point(f"p{number + 10}", 1, 0, 0), point(f"new{number}", 0, 1, 0)])
            begun.commit()

    generations = sorted((folder / "generations").iterdir())
    shared = [
        file.relative_to(generations[0])
        for file in generations[0].rglob("*")
        if file.name == "matrix.dat" and file.stat().st_nlink == 3
    ]
    assert bool(shared) == links
    open_store(folder).check()
    for number, generation in enumerate(generations, 1):
        assert Generation(generation, number).changed_files() == []
    (folder / "CURRENT").write_text("1\n", encoding="ascii")
    assert [open_store(folder).open().search([near(1, 0, 0, limit=1500)])] == answers
