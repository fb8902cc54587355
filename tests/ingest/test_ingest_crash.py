"""Whatever kills an ingest: the library opens, the old generation answers, and the next run ends where it would have."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import copied, figures_by_image, write_archive, write_second_version

from explorer.errors import LibraryError
from explorer.library.library import Library

TESTS = Path(__file__).resolve().parents[1]
UNTIL_KILLED = Path(__file__).with_name("ingest_until_killed.py")
COMMAND = [sys.executable, "-c", "import sys; from explorer.cli import main; sys.exit(main())", "ingest"]
MOMENTS = 12
ALWAYS = (0, 4, 7, 11)  # the others run with the slow tests

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL is of POSIX")


def start(*command) -> subprocess.Popen:
    return subprocess.Popen(
        list(map(str, command)), cwd=TESTS.parent, env={**os.environ, "PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def finished(*command) -> str:
    process = start(*command)
    out, told = process.communicate(timeout=240)
    assert process.returncode == 0, told
    return out


def put_second_version(archive: Path) -> None:
    """A while later, at the same place."""
    for file in archive.rglob("*"):
        if file.is_file():
            file.unlink()
    (archive / "images").rmdir()
    archive.rmdir()
    write_second_version(archive)


def content(library):
    """All that a library says: its figures, and the digest of every point of its index."""
    with closing(library._context.index_store.open()) as index:
        return library.browse.figures(), library.browse.items(), library.browse.ledger(), index.digests()


def assert_same_library(library, expected_folder):
    """Every figure, item and point is the same, and every vector except its last bits.

    A network rounds differently in another batch, and after a kill, the batches contain what was not embedded yet.
    """
    with Library.open(expected_folder) as expected:
        assert library.browse.figures() == expected.browse.figures()
        assert library.browse.items() == expected.browse.items()
        assert library.browse.ledger() == expected.browse.ledger()
        points, expected_points = raw_points(library), raw_points(expected)
    assert points.keys() == expected_points.keys()
    for id, expected_point in expected_points.items():
        point = points[id]
        assert (point.payload, point.sparse) == (expected_point.payload, expected_point.sparse)
        assert point.vectors.keys() == expected_point.vectors.keys()
        for name, vector in expected_point.vectors.items():
            np.testing.assert_allclose(point.vectors[name], vector, rtol=0, atol=1e-5)


def raw_points(library):
    with closing(library._context.index_store.open()) as index:
        return {it.point.id: it.point for it in index.raw_points(list(index.digests()))}


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """The archive in its second version, and the library that has read its first."""
    folder = tmp_path_factory.mktemp("before")
    with pytest.MonkeyPatch.context() as patch:
        use_fakes(patch, FakeEncoder("fake"))
        with Library.create(folder / "library") as library:
            library.archives.ingest([write_archive(folder / "archive")], encoder="fake")
    put_second_version(folder / "archive")
    return folder


@pytest.fixture(scope="module")
def undisturbed(before, tmp_path_factory):
    """What an ingest that nobody disturbs makes of it, and how many things it does to files."""
    folder = copied(before / "library", tmp_path_factory.mktemp("undisturbed") / "library")
    deeds = int(finished(sys.executable, UNTIL_KILLED, folder, before / "archive", 0))
    with Library.open(folder) as library:
        assert library.browse.ledger().issues == 4
        return deeds, content(library)


@pytest.mark.parametrize(
    "moment", [it if it in ALWAYS else pytest.param(it, marks=pytest.mark.slow) for it in range(MOMENTS)]
)
def test_killed_at_any_moment_the_old_generation_answers_and_the_next_run_completes(
    before, undisturbed, tmp_path, monkeypatch, moment
):
    deeds, expected = undisturbed
    folder = copied(before / "library", tmp_path / "library")
    last = 1 + moment * (deeds - 1) // (MOMENTS - 1)

    process = start(sys.executable, UNTIL_KILLED, folder, before / "archive", last)
    out, told = process.communicate(timeout=120)

    assert process.returncode == -signal.SIGKILL, f"{out}{told}"
    use_fakes(monkeypatch, FakeEncoder("fake"))
    with Library.open(folder) as library:
        status = library.status()
        assert status.generation in (1, 2)
        assert status.points == (24 if status.generation == 1 else len(expected[3]))
        found = {hit.record.image for hit in library.search("sailing boat", limit=50).hits}
        assert {"images/boat.png", "images/rain.png"} <= found

        report = library.archives.ingest([before / "archive"])

        assert (report.generation, report.issues) == (2, 4)
        assert content(library) == expected
        assert "images/sunset.png" in {hit.record.image for hit in library.search("sunset", limit=50).hits}


@pytest.mark.slow
@pytest.mark.timeout(900)  # a dozen ingests, each of them twice
def test_the_real_command_killed_at_any_time_leaves_a_library_that_the_next_run_completes(
    library_folder, made_archive, tmp_path
):
    archive = copied(made_archive, tmp_path / "archive")
    folder = copied(library_folder, tmp_path / "first")
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as database, database:
        database.execute("UPDATE archive SET location = ?", (str(archive),))
    put_second_version(archive)
    clean = copied(folder, tmp_path / "clean")
    started = time.monotonic()
    finished(*COMMAND, archive, "--library", clean)
    whole = time.monotonic() - started

    killed = 0
    for moment in range(MOMENTS):
        torn = copied(folder, tmp_path / f"torn-{moment}")
        process = start(*COMMAND, archive, "--library", torn)
        try:  # the first third is spent on loading the encoder
            process.communicate(timeout=whole * (0.3 + 0.7 * moment / MOMENTS))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            killed += 1
        with Library.open(torn) as library:
            assert library.search("sailing boat").hits[0].record.image == "images/boat.png"
            library.archives.ingest([archive])
            assert_same_library(library, clean)
    assert killed >= MOMENTS // 2


def test_a_reader_in_another_process_keeps_its_answers_and_then_sees_the_new_ones(
    before, tmp_path, monkeypatch
):
    use_fakes(monkeypatch, FakeEncoder("fake"))
    folder = copied(before / "library", tmp_path / "library")
    with Library.open(folder) as reader:
        writer = start(sys.executable, UNTIL_KILLED, folder, before / "archive", 0)
        while writer.poll() is None:
            assert "images/boat.png" in {hit.record.image for hit in reader.search("boat", limit=50).hits}
            assert "images/rain.png" in figures_by_image(reader)
        writer.communicate()

        assert writer.returncode == 0
        assert "images/sunset.png" in {hit.record.image for hit in reader.search("sunset", limit=50).hits}
        assert reader.status().generation == 2


def test_two_ingests_at_once_one_is_told_to_wait(before, tmp_path, monkeypatch):
    use_fakes(monkeypatch, FakeEncoder("fake"))
    folder = copied(before / "library", tmp_path / "library")
    refused = False
    with Library.open(folder) as library:
        writer = start(sys.executable, UNTIL_KILLED, folder, before / "archive", 0)
        while writer.poll() is None and not refused:
            if not (folder / "ingest.lock").exists():
                time.sleep(0.01)
                continue
            try:
                library.archives.ingest([before / "archive"])
            except LibraryError as told:
                refused = "Another ingest or enrich is writing" in str(told)
        _, told = writer.communicate()

    # Whoever came second was refused, the other one finished.
    assert refused or "Another ingest or enrich is writing" in told
    with Library.open(folder) as library:
        library.archives.ingest([before / "archive"])
        assert library.browse.ledger().issues == 4
