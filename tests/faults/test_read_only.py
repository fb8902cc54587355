"""A library in a folder in which nothing can be written is searched as any other, and says what cannot be done."""

import tempfile
from pathlib import Path

import pytest
from library.made_archive import figures_by_image
from typer.testing import CliRunner

from explorer.cli import command_line
from explorer.errors import ExplorerError, LibraryProblem
from explorer.library import Library


@pytest.fixture
def protected(own_folder, read_only):
    return read_only(own_folder)


def test_it_is_searched_and_looked_into(protected, library):
    before = set(Path(tempfile.gettempdir()).glob("explorer-index-*"))
    with Library.open(protected) as opened:
        assert [hit.id for hit in opened.search("sailing boat").hits] == [
            hit.id for hit in library.search("sailing boat").hits
        ]
        assert opened.figures() == library.figures()
        assert opened.status().points == library.status().points
        assert opened.trash() == []
        boat = figures_by_image(opened)["images/boat.png"]
        assert opened.search(like=[boat.id]).hits
        assert opened.picture_path(boat.sha256).exists()
    assert set(Path(tempfile.gettempdir()).glob("explorer-index-*")) == before


def test_the_command_line_searches_it(protected):
    for verb in (["search", "boat"], ["status"], ["figures"], ["sync", "--dry-run"]):
        ended = CliRunner().invoke(command_line(), [*verb, "--library", str(protected)])
        assert ended.exit_code == 0, ended.output


def test_what_is_searched_for_in_it_is_not_kept(protected):
    with Library.open(protected) as opened:
        opened.remember("boat")
        assert opened.history() == []
        with pytest.raises(LibraryProblem, match="folder's rights"):
            opened.forget_history()


@pytest.mark.parametrize(
    "change",
    [
        lambda library, archive: library.ingest([archive]),
        lambda library, archive: library.sync(),
        lambda library, archive: library.correct(library.figures()[0].id, caption="Other words"),
        lambda library, archive: library.use("lite"),
        lambda library, archive: library.encode("lite"),
        lambda library, archive: library.forget("archive"),
        lambda library, archive: library.mend(),
    ],
    ids=["ingest", "sync", "correct", "use", "encode", "forget", "doctor"],
)
def test_what_would_change_it_is_refused_in_one_sentence(protected, archive, change):
    with (
        Library.open(protected) as opened,
        pytest.raises(LibraryProblem, match="can be searched but not changed") as problem,
    ):
        change(opened, archive)
    assert str(protected) in str(problem.value)


def test_a_doctor_finds_it_sound_but_for_the_rights(protected):
    with Library.open(protected) as opened:
        assert {one.part for one in opened.examine()} <= {"folder"}


def test_changes_that_only_a_writer_can_read_are_not_left_out_unsaid(own_folder, read_only):
    (own_folder / "catalog.sqlite-wal").write_bytes(b"something that is not folded in yet")
    with pytest.raises(ExplorerError, match="Open it once with one"), Library.open(read_only(own_folder)):
        pass
