"""Messages that no browser sends: the app does nothing for a button that it did not offer, and tells nothing of itself."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from browsing import served
from library.made_archive import copied
from speaking import Page, pressed, visiting
from streamlit.proto.WidgetStates_pb2 import WidgetState

from explorer.library.library import Library

pytestmark = pytest.mark.slow

TOKEN = "correct horse battery staple"
SECRET = "The combination of the safe is 4711"
PATHS = re.compile(r"/(?:tmp|home|root|work|usr)/|site-packages|Traceback|\.py\b")


@pytest.fixture(scope="module")
def folder(library_folder, tmp_path_factory):
    """A library with a saved search, an issue in the trash and an archive that changed."""
    root = tmp_path_factory.mktemp("own")
    folder = copied(library_folder, root / "library")
    archive = root / "archive"
    archive.mkdir()
    (archive / "one.md").write_text("# One\n\nIt is here.")
    (archive / "two.md").write_text("# Two\n\nIt will be gone.")
    with Library.open(folder) as library:
        library.archives.ingest([archive])
        (archive / "two.md").unlink()
        library.archives.sync()
        library.saved_searches.save("nights", words="night")
        library.history.clear()
    (archive / "three.md").write_text("# Three\n\nIt is new.")
    return folder


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    """A folder of the server's disk that nobody asked the app to read."""
    folder = tmp_path_factory.mktemp("secret")
    (folder / "diary.md").write_text(f"# Diary\n\n{SECRET}.")
    return folder


@pytest.fixture(scope="module")
def pages(folder):
    """Each page with its query; those of a figure name one whose picture is there."""
    with Library.open(folder) as library:
        figure = next(one for one in library.browse.figures() if one.sha256)
    return (
        ("", "q=night"),
        ("library", ""),
        ("saved", ""),
        ("compare", ""),
        ("captions", ""),
        ("illustrate", ""),
        ("similar", f"like={figure.id}"),
        ("figure", f"id={figure.id}"),
    )


def state_of(folder: Path) -> dict[str, str]:
    """What a library says, file by file, and its catalog row by row."""
    files = {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        # The engine writes its settings anew whenever it loads a shard.
        if file.is_file() and not file.name.startswith(("catalog.sqlite", "vectors.sqlite", "edge_config"))
    }
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as database:
        dump = "\n".join(database.iterdump())
    return {**files, "catalog": hashlib.sha256(dump.encode()).hexdigest()}


def offered(url: str, pages) -> dict[str, Page]:
    """Every page as its owner has it."""
    with visiting(url) as owner:
        return {page: owner.opens(page, query) for page, query in pages}


@pytest.fixture(scope="module")
def owners(folder, pages, tmp_path_factory):
    with served(folder, tmp_path_factory.mktemp("owner") / "log.txt") as url:
        return offered(url, pages)


def test_the_owner_is_offered_what_changes_the_library_and_presses_it_so(owners, folder, tmp_path):
    ids = [id for page in owners.values() for id in page.widgets]
    for name in (
        "archive_read", "library_sync", "run_nights", "forget_nights", "restore_", "correct_", "saved_save",
    ):  # fmt: skip
        assert any(name in id for id in ids), name
    own = copied(folder, tmp_path / "own")
    with served(own, tmp_path / "log.txt") as url, visiting(url) as owner:
        widgets = owner.opens("saved", "").widgets
        delete = {id: kind for id, kind in widgets.items() if "forget_nights" in id}
        owner.opens("saved", "", pressed(delete, ""))
    with Library.open(own) as library:
        assert library.saved_searches.list() == []


@pytest.mark.parametrize("options", [("--read-only",), ("--allow-host", "pictures.example")], ids=" ".join)
def test_a_forged_press_of_a_button_changes_nothing(options, owners, folder, pages, secret, tmp_path):
    """A visitor presses every button that the owner has, on every page, with a path of the server's in every field."""
    everything = {id: kind for page in owners.values() for id, kind in page.widgets.items()}
    before = state_of(folder)
    with served(folder, tmp_path / "log.txt", *options) as url, visiting(url) as visitor:
        for page, query in pages:
            visitor.opens(page, query)
            said = visitor.opens(page, query, pressed(everything, str(secret))).said()
            assert SECRET not in said
        said = visitor.opens("library", "").said()
    assert "Diary" not in said
    after = state_of(folder)
    assert {name for name in before | after if before.get(name) != after.get(name)} <= (
        {"catalog"} if "--read-only" not in options else set()  # what is searched for is remembered
    )
    with Library.open(folder) as library:
        assert {one.document for one in library.browse.issues()}.isdisjoint({"diary.md", "three.md"})
        assert [one.name for one in library.saved_searches.list()] == ["nights"]
        assert len(library.archives.trash()) == 1


def test_a_visitor_who_forges_widgets_before_signing_in_is_told_nothing(folder, owners, secret, tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    everything = {id: kind for page in owners.values() for id, kind in page.widgets.items()}
    odd = [
        WidgetState(id="$$ID-0-explorer_session", string_value="x"),
        WidgetState(id="explorer_session", string_value="x"),
        WidgetState(id="$$ID--None", trigger_value=True),
        WidgetState(id="", json_value="{"),
        WidgetState(id="$$ID-0-token", int_value=7),
    ]
    with (
        served(folder, tmp_path / "log.txt", "--token-file", str(tmp_path / "token")) as url,
        visiting(url) as visitor,
    ):
        first = visitor.opens("library", "")
        wrong = [WidgetState(id=id, json_value='{"a": [', trigger_value=True) for id in first.widgets]
        wrong += [WidgetState(id=id, int_value=1 << 40) for id in first.widgets]
        for widgets in (
            [],
            odd,
            wrong[: len(first.widgets)],
            wrong[len(first.widgets) :],
            pressed(everything, str(secret)),
        ):
            said = visitor.opens("library", "", widgets).said()
            assert "archive_read" not in said
            assert SECRET not in said
            assert not PATHS.search(re.sub(r"main_script_path: .*", "", said)), said


@pytest.mark.parametrize(
    "page", ["library", "figure", "nowhere", "../../etc/passwd", "explorer/web/pages/library.py"]
)
def test_no_page_is_drawn_before_signing_in(page, folder, tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    with (
        served(folder, tmp_path / "log.txt", "--token-file", str(tmp_path / "token")) as url,
        visiting(url) as visitor,
    ):
        said = visitor.opens(page, "id=x&q=night").said()
    assert "Token" in said
    assert "ax-" not in said
