"""Copies of one picture on the command line: one line, for people and for programs."""

import json

import pytest
from library.made_archive import drawn, png
from typer.testing import CliRunner

from explorer.cli import command_line


@pytest.fixture(scope="module")
def explorer(tmp_path_factory):
    """`explorer`, on two issues of which the second shows the boat of the first, smaller and mirrored."""
    made = tmp_path_factory.mktemp("copies")
    archive = made / "archive"
    (archive / "images").mkdir(parents=True)
    boat = drawn("boat", (640, 480))
    for name, picture in (
        ("boat", boat),
        ("hive", drawn("hive")),
        ("boat-small", boat.resize((200, 150))),
    ):
        (archive / "images" / f"{name}.png").write_bytes(png(picture))
    (archive / "first.md").write_text(
        "# The first issue\n\n![A boat in the harbour](images/boat.png)\n\n![A hive](images/hive.png)\n"
    )
    (archive / "second.md").write_text(
        "# The second issue\n\n![A boat in the harbour again](images/boat-small.png)\n"
    )

    def explorer(*arguments):
        run = CliRunner().invoke(command_line(), [*arguments, "--library", str(made / "library")])
        assert run.exit_code == 0, run.stderr
        return run.stdout

    explorer("ingest", str(archive), "--encoder", "lite")
    return explorer


def test_people_see_a_picture_and_its_copy_once(explorer):
    told = explorer("search", "boat in the harbour", "--all")

    assert told.count("A boat in the harbour") == 1
    assert "also in The " in told


def test_programs_get_one_line_a_picture_its_group_and_where_its_copies_stand(explorer):
    rows = [json.loads(line) for line in explorer("search", "boat", "--json").splitlines()]
    figures = [json.loads(line) for line in explorer("figures", "--json").splitlines()]
    boats = [row for row in figures if "boat" in row["image"]]

    [boat, *more] = [row for row in rows if "boat" in row["image"]]
    assert not more
    assert boat["group"] == min(row["sha256"] for row in boats)
    assert boat["copies"] == 1
    assert boat["also_in"] == [row["document"] for row in boats if row["id"] != boat["id"]]
    assert [(row["group"], row["copies"]) for row in rows if row is not boat] == [
        (row["sha256"], 0) for row in rows if row is not boat
    ]


def test_show_tells_where_else_a_copy_stands(explorer):
    boat, *_ = (
        row
        for row in map(json.loads, explorer("figures", "--json").splitlines())
        if row["image"] == "images/boat.png"
    )
    assert json.loads(explorer("show", boat["id"], "--json"))["also_in"] == ["second.md"]
