"""`explorer collections`: what programs and people read of it."""

import json
import zipfile

import pytest
from library.made_archive import figures_by_image
from typer.testing import CliRunner

from explorer.cli import command_line

BOAT, PUMP, RAIN = "images/boat.png", "images/pump.png", "images/rain.png"


@pytest.fixture
def collections(own_folder):
    """Runs `explorer collections` on a library of the test's own; gives what it printed."""

    def collections(*arguments, code=0):
        run = CliRunner().invoke(
            command_line(), ["collections", *map(str, arguments), "--library", str(own_folder)]
        )
        assert run.exit_code == code, run.stderr
        return run.stdout if code == 0 else run.stderr

    return collections


@pytest.fixture
def ids(library):
    return {image: figure.id for image, figure in figures_by_image(library).items()}


def objects(told):
    return [json.loads(line) for line in told.splitlines()]


def test_a_collection_from_its_beginning_to_its_end(collections, ids, tmp_path):
    assert collections("list") == "No collections.\n"
    assert "has 1 figure." in collections("create", "Harbour", ids[BOAT][:12], "--notes", "For the talk")
    assert collections("add", "Harbour", ids[PUMP], ids[RAIN], ids[BOAT]) == (
        "2 figures added. The collection Harbour has 3 figures.\n"
    )
    [listed] = objects(collections("list", "--json"))
    assert list(listed) == ["id", "name", "notes", "created", "figures"]
    assert (listed["name"], listed["notes"], listed["figures"]) == ("Harbour", "For the talk", 3)

    moved = objects(collections("move", "Harbour", ids[RAIN], 1, "--json"))
    assert [figure["image"] for figure in moved] == [RAIN, BOAT, PUMP]
    assert collections("remove", "Harbour", ids[PUMP]).startswith("1 figure removed.")
    shown = collections("show", "Harbour")
    assert "For the talk" in shown
    assert "A sailing boat crossing the harbour" in shown
    assert [figure["id"] for figure in objects(collections("show", listed["id"], "--json"))] == [
        ids[RAIN],
        ids[BOAT],
    ]
    file = tmp_path / "harbour.zip"
    assert "Begin with its contact-sheet.html" in collections("export", "Harbour", file)
    assert "contact-sheet.html" in zipfile.ZipFile(file).namelist()
    assert "are still there" in collections("delete", "Harbour")
    assert objects(collections("list", "--json")) == []


def test_what_is_not_there_is_told_with_the_way_out(collections, ids):
    assert "explorer collections list" in collections("show", "Nothing", code=1)
    collections("create", "Empty")
    assert 'explorer collections add "Empty" ID' in collections("show", "Empty")
    assert "explorer figures" in collections("add", "Empty", "xyz", code=1)
    assert "Give another name" in collections("create", "Empty", code=1)
