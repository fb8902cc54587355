"""Copies of one picture in a real library: they are one group, found once, whatever the order they came in."""

import shutil
import sqlite3
from contextlib import closing

import pytest
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import drawn, figures_by_image, png
from PIL import Image, ImageOps

import images
from explorer.catalog.store import Catalog
from explorer.ingest import grouping
from explorer.library.library import Library


def page(folder, name, *pictures):
    """An issue that shows these pictures."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    for file, picture in pictures:
        (folder / "images" / file).write_bytes(png(picture))
    shown = "\n\n".join(f"![Figure of {file}](images/{file})" for file, _ in pictures)
    (folder / f"{name}.md").write_text(f"# The {name} issue\n\n{shown}\n", encoding="utf-8")


def boat() -> Image.Image:
    return drawn("boat", (640, 480))


def first_issue(folder):
    page(folder, "first", ("boat.png", boat()), ("hive.png", drawn("hive")), ("rain.png", drawn("rain")))


def second_issue(folder):
    page(
        folder, "second",
        ("boat-small.png", boat().resize((200, 150))),
        ("boat-mirrored.png", ImageOps.mirror(boat())),
        ("boat-turned.png", boat().rotate(90, expand=True)),
        ("pump.png", drawn("pump")),
    )  # fmt: skip


def groups_of(library):
    return {image: figure.group for image, figure in figures_by_image(library).items()}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "issues"


@pytest.fixture(scope="module")
def at_once(tmp_path_factory):
    """A library into which both issues came at once, seen by the real lite encoder; nobody writes to it."""
    made = tmp_path_factory.mktemp("grouped")
    first_issue(made / "issues")
    second_issue(made / "issues")
    with Library.create(made / "library") as library:
        library.archives.ingest([made / "issues"], encoder="lite")
        yield library


@pytest.fixture
def both(tmp_path, folder, monkeypatch):
    """The same in a library that a test may change, seen by an encoder that finds all pictures alike."""
    use_fakes(monkeypatch, FakeEncoder("fake"))
    first_issue(folder)
    second_issue(folder)
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([folder], encoder="fake")
        yield library


def test_copies_are_one_group_named_by_the_smallest_of_them(at_once):
    figures = figures_by_image(at_once)
    boats = [figure for image, figure in figures.items() if "boat" in image]

    assert len(boats) == 4
    assert {figure.group for figure in boats} == {min(figure.sha256 for figure in boats)}
    for image in ("images/hive.png", "images/rain.png", "images/pump.png"):
        assert figures[image].group == figures[image].sha256


def test_the_appearances_of_a_figure_are_those_of_its_copies(at_once):
    figures = figures_by_image(at_once)

    shown = at_once.browse.appearances(figures["images/boat.png"])
    assert {one.image for one in shown} == {image for image in figures if "boat" in image}
    assert at_once.browse.appearances(figures["images/hive.png"]) == [figures["images/hive.png"]]


def test_a_figure_without_picture_has_only_its_own_appearance(library):
    lost = next(figure for figure in library.browse.figures() if figure.sha256 is None)

    assert lost.group is None
    assert library.browse.appearances(lost) == [lost]


def test_one_by_one_gives_the_same_groups_as_all_at_once(tmp_path, at_once):
    apart = tmp_path / "one-by-one"
    first_issue(apart)
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([apart], encoder="lite")
        assert len(set(groups_of(library).values())) == 3
        second_issue(apart)
        library.archives.ingest([apart])

        assert groups_of(library) == groups_of(at_once)


def test_what_was_compared_is_not_compared_again(both, folder, monkeypatch):
    asked = []
    are_copies = grouping.CopyDetector.are_copies
    monkeypatch.setattr(
        grouping.CopyDetector,
        "are_copies",
        lambda self, pair, near: asked.append(pair) or are_copies(self, pair, near),
    )

    both.archives.ingest([folder])
    assert asked == []

    page(folder, "third", ("boat-grey.png", boat().convert("L").convert("RGB")))
    both.archives.ingest([folder])
    new = figures_by_image(both)["images/boat-grey.png"]
    assert asked
    assert all(new.sha256 in pair for pair in asked)
    assert len(both.browse.appearances(new)) == 5


def test_a_group_shrinks_with_its_pictures_and_comes_back_with_them(both, folder):
    before = groups_of(both)
    (folder / "second.md").rename(folder / "second.away")
    both.archives.ingest([folder])

    left = figures_by_image(both)
    assert all(figure.group == figure.sha256 for figure in left.values())
    assert both.browse.appearances(left["images/boat.png"]) == [left["images/boat.png"]]

    (folder / "second.away").rename(folder / "second.md")
    both.archives.ingest([folder])
    assert groups_of(both) == before


def test_another_way_to_compare_compares_everything_again(both, folder, monkeypatch):
    monkeypatch.setattr(images, "ALIKE_RECIPE", "alike-next")
    monkeypatch.setattr(images, "are_copies", lambda first, second, match: False)

    both.archives.ingest([folder])
    assert all(figure.group == figure.sha256 for figure in both.browse.figures())


def test_an_unreadable_picture_is_alone_and_stops_nothing(both, folder):
    sha256 = figures_by_image(both)["images/boat.png"].sha256
    for size in ("small", "large", "original"):
        both.browse.picture_path(sha256, size).write_bytes(b"torn")
    page(folder, "third", ("boat-again.png", boat().resize((320, 240))))
    both.archives.ingest([folder])

    assert figures_by_image(both)["images/boat-again.png"].group


def test_a_catalog_of_an_older_version_is_grouped_by_the_next_ingest(both, folder):
    expected = groups_of(both)
    path = both.path / "catalog.sqlite"
    both.close()
    with closing(sqlite3.connect(path)) as database:
        database.executescript("DROP TABLE picture_copy; DROP TABLE picture_group; PRAGMA user_version = 2;")
    with Library.open(path.parent) as library:
        assert all(figure.group == figure.sha256 for figure in library.browse.figures())
        library.archives.ingest([folder])
        assert groups_of(library) == expected


def test_a_chain_of_copies_is_one_group():
    assert grouping._name_groups([("b", "c"), ("a", "c"), ("x", "y")]) == {
        "a": "a", "b": "a", "c": "a", "x": "x", "y": "x",
    }  # fmt: skip


def test_hits_of_one_group_are_shown_once_by_the_best_of_them(at_once):
    hits = at_once.search(like=[figures_by_image(at_once)["images/hive.png"].id], limit=20).hits
    boats = {figure.id: figure for image, figure in figures_by_image(at_once).items() if "boat" in image}
    assert len(boats) == 4

    [one] = [hit for hit in hits if hit.id in boats]
    assert one.copies == 3
    assert {it.id for it in one.also_in} == boats.keys() - {one.id}
    assert {it.issue_title for it in one.also_in} == {
        it.issue_title for it in boats.values() if it.id != one.id
    }
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))


def test_the_pairs_stay_within_what_figures_show(both, folder):
    shutil.rmtree(folder)
    page(folder, "last", ("pump.png", drawn("pump")))
    both.archives.ingest([folder])

    with closing(Catalog(both.path / "catalog.sqlite")) as catalog:
        assert catalog.duplicates.pairs() == []
        assert len(catalog.duplicates.compared()) == 1


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM picture_group",
        "DELETE FROM picture_group WHERE name <> sha256",
        "UPDATE picture_group SET name = sha256",
    ],
)
def test_a_sync_completes_the_groups_that_a_killed_run_left(both, damage):
    expected, generation = groups_of(both), both.status().generation
    assert len(set(expected.values())) < len(expected)
    with closing(sqlite3.connect(both.path / "catalog.sqlite")) as catalog, catalog:
        catalog.execute("PRAGMA foreign_keys = ON")
        catalog.execute(damage)
    assert groups_of(both) != expected
    assert both.archives.sync().generation == generation
    assert groups_of(both) == expected
