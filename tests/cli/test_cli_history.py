"""`explorer history` and `explorer compare --history`: what a person searched for, listed, asked again, forgotten."""

import json

import pytest
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import drawn, figures_by_image, png
from typer.testing import CliRunner

from explorer.cli import command_line
from explorer.library.library import Library

WORDS_DO_NOT_COUNT = "sentence=0,terms=0,context=0"


def run(*arguments, code=0):
    done = CliRunner().invoke(command_line(), [*map(str, arguments)])
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.stderr


@pytest.fixture
def explorer(own_folder):
    """Runs the command on a library of the test's own."""
    return lambda *arguments, code=0: run(*arguments, "--library", own_folder, code=code)


def history(explorer):
    return [json.loads(line) for line in explorer("history", "--json").splitlines()]


def test_searches_are_listed_newest_first(explorer):
    explorer("search", "sailing boat")
    explorer("search", "tomatoes", "--kind", "any", "--after", "2024")
    explorer("search", "sailing boat", "--json")

    first, second = history(explorer)
    assert list(first) == ["line", "asked", "times"]
    assert (first["line"], first["times"]) == ("sailing boat", 2)
    assert (second["line"], second["times"]) == ("tomatoes +kind:any +after:2024", 1)
    assert "sailing boat" in explorer("history", "--limit", 1)
    assert "tomatoes" not in explorer("history", "--limit", 1)


def test_a_figure_that_is_liked_is_kept_and_an_example_picture_is_not(explorer, own_folder, tmp_path):
    (tmp_path / "mine.png").write_bytes(png(drawn("rain", (120, 90))))
    with Library.open(own_folder) as library:
        boat = figures_by_image(library)["images/boat.png"].id
    explorer("search", "--like", boat[:8])
    explorer("search", "rain", "--image", tmp_path / "mine.png")
    explorer("search", "rain", "+", tmp_path / "mine.png")

    assert [one["line"] for one in history(explorer)] == [f"+id:{boat}"]
    asked_again = explorer("search", f"+id:{boat}", "--json")
    assert asked_again == explorer("search", "--like", boat, "--json") != ""


def test_a_search_that_fails_and_a_file_of_queries_are_not_kept(explorer, tmp_path):
    (tmp_path / "queries.jsonl").write_text('{"query": "boat"}\n')
    explorer("search", "--from", tmp_path / "queries.jsonl")
    explorer("search", "boat", "--after", "yesterday", code=2)

    assert history(explorer) == []
    assert explorer("history") == "Nobody has searched this library yet.\n"


def test_clear_forgets_them(explorer):
    explorer("search", "boat")

    assert explorer("history", "--clear") == "1 searches are deleted.\n"
    assert json.loads(explorer("history", "--clear", "--json")) == {"forgotten": 0}
    assert history(explorer) == []


def test_the_help_says_where_they_stay():
    assert "on this machine" in " ".join(run("history", "--help").split())


# --- compare --------------------------------------------------------------------------------------------


def test_two_settings_are_compared_by_what_was_searched_for(explorer, own_folder):
    for line in ("XR-7742", "sailing boat", "map"):
        explorer("search", line)
    both = "compare", own_folder, own_folder, "--history"
    done = json.loads(run(*both, "--weights-b", WORDS_DO_NOT_COUNT, "--json"))

    assert list(done) == ["queries", "overlap@10", "rbo", "other_first", "changed", "skipped"]
    assert done["queries"] == 3
    assert done["overlap@10"]["low"] <= done["overlap@10"]["value"] <= done["overlap@10"]["high"] <= 1
    assert 0 < done["rbo"]["value"] < 1
    assert done["other_first"] > 0
    changed = done["changed"][0]
    assert list(changed) == ["query", "overlap@10", "rbo", "first_a", "first_b", "came", "went"]
    assert changed["query"] == "XR-7742"
    assert changed["first_a"]["name"] == "images/pump.png"
    shown = run(*both, "--weights-b", WORDS_DO_NOT_COUNT)
    assert "searches    3, of which" in shown
    assert "images/pump.png" in shown
    assert [one["line"] for one in history(explorer)] == ["map", "sailing boat", "XR-7742"]


def test_a_side_compared_with_itself_keeps_everything(explorer, own_folder):
    explorer("search", "boat", "--kind", "any")
    done = json.loads(run("compare", own_folder, own_folder, "--history", "--json"))

    assert done["overlap@10"] == done["rbo"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert (done["other_first"], done["changed"], done["skipped"]) == (0, [], [])
    assert "A and B give the same hits." in run("compare", own_folder, own_folder, "--history")


def test_two_encoders_of_one_library_are_compared_by_what_was_searched_for(
    made_archive, tmp_path, monkeypatch
):
    use_fakes(monkeypatch, FakeEncoder("old"), FakeEncoder("new"))
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([made_archive], encoder="old")
        library.encoders.add("new")
        library.history.record("red tomatoes")
    done = json.loads(run("compare", "old", "new", "--history", "--library", tmp_path / "library", "--json"))

    assert (done["queries"], done["changed"]) == (1, [])  # the same vectors under another name


@pytest.mark.parametrize(
    ("options", "said", "code"),
    [
        ([], "Nobody has searched", 1),
        (["--weights-b", "nose=1"], "is not a weight of a leg", 2),
        (["--queries", "some.jsonl"], "not both", 2),
    ],
)
def test_what_cannot_be_compared_is_told(explorer, own_folder, options, said, code):
    if "--weights-b" in options:
        explorer("search", "boat")
    assert said in run("compare", own_folder, own_folder, "--history", *options, code=code)
