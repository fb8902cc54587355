"""`explorer correct`, `illustrate`, `discussed`, `saved search` and `audit`: what programs and people read of them."""

import json

import pytest
from library.made_archive import figures_by_image, write_archive, write_second_version
from typer.testing import CliRunner

from explorer.cli import command_line

BOAT = "images/boat.png"


@pytest.fixture
def explorer(own_folder):
    """Runs the command on a library of the test's own; gives what it printed."""

    def explorer(*arguments, code=0, stdin=None, library=own_folder):
        run = CliRunner().invoke(
            command_line(), [*map(str, arguments), "--library", str(library)], input=stdin
        )
        assert run.exit_code == code, run.stderr
        return run.stdout if code == 0 else run.stderr

    return explorer


@pytest.fixture
def boat(library):
    return figures_by_image(library)[BOAT]


def objects(told):
    return [json.loads(line) for line in told.splitlines()]


def test_what_is_corrected_is_shown_with_what_the_archive_says(explorer, boat):
    [told] = objects(explorer("correct", boat.id[:8], "--alt", "A dinghy", "--json"))
    assert list(told) == ["id", "document", "image", "caption", "alt", "credit", "archive_says"]
    assert (told["alt"], told["archive_says"]) == ("A dinghy", {"alt": boat.alt})

    [shown] = objects(explorer("show", boat.id, "--json"))
    assert (shown["alt"], shown["archive_says"]) == ("A dinghy", {"alt": boat.alt})
    assert f"alt: {boat.alt}" in explorer("show", boat.id)
    [hit, *_] = objects(explorer("search", "dinghy", "--json"))
    assert hit["id"] == boat.id

    assert "A dinghy" not in explorer("correct", boat.id, "--reset")
    [shown] = objects(explorer("show", boat.id, "--json"))
    assert (shown["alt"], shown["archive_says"]) == (boat.alt, {})


def test_a_correction_that_says_nothing_or_two_things_is_told(explorer, boat):
    assert "--caption, --alt or --credit" in explorer("correct", boat.id, code=2)
    assert "Use it without --caption, --alt and --credit" in explorer(
        "correct", boat.id, "--reset", "--alt", "x", code=2
    )


def test_a_text_is_illustrated_from_a_file_or_standard_input(explorer, tmp_path):
    text = "Down at the harbour a sailing boat crossed in a light wind, and the regatta began."
    file = tmp_path / "text.txt"
    file.write_text(text, encoding="utf-8")
    hits = objects(explorer("illustrate", file, "--limit", 2, "--json"))

    assert hits[0]["image"] == BOAT
    assert [hit["passage"] for hit in hits] == [text, text]
    assert objects(explorer("illustrate", "--limit", 2, "--json", stdin=text)) == hits
    assert "sailing boat" in explorer("illustrate", "-", "--all", stdin=text)
    assert "no.txt cannot be read" in explorer("illustrate", tmp_path / "no.txt", code=1)
    assert "The text is empty" in explorer("illustrate", "-", stdin="", code=1)


def test_where_a_figure_is_discussed_is_told_with_the_sentence(explorer, boat, library):
    found = objects(explorer("discussed", boat.id, "--limit", 2, "--json"))

    assert len(found) == 2
    for hit in found:
        assert hit["kind"] == "item"
        assert hit["document"] != boat.document
        item = library.browse.item(hit["id"])
        assert hit["passage"].rstrip(".") in f"{item.heading}. {item.text}"
    assert found[0]["passage"][:30] in explorer("discussed", boat.id, "--all")


def test_a_saved_search_is_saved_listed_shown_run_and_deleted(explorer, boat):
    [saved] = objects(
        explorer("saved", "save", "boats", "--like", boat.id[:8], "--threshold", -100, "--json")
    )
    assert (saved["like"], saved["threshold"]) == ([boat.id], -100)
    hits = objects(explorer("saved", "run", "boats", "--json"))
    assert len(hits) == saved["passing"]
    assert not any(hit["new"] for hit in hits)
    assert f"{len(hits)} matches, 0 of them new." in explorer("saved", "run", "boats")
    [listed] = objects(explorer("saved", "list", "--json"))
    assert listed == objects(explorer("saved", "show", "boats", "--json"))[0]
    assert "boats" in explorer("saved", "list")
    assert boat.id in explorer("saved", "show", "boats")

    assert "The saved search boats is deleted." in explorer("saved", "delete", "boats")
    assert "No saved searches." in explorer("saved", "list")
    assert "explorer saved list" in explorer("saved", "run", "boats", code=1)


def test_an_ingest_names_the_saved_searches_with_news(explorer, tmp_path):
    library = tmp_path / "new-library"
    explorer("ingest", write_archive(tmp_path / "first"), "--encoder", "lite", library=library)
    explorer("saved", "save", "night sky", "--words", "the Milky Way", "--threshold", -100, library=library)
    told = explorer("ingest", write_second_version(tmp_path / "second"), library=library)
    assert "for the saved search night sky" in told

    explorer("saved", "run", "night sky", library=library)
    assert "night sky" not in explorer("ingest", tmp_path / "second", library=library)


def test_the_audit_counts_and_lists(explorer, library):
    [told] = objects(explorer("audit", "--json"))
    without_alt = {one.image for one in library.browse.figures() if one.image and one.alt is None}

    assert {one["image"] for one in told["no_alt"]} == without_alt
    assert told["counts"]["no_alt"] == len(told["no_alt"])
    assert told["misplaced"] == []
    assert f"{len(told['no_alt'])} figures without alt text" in explorer("audit")
