"""The kinds of the pictures of a library: photo, drawing, plot, ..."""

import shutil
import sqlite3
from collections import Counter

import pytest
from library.fake_encoders import FakeEncoder, use_fakes

from explorer.catalog.filters import UNSURE, Filters
from explorer.catalog.records import Selection
from explorer.ingest import indexing
from explorer.library import index_building
from explorer.library.library import Library
from explorer.representation import encoders


@pytest.fixture(scope="module")
def charts(tmp_path_factory):
    """An archive with four pictures of the sample archive, and one that is missing."""
    from pathlib import Path

    sample = Path(__file__).resolve().parents[2] / "examples" / "sample-archive"
    folder = tmp_path_factory.mktemp("charts")
    for picture in ("2024-02/learning.png", "2024-05/chat.png", "2024-02/sill.jpg", "2024-11/style.png"):
        shutil.copy(sample / picture, folder)
    (folder / "issue.md").write_text(
        "# Charts\n\n"
        + "".join(
            f"![{name[:3]}]({name})\n\nText.\n\n"
            for name in ("learning.png", "chat.png", "sill.jpg", "style.png", "lost.png")
        )
    )
    return folder


@pytest.fixture
def charted(charts, tmp_path):
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest(charts, encoder="lite")
        yield library


def kinds(library):
    return {figure.image: figure.picture_kind for figure in library.browse.figures()}


def test_every_picture_has_a_kind_and_can_be_filtered_by_it(charted):
    found = kinds(charted)
    assert found["lost.png"] is None
    assert {found["learning.png"], found["chat.png"], found["style.png"]} == {"plot", "screenshot", "diagram"}
    for kind, number in Counter(found.values()).items():
        if kind:
            assert charted.browse.count_figures(Selection(picture_kind=kind)) == number
            hits = charted.search("text", filters=Filters(picture_kind=kind), limit=50).hits
            assert {hit.record.picture_kind for hit in hits} == {kind}
    [facet] = [value for value in charted.browse.facets()["picture_kind"] if value.value == "plot"]
    assert facet.count == Counter(found.values())["plot"]


def test_a_typed_line_names_a_kind(charted):
    hits = charted.ask("is:screenshot text").result.hits
    assert {hit.record.image for hit in hits} == {"chat.png"}


def test_a_corrected_caption_may_change_the_kind(charted):
    unsure = next(figure for figure in charted.browse.figures() if figure.picture_kind == UNSURE)
    charted.editing.correct(unsure.id, caption="Drawing of a cat on a window sill")
    assert charted.browse.figure(unsure.id).picture_kind == "drawing"
    charted.editing.reset_correction(unsure.id)
    assert charted.browse.figure(unsure.id).picture_kind == UNSURE


def test_another_encoder_finds_the_same_kinds(charted, charts, tmp_path, monkeypatch):
    use_fakes(monkeypatch, FakeEncoder("fake"))
    with Library.create(tmp_path / "other") as library:
        library.archives.ingest(charts, encoder="fake")
        assert kinds(library) == kinds(charted)


def test_a_library_of_an_earlier_version_gets_kinds_with_the_next_sync(charts, tmp_path, monkeypatch):
    folder = tmp_path / "library"
    with monkeypatch.context() as before, Library.create(folder) as library:
        for module in (encoders, index_building):
            before.setattr(module, "FIELDS_VERSION", encoders.FIELDS_VERSION - 1)
        before.setattr(indexing, "add_kinds", lambda *_, **__: None)
        library.archives.ingest(charts, encoder="lite")
        assert set(kinds(library).values()) == {None}
    with sqlite3.connect(folder / "catalog.sqlite") as database:
        database.executescript(
            "DROP TRIGGER picture_kind_found; DROP TABLE picture_kind; PRAGMA user_version = 9;"
        )
    database.close()
    with Library.open(folder) as library:
        library.archives.sync()
        assert kinds(library)["learning.png"] == "plot"
        assert library.search("text", filters=Filters(picture_kind="plot")).hits


def test_an_unreadable_picture_gets_no_kind_and_is_not_asked_again(charts, tmp_path, monkeypatch):
    asked = []
    with Library.create(tmp_path / "library") as library:
        with monkeypatch.context() as before:
            before.setattr(indexing, "add_kinds", lambda *_, **__: None)
            library.archives.ingest(charts, encoder="lite")
        use_fakes(monkeypatch, FakeEncoder("fake"))
        sha256 = next(it.sha256 for it in library.browse.figures() if it.image == "chat.png")
        for size in ("small", "large", "original"):
            library.browse.picture_path(sha256, size).unlink()
        library.encoders.add("fake")
        assert kinds(library)["chat.png"] is None
        assert kinds(library)["learning.png"] == "plot"
        monkeypatch.setattr(indexing, "add_kinds", lambda *_, **__: asked.append(1))
        library.encoders.add("fake")
    assert not asked
