"""What an archive says commands no terminal and breaks no JSON, whichever command shows it."""

import json
import zipfile

import pytest
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import drawn, png
from typer.testing import CliRunner

from explorer.cli import command_line
from explorer.library.library import Library

ESCAPE = "\x1b]0;owned\x07\x1b[31m"
PEOPLE = [
    ("search", "mill"),
    ("figures",),
    ("items",),
    ("issues",),
    ("problems",),
    ("status",),
    ("trash",),
    ("sync", "--dry-run"),
    ("doctor",),
    ("formats",),
    ("models",),
]


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """A library of an archive whose every name and word is an escape sequence."""
    use_fakes(monkeypatch, FakeEncoder("fake"))
    archive = tmp_path / f"ar{ESCAPE}chive"
    archive.mkdir()
    (archive / "a.png").write_bytes(png(drawn("night")))
    (archive / f"broken{ESCAPE}.png").write_bytes(b"no picture")
    (archive / f"one{ESCAPE}.html").write_text(
        f"<title>The {ESCAPE}mill</title><h1>Mill {ESCAPE}</h1><p>The mill {ESCAPE} and &#xd800; &#27;[31m more.</p>"
        f'<figure><img src="a.png" alt="mill {ESCAPE}"><figcaption>A mill &#155;31m{ESCAPE}</figcaption></figure>'
        f'<figure><img src="broken{ESCAPE}.png"><figcaption>Broken</figcaption></figure>'
        f'<img src="lost{ESCAPE}.png" alt="lost">'
    )
    with zipfile.ZipFile(archive / "more.zip", "w") as zipped:
        zipped.writestr(f"../out{ESCAPE}.md", "# Out")
    (archive / "half.md").write_text(
        '---\ntitle: "Half \\ud800 a pair"\nauthor: .nan\n---\n![A \\ud83c](x.png)\n'
    )
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([archive], encoder="fake")
    return tmp_path / "library"


def run(library, *arguments):
    return CliRunner().invoke(
        command_line(),
        [*arguments, *(() if arguments[0] in ("formats", "models") else ("--library", str(library)))],
    )


@pytest.mark.parametrize("arguments", PEOPLE, ids=" ".join)
def test_no_command_of_an_archive_reaches_the_terminal(hostile, arguments):
    told = run(hostile, *arguments)

    assert told.exception is None or isinstance(told.exception, SystemExit)
    assert not {"\x1b", "\x07", "\x9b"} & set(told.stdout + told.stderr)


@pytest.mark.parametrize(
    "arguments", [("forget", f"ar{ESCAPE}chive"), ("forget", ESCAPE), ("show", ESCAPE), ("restore", ESCAPE)]
)
def test_what_is_typed_wrong_is_told_without_commands(hostile, arguments):
    told = run(hostile, *arguments)

    assert not {"\x1b", "\x07", "\x9b"} & set(told.stdout + told.stderr)


@pytest.mark.parametrize(
    "verb", [("figures",), ("items",), ("issues",), ("problems",), ("search", "mill")], ids=" ".join
)
def test_every_line_of_json_is_json_whatever_it_says(hostile, verb):
    told = run(hostile, *verb, "--json")

    lines = told.stdout.encode().decode().splitlines()
    assert lines
    for line in lines:
        json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
