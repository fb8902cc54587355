"""`explorer sync`, `trash`, `restore`, `backup`, `export`, `import`, `doctor`, `encode` and `formats`, as people read them."""

import json
import sqlite3
from contextlib import closing

import pytest
from library.made_archive import copied
from typer.testing import CliRunner

from explorer.cli import command_line

STARS = "2023-11-stars.txt"


@pytest.fixture
def mine(made_archive, own_folder, tmp_path):
    """The archive of this test's own library, which the test may change."""
    archive = copied(made_archive, tmp_path / "mine")
    with closing(sqlite3.connect(own_folder / "catalog.sqlite")) as database, database:
        database.execute("UPDATE archive SET location = ?", (str(archive),))
    return archive


@pytest.fixture
def explorer(own_folder):
    def explorer(*arguments, code=0, library=own_folder):
        run = CliRunner().invoke(command_line(), [*map(str, arguments), "--library", str(library)])
        assert run.exit_code == code, run.output
        return run.stdout if code == 0 else run.output

    return explorer


def test_a_dry_run_tells_a_sync_does_and_the_trash_gives_back(explorer, mine):
    (mine / STARS).unlink()
    (mine / "late.md").write_text("# Late\n\n![A late hive](images/hive.png)\n")

    told = explorer("sync", "--dry-run")
    assert "1 new" in told
    assert "1 to the trash" in told
    assert f"- {STARS}" in told
    assert "late.md" not in explorer("issues")

    [archive] = json.loads(explorer("sync", "--json"))["archives"]
    assert (archive["changes"]["new"], archive["changes"]["gone"]) == (["late.md"], [STARS])
    assert STARS in explorer("trash")
    assert f"{STARS} is back, with 1 figures" in explorer("restore", STARS)
    assert explorer("trash").strip() == "The trash is empty."
    assert "nothing changed" in explorer("sync")


def test_an_archive_that_is_gone_is_told_with_the_way_out(explorer, mine):
    mine.rename(mine.parent / "elsewhere")

    told = explorer("sync")
    assert "does not exist" in told
    assert "If the archive is gone for good: explorer forget archive" in told
    assert "its 3 issues are in the trash" in explorer("forget", "archive")


def test_a_file_name_cannot_command_the_terminal(explorer, mine):
    (mine / "a\x1b[31mred.md").write_text("# Red\n\nWords.\n")

    assert "\x1b" not in explorer("sync")
    assert "\x1b" not in explorer("sync", "--dry-run")


def test_a_backup_is_put_back_by_its_file(explorer, tmp_path):
    told = explorer("backup", tmp_path / "all.tar")
    assert f"explorer restore {tmp_path / 'all.tar'}" in told

    again = tmp_path / "again"
    assert json.loads(explorer("restore", tmp_path / "all.tar", "--json", library=again))["figures"] == 12
    assert "Ripe tomatoes" in explorer("search", "tomatoes", library=again)


def test_an_export_becomes_a_library_again(explorer, tmp_path):
    explorer("export", tmp_path / "out")
    assert (tmp_path / "out" / "captions.csv").exists()
    assert "12 figures" in explorer("import", tmp_path / "out", library=tmp_path / "again")
    assert "is not empty" in explorer("export", tmp_path / "out", code=1)


def test_the_doctor_says_what_is_wrong_by_its_exit_code_and_mends_it(explorer, own_folder):
    assert explorer("doctor").strip() == "Nothing is wrong."
    (own_folder / "pictures" / "tmpabc").write_bytes(b"half a picture")

    assert "explorer doctor --repair" in explorer("doctor", code=1)
    [finding] = [json.loads(line) for line in explorer("doctor", "--repair", "--json").splitlines()]
    assert (finding["part"], finding["mended"]) == ("leftover", True)
    assert explorer("doctor").strip() == "Nothing is wrong."


def test_wrong_use_is_told(explorer):
    assert "either --encoder NAME, which builds an index, or --drop NAME, which deletes one" in explorer(
        "encode", code=2
    )
    assert "Name an encoder, or use --back" in explorer("use", code=2)
    assert "has not used another encoder before" in explorer("use", "--back", code=1)
    assert "Omit --watch" in explorer("sync", "--dry-run", "--watch", code=2)


def test_every_format_says_what_it_reads():
    listed = [
        json.loads(line)
        for line in CliRunner().invoke(command_line(), ["formats", "--json"]).stdout.splitlines()
    ]

    assert {"PDF", "EPUB", "e-mail", "mbox", "WARC"} <= {one["name"] for one in listed}
    for one in listed:
        assert one["reads"]
        assert all(suffix.startswith(".") for suffix in one["suffixes"])


def test_an_unknown_file_is_never_passed_over_silently(explorer, mine):
    (mine / "slides.pptx").write_bytes(b"PK\x03\x04 something")
    explorer("sync")
    problems = [json.loads(line) for line in explorer("problems", "--json").splitlines()]

    [skipped] = [one for one in problems if one["kind"] == "skipped"]
    assert skipped["document"] == "slides.pptx"
    assert ".pptx: not a supported format" in skipped["reason"]
