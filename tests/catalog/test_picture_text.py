"""What was read in a picture, as the catalog keeps it."""

import sqlite3

import pytest
from catalog_builders import figure, issue, keep

from explorer.catalog.database import SCHEMA_VERSION
from explorer.catalog.records import PictureRecord, TextLine
from explorer.catalog.store import Catalog

LINES = (TextLine("Größe: 12 m", 0.97, (0.1, 0.2, 0.5, 0.3)), TextLine("Länge", 0.9, (0.1, 0.4, 0.5, 0.5)))


SHA = "aa" * 32


@pytest.fixture
def path(tmp_path):
    return tmp_path / "catalog.sqlite"


@pytest.fixture
def catalog(path):
    made = Catalog(path, create=True)
    yield made
    made.close()


def with_picture(catalog, sha256="aa"):
    catalog.pictures.add(PictureRecord(sha256, 10, 10, "png", 5, 1, "0f", ("#ffffff",)))
    keep(catalog, issue(figures=[figure()]), sha256=sha256)


def test_lines_come_back_as_they_were_kept(catalog):
    with_picture(catalog)
    catalog.pictures.save_text("aa", "recipe", LINES)

    assert catalog.pictures.text("aa") == LINES
    assert catalog.figures.select()[0].picture_text == "Größe: 12 m\nLänge"
    assert catalog.pictures.count_with_text() == 1


def test_a_picture_without_text_is_not_read_again(catalog):
    with_picture(catalog)
    assert catalog.pictures.ocr_pending("recipe") == ["aa"]

    catalog.pictures.save_text("aa", "recipe", ())

    assert catalog.pictures.ocr_pending("recipe") == []
    assert catalog.pictures.text("aa") == ()
    assert catalog.figures.select()[0].picture_text is None
    assert catalog.pictures.count_with_text() == 0


def test_another_recipe_reads_again_and_replaces_what_was_read(catalog):
    with_picture(catalog)
    catalog.pictures.save_text("aa", "old", LINES)

    assert catalog.pictures.ocr_pending("new") == ["aa"]
    assert catalog.pictures.text("aa") == LINES  # what there is serves until then
    catalog.pictures.save_text("aa", "new", LINES[:1])
    assert catalog.pictures.text("aa") == LINES[:1]


def test_what_no_figure_shows_any_more_is_neither_counted_nor_asked_for(catalog):
    with_picture(catalog)
    catalog.pictures.save_text("aa", "recipe", LINES)

    catalog.issues.delete_except(1, set())

    assert catalog.pictures.count_with_text() == 0
    assert catalog.pictures.ocr_pending("recipe") == []


def test_a_catalog_of_the_first_version_gets_the_table_it_lacks(catalog, path):
    with_picture(catalog, SHA)
    catalog.close()
    with sqlite3.connect(path) as database:
        database.executescript("DROP TABLE picture_text; PRAGMA user_version = 1;")
    database.close()

    opened = Catalog(path)
    try:
        assert len(opened.figures.select()) == 1
        opened.pictures.save_text(SHA, "recipe", LINES)
        assert opened.pictures.text(SHA) == LINES
        assert opened._database.rows("PRAGMA user_version") == [(SCHEMA_VERSION,)]
    finally:
        opened.close()
