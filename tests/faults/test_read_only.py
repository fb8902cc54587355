"""A library in a folder in which nothing can be written is searched as any other, and says what cannot be done."""

import tempfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from library.made_archive import drawn, figures_by_image, png
from typer.testing import CliRunner

from embeddings import CacheUnusableError, VectorCache, VectorKey
from explorer.cli import command_line
from explorer.errors import ExplorerError, LibraryError
from explorer.library.library import Library


@pytest.fixture
def protected(own_folder, read_only):
    return read_only(own_folder)


def test_it_is_searched_and_looked_into(protected, library):
    before = set(Path(tempfile.gettempdir()).glob("explorer-index-*"))
    with Library.open(protected) as opened:
        assert [hit.id for hit in opened.search("sailing boat").hits] == [
            hit.id for hit in library.search("sailing boat").hits
        ]
        assert opened.browse.figures() == library.browse.figures()
        assert opened.status().points == library.status().points
        assert opened.archives.trash() == []
        boat = figures_by_image(opened)["images/boat.png"]
        assert opened.search(like=[boat.id]).hits
        assert opened.ask('"sailing boat"').result.hits  # the full text, which is only read
        assert opened.ask("a saling boat").corrected == {"saling": "sailing"}
        assert opened.browse.picture_path(boat.sha256).exists()
    assert set(Path(tempfile.gettempdir()).glob("explorer-index-*")) == before


def test_the_times_of_searches_are_not_kept(protected):
    with Library.open(protected) as opened:
        opened.history.record_timing(opened.search("sailing boat"))

        assert opened.history.timings() == {}


READING = [
    "search boat", "search --like FIGURE", "search --image PICTURE", "show FIGURE", "figures", "items", "issues",
    "problems", "status", "status --explain", "history", "trash", "sync --dry-run", "saved list", "audit",
    "discussed FIGURE", "illustrate TEXT", "doctor", "selftest", "backup NEW", "export NEW", "eval QUERIES",
]  # fmt: skip


@pytest.fixture(params=["with vectors", "without vectors"])
def out_of_reach(request, own_folder, read_only, tmp_path):
    """A library in which nothing can be written, and files beside it."""
    if request.param == "without vectors":
        (own_folder / "vectors.sqlite").unlink()
    (tmp_path / "text.md").write_text("A sailing boat crosses the harbour.")
    (tmp_path / "queries.jsonl").write_text('{"query": "boat", "relevant": ["images/boat.png"]}\n')
    (tmp_path / "boat.png").write_bytes(png(drawn("boat")))
    return read_only(own_folder)


@pytest.mark.parametrize("command", READING)
def test_every_command_that_only_reads_works_as_anywhere(out_of_reach, library, tmp_path, command):
    before = {path: path.stat().st_mtime_ns for path in out_of_reach.rglob("*")}
    words = {
        "FIGURE": figures_by_image(library)["images/boat.png"].id,
        "PICTURE": str(tmp_path / "boat.png"),
        "TEXT": str(tmp_path / "text.md"),
        "QUERIES": str(tmp_path / "queries.jsonl"),
        "NEW": str(tmp_path / "new"),
    }
    arguments = [words.get(word, word) for word in command.split()]
    ended = CliRunner().invoke(command_line(), [*arguments, "--library", str(out_of_reach)])

    assert ended.exit_code == 0, ended.output
    assert "cannot be" not in ended.stdout
    assert {path: path.stat().st_mtime_ns for path in out_of_reach.rglob("*")} == before
    if command == "doctor":
        assert ended.stdout.strip() == "Nothing is wrong."
    if command == "selftest":
        assert "is not stored" in ended.stderr


def test_a_copy_that_was_made_of_it_is_whole(protected, tmp_path):
    with Library.open(protected) as opened:
        opened.maintenance.backup(tmp_path / "backup.tar")
        opened.maintenance.export(tmp_path / "export")
    with (
        closing(VectorCache(protected / "vectors.sqlite", allow_read_only=True)) as kept,
        Library.from_backup(tmp_path / "backup.tar", tmp_path / "one") as one,
        Library.from_export(tmp_path / "export", tmp_path / "two") as two,
        closing(VectorCache(tmp_path / "one" / "vectors.sqlite")) as first,
        closing(VectorCache(tmp_path / "two" / "vectors.sqlite")) as second,
    ):
        names = {key for key, _ in kept.items()}
        assert names
        assert {key for key, _ in first.items()} == {key for key, _ in second.items()} == names
        assert one.search("boat").hits[0].id == two.search("boat").hits[0].id


def test_what_is_missing_in_a_cache_that_cannot_be_written_stays_in_memory(tmp_path, read_only):
    one, other = VectorKey("one", "e", "picture"), VectorKey("other", "e", "picture")
    with VectorCache(tmp_path / "vectors.sqlite") as cache:
        cache.put_many({one: np.ones(3, np.float32)})
    read_only(tmp_path)
    with pytest.raises(CacheUnusableError):
        VectorCache(tmp_path / "vectors.sqlite")
    with VectorCache(tmp_path / "vectors.sqlite", allow_read_only=True) as cache:
        assert cache.missing([one, other]) == [other]
        cache.put_many({other: np.zeros(3, np.float32)})
        assert cache.get_many([one, other]).keys() == {one, other}
        assert [key for key, _ in cache.items()] == [one, other]
    with VectorCache(tmp_path / "vectors.sqlite", allow_read_only=True) as cache:
        assert cache.missing([one, other]) == [other]


def test_what_is_searched_for_in_it_is_not_kept(protected):
    with Library.open(protected) as opened:
        opened.history.record("boat")
        assert opened.history.searches() == []
        with pytest.raises(LibraryError, match="permissions of the folder"):
            opened.history.clear()


@pytest.mark.parametrize(
    "change",
    [
        lambda library, archive: library.archives.ingest([archive]),
        lambda library, archive: library.archives.sync(),
        lambda library, archive: library.editing.correct(
            library.browse.figures()[0].id, caption="Other words"
        ),
        lambda library, archive: library.encoders.use("lite"),
        lambda library, archive: library.encoders.add("lite"),
        lambda library, archive: library.archives.forget("archive"),
        lambda library, archive: library.maintenance.repair(),
    ],
    ids=["ingest", "sync", "correct", "use", "encode", "forget", "doctor"],
)
def test_what_would_change_it_is_refused_in_one_sentence(protected, archive, change):
    with (
        Library.open(protected) as opened,
        pytest.raises(LibraryError, match="can be searched but not changed") as problem,
    ):
        change(opened, archive)
    assert str(protected) in str(problem.value)


def test_a_doctor_finds_it_sound(protected):
    with Library.open(protected) as opened:
        assert opened.maintenance.examine() == []


def test_changes_that_only_a_writer_can_read_are_not_left_out_unsaid(own_folder, read_only):
    (own_folder / "catalog.sqlite-wal").write_bytes(b"something that is not folded in yet")
    with (
        pytest.raises(ExplorerError, match="Open it once with write access"),
        Library.open(read_only(own_folder)),
    ):
        pass
