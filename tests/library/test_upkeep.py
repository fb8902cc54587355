"""Copies of a library are the library; a sick one is told what it has, and mended."""

import csv
import json
import shutil
import sqlite3
import tarfile
from contextlib import closing

import pytest
from library.made_archive import copied, figures_by_image

from explorer.errors import LibraryError
from explorer.library.library import Library

BOAT = "images/boat.png"


@pytest.fixture
def kept(made_archive, library_folder, tmp_path):
    """A library with corrections, a saved search, something in the trash, and an archive of its own."""
    archive = copied(made_archive, tmp_path / "mine")
    folder = copied(library_folder, tmp_path / "library")
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as database, database:
        database.execute("UPDATE archive SET location = ?", (str(archive),))
    with Library.open(folder) as library:
        library.editing.correct(figures_by_image(library)[BOAT].id, caption="Our own dinghy")
        library.saved_searches.save("boats", words="boats")
        (archive / "2023-11-stars.txt").unlink()
        library.archives.sync()
        yield library


def everything(library):
    """What a library holds, down to the last number of the last vector."""
    index = library._context.index_store.open()
    ids = sorted(index.digests())
    names = [field.name for field in index.manifest.config.schema.vectors]
    points = {
        one.id: (one.payload, {name: vector.tolist() for name, vector in one.vectors.items()})
        for one in index.fetch(ids, names)
    }
    tables = {
        name: sorted(map(repr, rows))
        for name, _, rows in library._context.catalog.content.tables()
        if name not in {"file", "reading"}
    }
    index.close()
    return points, tables


def test_a_backup_is_the_library_once_more(kept, tmp_path):
    size = kept.maintenance.backup(tmp_path / "kept.tar")
    with Library.from_backup(tmp_path / "kept.tar", tmp_path / "again") as again:
        assert everything(again) == everything(kept)
        assert [one.name for one in again.saved_searches.list()] == ["boats"]
        assert again.search("dinghy").hits[0].id == kept.search("dinghy").hits[0].id
        assert again.browse.picture_path(figures_by_image(again)[BOAT].sha256).exists()
    assert size == (tmp_path / "kept.tar").stat().st_size


def test_a_backup_holds_no_leftovers_and_no_locks(kept, tmp_path):
    (kept.path / "pictures" / "tmpabc123").write_bytes(b"half a picture")
    kept.maintenance.backup(tmp_path / "kept.tar")
    with tarfile.open(tmp_path / "kept.tar") as tar:
        names = tar.getnames()

    assert "library.json" in names
    assert not [name for name in names if "tmp" in name or name.endswith((".lock", "-wal", "-shm"))]
    assert not [name for name in names if name.startswith("index")]
    assert sorted(path.name for path in tmp_path.glob(".kept.tar*")) == []


def test_a_backup_overwrites_nothing(kept, tmp_path):
    file = tmp_path / "kept.tar"
    kept.maintenance.backup(file)
    with pytest.raises(LibraryError, match=r"kept\.tar already exists"):
        kept.maintenance.backup(file)
    with pytest.raises(LibraryError, match="is not empty"):
        Library.from_backup(file, kept.path)


def test_a_file_that_is_no_backup_leaves_nothing_behind(kept, tmp_path):
    with tarfile.open(tmp_path / "other.tar", "w") as tar:
        tar.add(kept.path / "library.json", "readme.txt")
    (tmp_path / "cut.tar").write_bytes(b"no tar at all")
    for name, told in (("other.tar", "is not a backup of a library"), ("cut.tar", "cannot be unpacked")):
        with pytest.raises(LibraryError, match=told):
            Library.from_backup(tmp_path / name, tmp_path / "again")
        assert not (tmp_path / "again").exists()
        assert not list(tmp_path.glob(".again*"))


def test_a_backup_that_would_write_elsewhere_is_refused(tmp_path):
    (tmp_path / "library.json").write_text("{}")
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        tar.add(tmp_path / "library.json", "library.json")
        tar.add(tmp_path / "library.json", "../escaped.json")
    with pytest.raises(LibraryError, match="cannot be unpacked"):
        Library.from_backup(tmp_path / "evil.tar", tmp_path / "inside" / "library")
    assert not (tmp_path / "inside" / "escaped.json").exists()


def test_what_was_exported_makes_the_same_library(kept, tmp_path):
    kept.maintenance.export(tmp_path / "out")
    with Library.from_export(tmp_path / "out", tmp_path / "again") as again:
        assert everything(again) == everything(kept)
        assert figures_by_image(again) == figures_by_image(kept)
        again.maintenance.export(tmp_path / "out-again")

    for file in (tmp_path / "out").rglob("*"):
        if file.is_file() and file.suffix != ".parquet":
            assert (
                tmp_path / "out-again" / file.relative_to(tmp_path / "out")
            ).read_bytes() == file.read_bytes()


def test_an_export_is_plain_files(kept, tmp_path):
    from pyarrow import parquet

    kept.maintenance.export(tmp_path / "out")
    lines = (tmp_path / "out/catalog/figure.jsonl").read_text(encoding="utf-8").splitlines()
    figures = [json.loads(line) for line in lines]
    boat = next(figure for figure in figures if figure["image"] == BOAT)
    table = parquet.read_table(tmp_path / "out/vectors.parquet").to_pylist()

    assert boat["alt"] == "A sailing boat crossing the harbour"
    assert (tmp_path / "out/pictures" / boat["sha256"]).read_bytes().startswith(b"\x89PNG")
    assert {row["kind"] for row in table if row["content"] == boat["sha256"]} >= {"picture", "looks"}
    assert json.loads((tmp_path / "out/library.json").read_text()) == {"encoder": "lite"}


def test_no_caption_is_a_formula_to_a_spreadsheet(kept, tmp_path):
    for start in ("=1+1", "+1", "-1", "@SUM(A1)"):
        kept.editing.correct(figures_by_image(kept)[BOAT].id, caption=f"{start}, a dinghy")
        kept.maintenance.export(tmp_path / start[0])
        with (tmp_path / start[0] / "captions.csv").open(encoding="utf-8", newline="") as file:
            [row] = [row for row in csv.DictReader(file) if row["image"] == BOAT]
        assert row["caption"] == f"'{start}, a dinghy"


def test_an_export_that_was_tampered_with_is_refused(kept, tmp_path):
    kept.maintenance.export(tmp_path / "out")
    picture = next((tmp_path / "out/pictures").iterdir())
    picture.write_bytes(b"something else")
    with pytest.raises(LibraryError, match=r"is not a readable export.*export the library again"):
        Library.from_export(tmp_path / "out", tmp_path / "again")
    assert not (tmp_path / "again").exists()
    with pytest.raises(LibraryError, match="is already a library"):
        Library.from_export(tmp_path / "out", kept.path)


def test_a_sound_library_has_nothing(kept):
    assert kept.maintenance.examine() == []
    assert kept.maintenance.repair() == []


def cut(file):
    file.write_bytes(file.read_bytes()[:-9])


def scratched(file):
    data = file.read_bytes()
    file.write_bytes(data[:8192] + b"\xff" * 8192 + data[16384:])


def emptied(index):
    for file in index.rglob("*"):
        if file.is_file() and file.stat().st_size > 100 and "shard" in file.parts:
            file.write_bytes(b"")


ILLNESSES = {
    "thumbnail gone": lambda library, boat: library.browse.picture_path(boat, "small").unlink(),
    "thumbnail broken": lambda library, boat: library.browse.picture_path(boat, "large").write_bytes(
        b"no WebP"
    ),
    "picture gone": lambda library, boat: library.browse.picture_path(boat, "original").unlink(),
    "picture broken": lambda library, boat: cut(library.browse.picture_path(boat, "original")),
    "vectors broken": lambda library, boat: scratched(library.path / "vectors.sqlite"),
    "index segment broken": lambda library, boat: emptied(library.path / "index"),
    "index pointer broken": lambda library, boat: (library.path / "index/CURRENT").write_text("no number"),
    "index gone": lambda library, boat: shutil.rmtree(library.path / "index"),
    "leftover": lambda library, boat: (library.path / "pictures/tmpabc").write_bytes(b"half"),
}


@pytest.mark.parametrize(
    ("how", "part"),
    [
        ("thumbnail gone", "thumbnail"),
        ("thumbnail broken", "thumbnail"),
        ("picture gone", "picture"),
        ("picture broken", "picture"),
        ("vectors broken", "vectors"),
        ("index segment broken", "index"),
        ("index pointer broken", "index"),
        ("index gone", "index"),
        ("leftover", "leftover"),
    ],
)
def test_what_can_be_mended_is_found_and_mended(kept, how, part):
    before, boat = everything(kept), figures_by_image(kept)[BOAT].sha256
    kept.close()
    ILLNESSES[how](kept, boat)
    with Library.open(kept.path) as library:
        found = library.maintenance.examine()
        assert part in {one.part for one in found}
        assert not any(one.mended for one in found)

        mended = library.maintenance.repair()
        assert all(one.mended for one in mended), mended
        assert library.maintenance.examine() == []
        assert everything(library) == before
        assert library.search("dinghy").hits[0].record.image == BOAT


def test_a_damaged_catalog_is_told_and_not_touched(kept):
    kept.close()
    file = kept.path / "catalog.sqlite"
    for extra in kept.path.glob("catalog.sqlite-*"):
        extra.unlink()
    data = bytearray(file.read_bytes())
    data[4096 * 3 : 4096 * 5] = b"\xff" * 8192
    file.write_bytes(data)
    try:
        with Library.open(kept.path) as again:
            found = again.maintenance.repair()
        assert [one.part for one in found if not one.mended][:1] == ["catalog"]
        assert "backup" in found[0].way_out
    except LibraryError as problem:
        assert "damaged" in str(problem)
