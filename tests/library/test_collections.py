"""Collections keep figures in an order of their own, outlive every reading of the archive, and leave as a zip file."""

import csv
import json
import zipfile
from io import BytesIO, StringIO

import pytest
from library.made_archive import copied, figures_by_image
from PIL import Image

from explorer.errors import LibraryError, QueryError
from explorer.library.library import Library

BOAT, PUMP, RAIN = "images/boat.png", "images/pump.png", "images/rain.png"


def ids(library, *images):
    figures = figures_by_image(library)
    return [figures[image].id for image in images]


def images_in(library, name):
    return [figure.image for figure in library.collections.figures(name)]


@pytest.fixture
def harbour(own_library):
    """A library with a collection of three figures."""
    own_library.collections.create(
        "Harbour", ids(own_library, BOAT, PUMP, RAIN), notes="For the talk.\nSlide 3."
    )
    return own_library


def test_a_collection_keeps_figures_in_the_order_in_which_they_were_added(harbour):
    [collection] = harbour.collections.list()
    assert (collection.name, collection.notes, collection.figures) == (
        "Harbour",
        "For the talk.\nSlide 3.",
        3,
    )
    assert images_in(harbour, "Harbour") == [BOAT, PUMP, RAIN]
    assert images_in(harbour, collection.id) == [BOAT, PUMP, RAIN]

    [hive] = ids(harbour, "images/hive.png")
    assert harbour.collections.add("Harbour", [hive[:12], *ids(harbour, BOAT)]) == 1
    assert images_in(harbour, "Harbour") == [BOAT, PUMP, RAIN, "images/hive.png"]
    assert harbour.collections.with_figure(hive) == harbour.collections.list()


@pytest.mark.parametrize(
    ("image", "position", "expected"),
    [(RAIN, 1, [RAIN, BOAT, PUMP]), (BOAT, 2, [PUMP, BOAT, RAIN]), (BOAT, 99, [PUMP, RAIN, BOAT])],
)
def test_a_figure_moves_to_another_position(harbour, image, position, expected):
    harbour.collections.move("Harbour", *ids(harbour, image), position)
    assert images_in(harbour, "Harbour") == expected


def test_figures_are_removed_and_stay_in_the_library(harbour):
    assert harbour.collections.remove("Harbour", ids(harbour, PUMP)) == 1
    assert images_in(harbour, "Harbour") == [BOAT, RAIN]
    assert harbour.browse.figure(*ids(harbour, PUMP))
    with pytest.raises(QueryError, match=r'has no figure .* explorer collections show "Harbour"'):
        harbour.collections.remove("Harbour", ids(harbour, PUMP))


def test_name_and_notes_change_and_the_id_stays(harbour):
    [before] = harbour.collections.list()
    after = harbour.collections.edit("Harbour", new_name=" Boats  and rain ", notes="")
    assert (after.id, after.name, after.notes, after.figures) == (before.id, "Boats and rain", "", 3)
    harbour.collections.create("Harbour")
    with pytest.raises(QueryError, match='already has a collection "Harbour"'):
        harbour.collections.edit(before.id, new_name="Harbour")


def test_a_deleted_collection_leaves_nothing(harbour):
    harbour.collections.delete("Harbour")
    assert harbour.collections.list() == []
    assert harbour.collections.with_figure(*ids(harbour, BOAT)) == []
    with pytest.raises(QueryError, match=r"no collection 'Harbour'\. List them: explorer collections list"):
        harbour.collections.delete("Harbour")


def test_what_cannot_be_collected_is_told(harbour):
    item = harbour.browse.items()[0]
    for name in ("", "  \n", "x" * 201):
        with pytest.raises(QueryError, match="1 to 200 characters"):
            harbour.collections.create(name)
    with pytest.raises(QueryError, match='already has a collection "Harbour"'):
        harbour.collections.create("Harbour")
    with pytest.raises(QueryError, match="at most 20,000 characters"):
        harbour.collections.create("Long", notes="x" * 20_001)
    with pytest.raises(QueryError, match="is an item"):
        harbour.collections.add("Harbour", item.id)
    with pytest.raises(QueryError, match="no figure or item 'nothing'"):
        harbour.collections.create("New", ["nothing"])
    assert [collection.name for collection in harbour.collections.list()] == ["Harbour"]


def test_similar_figures_are_none_of_the_collection(harbour):
    hits = harbour.collections.similar("Harbour", limit=50).hits
    assert hits
    assert not {hit.id for hit in hits} & set(ids(harbour, BOAT, PUMP, RAIN))
    harbour.collections.create("Empty")
    with pytest.raises(QueryError, match='"Empty" has no figures yet'):
        harbour.collections.similar("Empty")


# --- what a collection survives -------------------------------------------------------------------------------


def test_a_collection_survives_an_issue_that_goes_and_comes_back(tmp_path, made_archive):
    archive = copied(made_archive, tmp_path / "mine")
    file = archive / "2024-02-boats.md"
    text = file.read_text(encoding="utf-8")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([archive], encoder="lite")
        boat, rain = ids(library, BOAT, RAIN)
        library.collections.create("Mine", [boat, rain])

        file.unlink()
        library.archives.sync()
        assert images_in(library, "Mine") == [RAIN]
        assert library.collections.missing("Mine") == [boat]
        assert library.collections.get("Mine").figures == 2

        (archive / "moved").mkdir()
        (archive / "moved/boats.md").write_text(text.replace("](images", "](../images"), encoding="utf-8")
        file.write_text(text, encoding="utf-8")
        library.archives.sync()
        assert images_in(library, "Mine") == [BOAT, RAIN]
        library.archives.ingest([archive], rebuild=True)
        assert images_in(library, "Mine") == [BOAT, RAIN]


def test_a_figure_that_is_gone_can_be_removed(tmp_path, made_archive):
    archive = copied(made_archive, tmp_path / "mine")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([archive], encoder="lite")
        [boat] = ids(library, BOAT)
        library.collections.create("Mine", [boat])
        (archive / "2024-02-boats.md").unlink()
        library.archives.sync()
        assert library.collections.remove("Mine", library.collections.missing("Mine")) == 1
        assert library.collections.get("Mine").figures == 0


def test_a_collection_survives_backup_export_and_import(harbour, tmp_path):
    before = harbour.collections.list()
    harbour.maintenance.backup(tmp_path / "backup.tar")
    harbour.maintenance.export(tmp_path / "export")
    with Library.from_backup(tmp_path / "backup.tar", tmp_path / "restored") as restored:
        assert restored.collections.list() == before
        assert images_in(restored, "Harbour") == [BOAT, PUMP, RAIN]
    with Library.from_export(tmp_path / "export", tmp_path / "imported") as imported:
        assert imported.collections.list() == before
        assert images_in(imported, "Harbour") == [BOAT, PUMP, RAIN]
    for table in ("collection", "collected_figure"):  # as an older version exported
        (tmp_path / "export/catalog" / f"{table}.jsonl").unlink()
    with Library.from_export(tmp_path / "export", tmp_path / "older") as older:
        assert older.collections.list() == []


def test_a_collection_can_change_while_an_ingest_runs(harbour):
    with harbour._context.writing():
        harbour.collections.remove("Harbour", ids(harbour, BOAT))
    assert images_in(harbour, "Harbour") == [PUMP, RAIN]


# --- export ---------------------------------------------------------------------------------------------------


def exported(library, name, file):
    assert library.collections.export(name, file) == file.stat().st_size
    with zipfile.ZipFile(file) as archive:
        return {entry: archive.read(entry) for entry in archive.namelist()}


def test_an_export_has_the_original_pictures_with_captions_and_sources(harbour, tmp_path):
    files = exported(harbour, "Harbour", tmp_path / "harbour.zip")
    records = [json.loads(line) for line in files["figures.jsonl"].decode().splitlines()]
    figures = harbour.collections.figures("Harbour")

    assert [record["file"] for record in records] == [
        "pictures/001-a-sailing-boat-crossing-the-harbour.png",
        *[record["file"] for record in records[1:]],
    ]
    for record, figure in zip(records, figures, strict=True):
        original = harbour.browse.picture_path(figure.sha256, "original").read_bytes()
        assert files[record["file"]] == original
        assert Image.open(BytesIO(files[record["preview"]])).format == "WEBP"
        assert (record["caption"], record["credit"]) == (figure.caption, figure.credit)
        assert (record["issue"], record["date"]) == (figure.issue_title, figure.date)
    rows = list(csv.DictReader(StringIO(files["figures.csv"].decode())))
    assert [row["file"] for row in rows] == [record["file"] for record in records]
    sheet = files["contact-sheet.html"].decode()
    assert "<h1>Harbour</h1>" in sheet
    assert all(record["preview"] in sheet and record["file"] in sheet for record in records)
    assert not list(tmp_path.glob(".harbour*"))


def test_hostile_captions_stay_text_in_an_export(harbour, tmp_path):
    [boat] = ids(harbour, BOAT)
    hostile = "=cmd|' /C calc'!A0 <script>alert(1)</script> ../../etc/passwd"
    harbour.editing.correct(boat, caption=hostile, credit="<img src=x onerror=alert(1)>")
    files = exported(harbour, "Harbour", tmp_path / "harbour.zip")

    sheet = files["contact-sheet.html"].decode()
    assert "<script" not in sheet
    assert "<img src=x" not in sheet
    [row, *_] = csv.DictReader(StringIO(files["figures.csv"].decode()))
    assert row["caption"] == f"'{hostile}"
    assert row["file"] == "pictures/001-cmd-c-calc-a0-script-alert-1-script-etc-passwd.png"
    assert all(".." not in name and not name.startswith("/") for name in files)


def test_a_figure_without_picture_is_exported_with_its_caption(harbour, tmp_path):
    [lost] = ids(harbour, "images/lost.png")
    harbour.collections.create("Lost", [lost])
    files = exported(harbour, "Lost", tmp_path / "lost.zip")
    assert set(files) == {"figures.csv", "figures.jsonl", "contact-sheet.html"}
    assert "The picture is missing." in files["contact-sheet.html"].decode()


def test_an_export_replaces_no_file(harbour, tmp_path):
    file = tmp_path / "mine.zip"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(LibraryError, match="already exists"):
        harbour.collections.export("Harbour", file)
    with pytest.raises(LibraryError, match="cannot be written"):
        harbour.collections.export("Harbour", tmp_path / "nowhere/harbour.zip")
    assert file.read_text(encoding="utf-8") == "mine"
