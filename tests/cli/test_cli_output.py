"""Where the output cannot be written, or a word is no text: one sentence and exit code 1, and never a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from library.made_archive import drawn, png
from typer.testing import CliRunner

from explorer.cli import command_line
from explorer.errors import QueryError
from explorer.library.library import Library

ROOT = Path(__file__).parents[2]
COMMAND = f"{sys.executable} -c 'from explorer.cli import main; main()'"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A library whose words no small encoding holds."""
    made = tmp_path_factory.mktemp("letters")
    (made / "archive").mkdir()
    (made / "archive" / "a.png").write_bytes(png(drawn("map")))
    (made / "archive" / "one.md").write_text(
        "# Zürich\n\nDie Straße am See.\n\n![Plan von Zürich 地図](a.png)\n"
    )
    with Library.create(made / "library") as library:
        library.archives.ingest([made / "archive"], encoder="lite")
    return made / "library"


def run(words: str, library=None, **variables):
    """A real process, started by a shell; its words may send its streams anywhere."""
    verb, _, redirected = words.partition(" @")
    place = f" --library '{library}'" if library else ""
    return subprocess.run(
        ["bash", "-c", f"{COMMAND} {verb}{place} {redirected}"],
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        check=False,
    )


def assert_told(done, *said):
    told = done.stderr.decode()
    assert done.returncode == 1, told
    assert told.startswith("explorer: ")
    assert told.count("\n") == 1
    for one in said:
        assert one in told


SMALL = [
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "ascii:strict"},
    {"PYTHONIOENCODING": "latin-1"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "cp1252"},
]


@pytest.mark.parametrize("variables", SMALL, ids=str)
@pytest.mark.parametrize("verb", ["figures", "figures --json", "show ID"])
def test_letters_that_the_output_does_not_have_are_told(folder, verb, variables):
    with Library.open(folder) as library:
        verb = verb.replace("ID", library.browse.figures()[0].id)
    assert_told(run(verb, folder, **variables), "PYTHONIOENCODING=utf-8")


def test_what_a_small_encoding_has_is_printed(folder):
    assert run("items", folder, PYTHONIOENCODING="latin-1").stdout.decode("latin-1").count("Straße") == 1
    assert run("--help", PYTHONIOENCODING="ascii").returncode == 0


@pytest.mark.parametrize(
    "verb", ["figures", "figures --json", "status", "search plan", "--help", "search --help"]
)
def test_a_full_output_is_told(folder, verb):
    help_ = verb.endswith("--help")
    assert_told(run(f"{verb} @>/dev/full", None if help_ else folder), "No space left")


@pytest.mark.parametrize("verb", ["figures", "figures --json", "status --json", "--help"])
def test_a_closed_output_is_told(folder, verb):
    assert_told(run(f"{verb} @>&-", None if verb == "--help" else folder), "closed")


@pytest.mark.parametrize("verb", ["figures", "items --json", "--help", "figures --help"])
def test_a_reader_that_has_read_enough_is_no_problem(folder, verb):
    place = None if verb.endswith("--help") else folder
    done = run(f"{verb} @| true; exit ${{PIPESTATUS[0]}}", place)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("sent", ["2>/dev/full", "2>&-"])
def test_nobody_needs_to_hear_what_is_told_beside_the_answer(folder, sent):
    done = run(f"search '+plan -nothing' --json @{sent}", folder)
    assert done.returncode == 0
    assert [json.loads(line)["image"] for line in done.stdout.decode().splitlines()] == ["a.png"]


@pytest.mark.parametrize(
    "verb",
    [
        "search $'caf\\xe9'",
        "show $'\\xff'",
        "figures --text $'caf\\xe9'",
        "ingest $'/tmp/caf\\xe9'",
        "$'\\xe9'",
    ],
)
def test_a_word_that_is_not_utf_8_is_told(folder, verb):
    assert_told(run(verb, folder), "not UTF-8", "\\x")


@pytest.mark.parametrize("word", ["\ud800", "a \udfff b", "caf\udce9"])
@pytest.mark.parametrize(
    "words",
    [["search"], ["show"], ["figures", "--document"], ["saved", "save", "x", "--words"], ["correct"]],
    ids=str,
)
def test_half_a_pair_is_told(folder, words, word):
    ended = CliRunner().invoke(command_line(), [*words, word, "--library", str(folder)])
    assert (ended.exit_code, type(ended.exception)) == (1, SystemExit)
    assert ended.stderr.startswith("explorer: ")
    assert ended.stderr.count("\n") == 1


def test_half_a_pair_in_what_is_asked_is_a_letter_that_nobody_knows(folder, tmp_path):
    (tmp_path / "queries.jsonl").write_text('{"query": "plan \\ud800 see"}\n')
    (tmp_path / "text.md").write_bytes(b"Plan am See")
    for words in (
        ["search", "--from", str(tmp_path / "queries.jsonl")],
        ["illustrate", str(tmp_path / "text.md")],
    ):
        ended = CliRunner().invoke(command_line(), [*words, "--library", str(folder)])
        assert ended.exit_code == 0, ended.output
    with Library.open(folder) as library:
        assert library.search("plan \ud83d").hits
        assert library.ask("plan \udcff").result.hits
        assert library.editing.illustrate("plan \udcff")
        for ask in (library.browse.find, library.browse.figure):
            with pytest.raises(QueryError):
                ask("\ud800")


def test_a_text_from_a_pipe_that_is_not_utf_8_is_told(folder):
    assert_told(
        run("illustrate @< <(printf 'caf\\xe9')", folder, PYTHONIOENCODING="utf-8:strict"), "cannot be read"
    )
    assert_told(run("illustrate @<&-", folder), "closed")
