"""Wrong usage ends with 2; lines of nothing but filters, or of nothing but what is not wanted; long lines; completion."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from explorer.catalog.filters import Filters
from explorer.cli import command_line
from explorer.errors import QueryError

ROOT = Path(__file__).parents[2]


def run(*words, library=None):
    place = ["--library", str(library)] if library else []
    return CliRunner().invoke(command_line(), [*map(str, words), *place])


@pytest.mark.parametrize(
    "words",
    [
        "fly", "saved fly", "saved", "figures --nonsense", "show", "correct", "forget", "push", "backup", "export",
        "import", "restore", "discussed", "eval", "compare", "compare a", "saved save", "saved run", "ingest",
        "search", "search --unlike a", "search a --limit 0", "search a --limit x", "search a --offset -1", "search a --kind dog",
        "search a --box 1,2,3", "search a --box a,b,c,d", "search a --from b", "search a --after 2024-13",
        "search a --before 2023-02-29", "figures --after May", "items --before 2024-00", "issues --after 2024-1",
        "figures --order size", "figures --number x", "ingest a --pause 0", "ingest a --quantisation half", "app --port 0",
        "app --port 70000", "sync --dry-run --watch", "encode", "encode --encoder a --drop b", "use", "use a --back",
        "correct a", "correct a --reset --caption b", "compare a b --history --queries c", "compare a b --weights-a c",
        "eval a --odd --even", "saved save a", "selftest --fail-below 2", "enrich --limit 0",
    ],
)  # fmt: skip
def test_wrong_usage_is_exit_code_2(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended = run(*words.split())

    assert ended.exit_code == 2, ended.output
    assert isinstance(ended.exception, SystemExit)
    assert ended.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "date",
    [
        "2024-13",
        "2024-00",
        "2024-02-30",
        "2023-02-29",
        "0000",
        "2024-1",
        "2024/03",
        "1.2.2024",
        "20240301",
        "2024-03-0910",
    ],
)
@pytest.mark.parametrize("where", ["after", "before"])
def test_a_date_that_is_none_is_told_with_the_form(library, library_folder, date, where):
    for words in ([f"{where}:{date}"], ["boat", f"{where}:{date}"], ["figures", f"--{where}", date]):
        ended = (
            run(*words, library=library_folder)
            if words[0] == "figures"
            else run("search", *words, library=library_folder)
        )
        assert ended.exit_code in (1, 2)
        assert f"'{date}' is not a date. Write 2024, 2024-03 or 2024-03-09." in ended.stderr
    with pytest.raises(QueryError, match="is not a date"):
        library.search("boat", filters=Filters(date_from=date))


@pytest.mark.parametrize("date", ["2024", "2024-02", "2024-02-29", "1999-12-31", "9999"])
def test_dates_that_there_are_pass(library, date):
    library.ask(f"boat before:{date}")
    library.ask(f"boat after:{date}")


@pytest.mark.parametrize(
    ("line", "documents"),
    [
        ("issue:2", {"2024-02-boats.md"}),
        ("document:2024-01-kitchen.html", {"2024-01-kitchen.html"}),
        ("after:2024-02", {"2024-02-boats.md"}),
        ("has:caption before:2024-01", {"2024-01-kitchen.html", "2023-11-stars.txt"}),
        ("kind:item issue:2", {"2024-02-boats.md"}),
        ("kind:figure", {"2024-01-kitchen.html", "2024-02-boats.md", "2023-11-stars.txt"}),
    ],
)
def test_a_line_of_filters_lists_what_passes(library, line, documents):
    hits = library.ask(line, limit=100).result.hits
    assert {hit.record.document for hit in hits} == documents
    assert [hit.record.date or "" for hit in hits] == sorted(
        (hit.record.date or "" for hit in hits), reverse=True
    )
    kinds = {hit.kind for hit in hits}
    assert kinds == ({"item"} if "item" in line else {"figure"})
    pages = [
        hit.id for n in range(0, len(hits) + 3, 3) for hit in library.ask(line, limit=3, offset=n).result.hits
    ]
    assert pages == [hit.id for hit in hits]


def test_filters_leave_out_what_must_not_stand(library):
    every = {hit.record.image for hit in library.ask("issue:2", limit=50).result.hits}
    without = {hit.record.image for hit in library.ask("issue:2 - harbour", limit=50).result.hits}
    assert every - without == {"images/boat.png"}


def test_filters_are_listed_on_the_command_line(library_folder):
    for words in (["issue:2"], ["--number", "2"], ["--document", "2024-02-boats.md"]):
        ended = run("search", *words, "--explain", library=library_folder)
        assert ended.exit_code == 0, ended.stderr
        assert "images/boat.png" in ended.stdout


@pytest.mark.parametrize("line", ["- boat", '-"sailing boat"', "-boat -pump", "- nothing"])
def test_a_line_of_what_is_not_wanted_says_what_to_do(library_folder, line):
    ended = run("search", "--library", library_folder, "--", line)
    assert ended.exit_code == 1
    assert "only what you do not want. Add what you are looking for" in ended.stderr


LONG = {
    "letters": "a" * 2001,
    "terms": "boat " * 101,
    "quotes": '"' * 520_000,
    "words": "word " * 75_000,
    "paths": "./ " * 250_000,
    "pieces": '"a" ' * 40_000,
    "weights": "2:" * 100_000,
}


@pytest.mark.parametrize("line", LONG.values(), ids=LONG)
def test_a_line_that_is_a_passage_is_refused_before_it_is_parsed(library, line, monkeypatch):
    monkeypatch.setattr("explorer.search.grammar._pieces", lambda line: pytest.fail("it was parsed"))
    for ask in (library.ask, library.search, lambda words: library.saved_searches.save("x", words=words)):
        with pytest.raises(QueryError, match="To find figures for a longer text, use Illustrate"):
            ask(line)
    library.history.record(line)
    assert line[:50] not in {one.line[:50] for one in library.history.searches()}


def test_a_line_that_is_long_enough_is_answered(library):
    assert library.ask("boat " * 100).result.hits
    assert library.ask("b" * 2000).result.hits


# --- completion -------------------------------------------------------------------------------------------


def process(*words, **variables):
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.argv[0] = 'explorer'; from explorer.cli import main; main()",
            *words,
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        check=False,
    )


@pytest.mark.parametrize(
    ("variables", "completed"),
    [
        ({"_EXPLORER_COMPLETE": "complete_bash", "COMP_WORDS": "explorer sea", "COMP_CWORD": "1"}, "search"),
        ({"_EXPLORER_COMPLETE": "complete_bash", "COMP_WORDS": "explorer saved ", "COMP_CWORD": "2"}, "delete"),
        ({"_EXPLORER_COMPLETE": "complete_bash", "COMP_WORDS": "explorer search --kind ", "COMP_CWORD": "3"}, "figure"),
        ({"_EXPLORER_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "explorer illus"}, "illustrate"),
        (
            {
                "_EXPLORER_COMPLETE": "complete_fish",
                "_TYPER_COMPLETE_ARGS": "explorer search --exp",
                "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            },
            "--explain",
        ),
    ],
)  # fmt: skip
def test_a_shell_completes_commands_options_and_values(variables, completed):
    done = process(**variables)
    assert done.returncode == 0, done.stderr
    assert completed in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_shown_and_installed(shell, tmp_path):
    home = {"HOME": str(tmp_path), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    shown = process("--show-completion", shell, **home)
    assert shown.returncode == 0, shown.stderr
    assert "_EXPLORER_COMPLETE" in shown.stdout
    installed = process("--install-completion", shell, **home)
    assert installed.returncode == 0, installed.stderr
    assert any("_EXPLORER_COMPLETE" in file.read_text() for file in tmp_path.rglob("*") if file.is_file())


@pytest.mark.parametrize("before", ["nothing", "an empty folder", "nothing, two levels deep"])
@pytest.mark.parametrize(
    "words", [("ingest", "/no/such/archive"), ("ingest", "--encoder", "no-such", ROOT / "LICENSE")]
)
def test_a_library_into_which_nothing_could_be_read_leaves_no_folder(tmp_path, words, before):
    folder = tmp_path / "wrong" / "deep" if "deep" in before else tmp_path / "wrong"
    if before == "an empty folder":
        folder.mkdir()

    assert run(*words, library=folder).exit_code == 1

    assert [*tmp_path.rglob("*")] == ([folder] if before == "an empty folder" else [])


def test_what_was_read_before_a_mistake_stays(tmp_path):
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "issue.md").write_text("# One\n\nFigure 1: A plate.\n")
    folder = tmp_path / "library"
    assert run("ingest", tmp_path / "archive", "--encoder", "lite", library=folder).exit_code == 0
    assert run("ingest", tmp_path / "nowhere", library=folder).exit_code == 1
    assert (folder / "catalog.sqlite").exists()


@pytest.mark.parametrize(
    "words", ["search x", "status", "sync", "doctor --repair", "enrich", "history --clear", "export out", "backup b.zip", "audit",
              "saved list", "use lite", "encode --encoder lite", "push http://localhost:1", "pull", "selftest", "adapt"]
)  # fmt: skip
def test_a_wrong_library_leaves_no_folder(tmp_path, words, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(*words.split(), library=tmp_path / "wrong").exit_code == 1
    assert [*tmp_path.iterdir()] == []
