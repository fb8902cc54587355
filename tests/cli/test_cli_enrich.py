"""`explorer enrich`: what programs and people read of it."""

import json
import re

import pytest
from library.made_archive import plain
from library.signs import write_signs
from typer.testing import CliRunner

import images
from explorer.cli import command_line


@pytest.fixture(autouse=True)
def reader(monkeypatch):
    """A reader that finds one line in every picture that is no plain colour."""

    def read_text(image):
        if len(image.getcolors(10**7)) == 1:
            return ()
        return (images.Line("<b>The zeppelin hangar</b>", 0.95, (0.1, 0.1, 0.6, 0.3)),)

    monkeypatch.setattr(images, "read_text", read_text)


@pytest.fixture
def explorer(tmp_path):
    def explorer(*arguments, code=0):
        run = CliRunner().invoke(
            command_line(), [*map(str, arguments), "--library", str(tmp_path / "library")]
        )
        assert run.exit_code == code, run.stderr
        return run.stdout if code == 0 else run.stderr

    return explorer


@pytest.fixture
def archive(tmp_path):
    return write_signs(tmp_path / "archive")


def test_ingest_names_the_next_step_until_every_picture_is_read(explorer, archive):
    told = explorer("ingest", archive, "--encoder", "lite")
    assert told.count("explorer enrich") == 1
    assert "3 pictures" in told

    assert "explorer enrich" in explorer("enrich", "--limit", 1)
    assert "explorer enrich" not in explorer("enrich")
    assert "explorer enrich" not in explorer("ingest", archive)
    (archive / "images" / "plain.png").write_bytes(plain("orange"))
    assert explorer("ingest", archive).count("explorer enrich") == 1


def test_json_tells_what_was_read(explorer, archive):
    explorer("ingest", archive, "--encoder", "lite")
    first = json.loads(explorer("enrich", "--limit", 2, "--json"))
    second = json.loads(explorer("enrich", "--json"))

    assert list(first) == ["read", "with_text", "unread", "generation", "seconds", "encoded"]
    assert (first["read"], first["unread"]) == (2, 1)
    assert (second["read"], second["unread"], second["generation"]) == (1, 0, 3 if second["with_text"] else 2)
    assert first["with_text"] + second["with_text"] == 2


def test_show_tells_the_text_in_the_picture(explorer, archive):
    explorer("ingest", archive, "--encoder", "lite")
    explorer("enrich")
    figure = json.loads(explorer("search", "zeppelin", "--json").splitlines()[0])
    assert "ocr" in figure["why"]

    assert (
        json.loads(explorer("show", figure["id"], "--json"))["picture_text"] == "<b>The zeppelin hangar</b>"
    )
    assert "<b>The zeppelin hangar</b>" in explorer("show", figure["id"])
    explained = explorer("search", "zeppelin", "--explain", "--all")
    assert re.search(r"matching\s+words:\s+zeppelin", explained)  # the column may wrap anywhere


def test_a_library_that_is_not_there_is_told(explorer):
    assert "explorer ingest" in explorer("enrich", code=1)
