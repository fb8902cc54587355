"""The map of a library: stored, completed without moving what is on it, and never trusted as a file."""

import json
import shutil
from pathlib import Path

import pytest
from library.made_archive import copied, figures_by_image, write_second_version

from explorer.errors import LibraryError, QueryError
from explorer.library.library import Library

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sample-archive"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The library of a part of the sample archive."""
    folder = tmp_path_factory.mktemp("sample") / "library"
    with Library.create(folder) as library:
        library.archives.ingest(
            [SAMPLE / month for month in ("2024-01", "2024-02", "2024-05")], encoder="lite", precision="f32"
        )
        yield library


def places(figure_map):
    return {point.figure: (point.x, point.y) for point in figure_map.points}


@pytest.mark.parametrize("order", ["visual", "meaning"])
def test_every_figure_with_a_picture_is_on_the_map(sample, order):
    assert sample.maps.get(order) is None
    made = sample.maps.update(order)
    with_picture = {figure.id for figure in sample.browse.figures() if figure.sha256}
    assert {point.figure for point in made.points} == with_picture
    assert places(sample.maps.get(order)) == places(made)
    assert sample.maps.is_current(made)
    assert any(area.words for area in made.areas)
    again = sample.maps.update(order, rearrange=True)
    assert again == made


def test_new_figures_are_placed_and_no_other_figure_moves(tmp_path, made_archive):
    archive = copied(made_archive, tmp_path / "archive")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest(archive, encoder="lite", precision="f32")
        before = places(library.maps.update("visual"))
        shutil.rmtree(archive)
        write_second_version(archive)
        library.archives.sync()
        assert not library.maps.is_current(library.maps.get("visual"))
        made = library.maps.update("visual")
        after = places(made)
        assert library.maps.is_current(made)
        assert sorted(id for figures in made.figures_by_area() for id in figures) == sorted(after)
        with_picture = {figure.id for figure in library.browse.figures() if figure.sha256}
    assert after.keys() == with_picture
    assert after.keys() - before.keys()
    kept = before.keys() & after.keys()
    assert {id: after[id] for id in kept} == {id: before[id] for id in kept}


def test_a_figure_that_is_gone_is_not_on_the_map(tmp_path, made_archive):
    archive = copied(made_archive, tmp_path / "archive")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest(archive, encoder="lite", precision="f32")
        figure = figures_by_image(library)["images/boat.png"]
        assert figure.id in places(library.maps.update("visual"))
        (archive / "2024-02-boats.md").unlink()
        library.archives.sync()
        assert figure.id not in places(library.maps.get("visual"))


def test_a_selection_of_the_map_is_searched(sample):
    ids = [figure.id for figure in sample.browse.figures() if figure.sha256]
    everywhere = [hit.id for hit in sample.search("a diagram", limit=5).hits]
    selected = [id for id in ids if id not in everywhere][:10]
    found = [hit.id for hit in sample.maps.search(selected, "a diagram", limit=20).hits]
    assert found
    assert set(found) <= set(selected)
    assert sample.maps.search([], "a diagram").hits == ()
    with pytest.raises(QueryError, match="Type what to search for"):
        sample.maps.search(selected, "  ")


def test_another_order_is_refused(sample):
    with pytest.raises(QueryError, match=r"by='size' is not known. Give one of visual, meaning"):
        sample.maps.update("size")


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values.update(format=99),
        lambda values: values.pop("areas"),
        lambda values: values["points"].append(["x", float("nan"), 0.5, 0]),
        lambda values: values["points"].append(["x", 0.5, 7, 0]),
        lambda values: values["points"].append(["x", 0.5, 0.5, 99]),
        lambda values: values["points"].append("x"),
        lambda values: values.update(points=None),
    ],
)
def test_a_damaged_map_is_made_anew(sample, change):
    made = sample.maps.update("visual")
    file = sample.path / "maps" / "visual.json"
    values = json.loads(file.read_text())
    change(values)
    file.write_text(json.dumps(values))
    assert sample.maps.get("visual") is None
    assert sample.maps.update("visual") == made


def test_a_map_that_cannot_be_written_says_so(sample):
    folder = sample.path / "maps"
    aside = folder.rename(folder.with_name("maps-aside"))
    folder.write_text("in the way")
    try:
        with pytest.raises(LibraryError, match="maps cannot be written"):
            sample.maps.update("visual")
    finally:
        folder.unlink()
        aside.rename(folder)


def test_a_library_without_pictures_has_an_empty_map(tmp_path):
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "page.html").write_text("<h1>Words</h1><p>Only words are in this issue.</p>")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest(tmp_path / "archive", encoder="lite", precision="f32")
        assert library.maps.update("visual").points == ()
        assert library.maps.update("meaning").points == ()
