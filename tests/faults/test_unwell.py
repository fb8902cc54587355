"""What breaks under a library, and clocks that go backwards: told in one sentence, with what mends it; then mended."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import figures_by_image

from explorer.errors import ArchiveError, IndexDamagedError, LibraryError
from explorer.library.library import Library
from explorer.system.files import LockHeldError, process_lock
from explorer.web.components.thumbnails import picture

BOAT = "images/boat.png"


def altered(file: Path, at: int) -> None:
    """Other bytes, as many."""
    data = bytearray(file.read_bytes())
    for n in range(at, at + 64):
        data[n] ^= 0xA5
    file.write_bytes(data)


def test_a_segment_file_that_was_altered_is_found_and_made_again(own_folder):
    segment = next(
        own_folder.glob("index/generations/*/shard/segments/*/vector_storage-picture/vectors/*.mmap")
    )
    altered(segment, 128)
    with Library.open(own_folder) as library:
        [found] = library.maintenance.examine()
        assert (found.part, "is not what was written" in found.what) == ("index", True)
        assert "explorer ingest --rebuild" in found.what
        assert all(one.mended for one in library.maintenance.repair())
        assert library.maintenance.examine() == []
        assert library.search("sailing boat").hits[0].record.image == BOAT


def test_a_segment_file_that_was_cut_is_told_when_searching(own_folder):
    segment = next(own_folder.glob("index/generations/*/shard/segments/*/payload_storage/page_0.dat"))
    segment.write_bytes(segment.read_bytes()[:100])
    with (
        Library.open(own_folder) as library,
        pytest.raises(IndexDamagedError, match=r"is missing or cut short.*explorer ingest --rebuild"),
    ):
        library.search("boat")


@pytest.mark.parametrize("left", [0.3, 0.7])
def test_a_catalog_that_was_cut_is_told_with_the_way_out_and_left_alone(own_folder, left):
    file = own_folder / "catalog.sqlite"
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * left)])
    before = file.read_bytes()
    try:
        with Library.open(own_folder) as library:
            [first, *_] = library.maintenance.repair()
            assert first.part == "catalog"
            assert not first.mended
            assert "explorer restore FILE" in first.way_out
    except LibraryError as problem:
        assert "is damaged" in str(problem)
        assert "explorer restore FILE" in str(problem)
    assert file.read_bytes() == before


def test_a_thumbnail_that_is_gone_leaves_words_in_its_place_until_it_is_mended(own_library, monkeypatch):
    monkeypatch.setenv("EXPLORER_THIS_MACHINE_ONLY", "1")
    boat = figures_by_image(own_library)[BOAT]
    whole = picture(own_library, boat)
    own_library.browse.picture_path(boat.sha256, "small").unlink()

    assert "explorer doctor --repair" in picture(own_library, boat)
    own_library.maintenance.repair()
    assert picture(own_library, boat) == whole


def test_what_a_stopped_build_left_is_found_and_deleted(own_library):
    left = own_library.path / "index/generations/000007"
    (left / "shard").mkdir(parents=True)
    (left / "shard/half").write_bytes(b"half")
    assert {(one.part, one.where) for one in own_library.maintenance.examine()} == {("leftover", str(left))}
    assert all(one.mended for one in own_library.maintenance.repair())
    assert not left.exists()


def test_vectors_that_are_only_out_of_reach_are_never_deleted(own_folder, monkeypatch):
    vectors = own_folder / "vectors.sqlite"
    monkeypatch.setattr("embeddings.cache.sqlite3.connect", _refused)
    from explorer.maintain.doctor import _check_vectors

    [found] = _check_vectors(vectors)
    assert found.part == "folder"
    assert vectors.exists()


def _refused(*_, **__):
    raise PermissionError(13, "Permission denied")


# --- rights -----------------------------------------------------------------------------------------------


@pytest.fixture
def fakes(monkeypatch):
    return use_fakes(monkeypatch, FakeEncoder("fake"))


@pytest.mark.usefixtures("fakes")
def test_files_of_an_archive_that_may_not_be_read_are_told_and_the_others_are_read(
    archive, tmp_path, held_back_by_rights
):
    (archive / "2024-02-boats.md").chmod(0)
    (archive / "images/hive.png").chmod(0)
    with Library.create(tmp_path / "library") as library:
        assert library.archives.ingest([archive], encoder="fake").issues == 2
        told = {one.document: one.reason for one in library.browse.problems() if one.kind == "issue"}
        assert "Permission denied" in told["2024-02-boats.md"]
        assert any("hive.png" in (one.image or "") for one in library.browse.problems())

        (archive / "2024-02-boats.md").chmod(0o644)
        (archive / "images/hive.png").chmod(0o644)
        assert library.archives.ingest([archive]).issues == 3
        assert figures_by_image(library)["images/hive.png"].sha256


@pytest.mark.usefixtures("fakes")
def test_an_archive_that_may_not_be_opened_is_told_and_loses_nothing(archive, tmp_path, held_back_by_rights):
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([archive], encoder="fake")
        archive.chmod(0)
        try:
            with pytest.raises(ArchiveError) as problem:
                library.archives.ingest([archive])
            assert str(archive) in str(problem.value)
            [told] = library.archives.sync().archives
            assert told.absent
        finally:
            archive.chmod(0o755)
        assert library.browse.ledger().issues == 3
        assert library.archives.trash() == []


@pytest.mark.usefixtures("fakes")
def test_a_folder_of_an_archive_that_may_not_be_opened_loses_nothing(archive, tmp_path, held_back_by_rights):
    inner = archive / "older"
    inner.mkdir()
    (archive / "2023-11-stars.txt").rename(inner / "2023-11-stars.txt")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([archive], encoder="fake")
        inner.chmod(0)
        try:
            library.archives.sync()
        finally:
            inner.chmod(0o755)
        assert library.archives.trash() == []
        assert library.browse.ledger().issues == 3
        assert ("older", "cannot be read: Permission denied") in {
            (it.document, it.reason) for it in library.browse.problems()
        }


def test_a_library_that_may_not_be_made_there_is_told(tmp_path, archive, held_back_by_rights):
    (tmp_path / "locked").mkdir(mode=0o555)
    with pytest.raises(LibraryError, match=r"cannot be written: Permission denied.*--library DIR"):
        Library.create(tmp_path / "locked" / "library")


# --- clocks -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("fakes")
def test_a_clock_that_goes_backwards_neither_empties_the_trash_nor_hides_a_generation(
    archive, tmp_path, monkeypatch
):
    class LastYear(datetime):
        @classmethod
        def now(cls, tz=UTC):
            return datetime.now(tz) - timedelta(days=400)

    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([archive], encoder="fake")
        (archive / "2023-11-stars.txt").unlink()
        library.archives.sync()
        for module in ("explorer.library.ingest", "explorer.index.edge.shard", "explorer.catalog.trash"):
            monkeypatch.setattr(f"{module}.datetime", LastYear)
        (archive / "2024-02-boats.md").unlink()

        library.archives.sync()

        assert library.status().generation == 3
        assert {one.document for one in library.archives.trash()} == {"2023-11-stars.txt", "2024-02-boats.md"}
        assert BOAT not in figures_by_image(library)
        library.archives.restore("2024-02-boats.md")
        assert library.search("boat").hits[0].record.image == BOAT


# --- two at once ------------------------------------------------------------------------------------------

HOLD = """
import sys, pathlib
from explorer.system.files import process_lock
with process_lock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def other_program(own_folder):
    """Another program that is writing the library."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(own_folder / "ingest.lock")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_who_comes_second_is_told_who_holds_the_library(own_folder, made_archive, other_program):
    with (
        Library.open(own_folder) as library,
        pytest.raises(LibraryError, match=rf"is writing .*: process {other_program.pid} on .* Wait until"),
    ):
        library.archives.ingest([made_archive])


def test_a_sync_says_whom_it_waits_for_and_then_goes_on(own_folder, other_program):
    told = []

    def tell(line):
        told.append(line)
        other_program.stdin.write("\n")
        other_program.stdin.flush()

    with Library.open(own_folder) as library:
        library.archives.sync(tell=tell)
    assert f"process {other_program.pid} on " in told[0]


def test_a_program_that_was_killed_holds_nothing(own_folder, made_archive, other_program):
    other_program.kill()
    other_program.wait()
    with Library.open(own_folder) as library:
        library.archives.ingest([made_archive])


def test_where_nobody_could_write_who_it_is_another_program_is_named(tmp_path):
    with process_lock(tmp_path / "some.lock"):
        (tmp_path / "some.txt").unlink()
        with pytest.raises(LockHeldError, match="another program"), process_lock(tmp_path / "some.lock"):
            pass
