"""A library that lies in its archive is no part of it, wherever it lies and whatever it is called."""

import json
from contextlib import closing

import pytest
from archives_on_disk import everything_in, write
from book_builders import zipped

from explorer.archive.model import Issue
from explorer.archive.reader import documents_of, read_issues
from explorer.archive.storage.files import IS_A_LIBRARY, is_in_library
from explorer.archive.storage.unpacked import open_archive
from explorer.library.library import Library

PICTURE = b"\x89PNG picture"
MANIFEST = json.dumps({"version": 2, "collection": "archive-1", "encoder": None})


def library_at(folder):
    """A real library, with what an ingest puts into it beside."""
    Library.create(folder).close()
    write(
        folder,
        {
            "ingest.lock": "",
            "ingest.txt": "process 7 on host",
            "pictures/ab/abc": PICTURE,
            "pictures/ab/abc.webp": b"x",
        },
    )
    write(folder, {"sites/x.org/index.html": "<h1>Copy</h1>", "navigators/n.json": "{}"})
    return folder


def read(folder):
    archive = open_archive(folder)
    issues = [one for one in read_issues(archive) if isinstance(one, Issue)]
    archive.close()
    return issues, archive


@pytest.mark.parametrize("place", ["library", "Meine Bibliothek", "posts/deep/library", "x.library"])
def test_a_library_is_skipped_and_told(tmp_path, place):
    write(tmp_path, {"one.md": "# One", "posts/two.md": "# Two"})
    library_at(tmp_path / place)
    issues, archive = read(tmp_path)

    assert [one.document for one in issues] == ["one.md", "posts/two.md"]
    assert archive.skipped == {place: IS_A_LIBRARY}
    assert not any(path.startswith(place) for path in archive.paths())


def test_several_libraries_are_skipped(tmp_path):
    write(tmp_path, {"one.md": "# One"})
    for name in ("library", "old", "old/library"):
        library_at(tmp_path / name)
    issues, archive = read(tmp_path)

    assert [one.document for one in issues] == ["one.md"]
    assert archive.skipped == {"library": IS_A_LIBRARY, "old": IS_A_LIBRARY}


def test_bare_pictures_beside_a_library_are_a_gallery(tmp_path):
    write(tmp_path, {"a.png": PICTURE, "b.jpg": PICTURE})
    library_at(tmp_path / "library")
    [gallery], _ = read(tmp_path)

    assert [figure.image for figure in gallery.figures] == ["a.png", "b.jpg"]


@pytest.mark.parametrize(
    "files",
    [
        {"library.json": MANIFEST},
        {"library.json": MANIFEST, "ingest.lock": "", "ingest.txt": "process 7"},
        {"ingest.lock": "", "ingest.txt": "process 7"},
        {"catalog.sqlite": "", "ingest.lock": ""},
        {"library.json": "{", "catalog.sqlite": "", "page.html": "<p>x"},
        {
            "library.json": '{"encoder": "lite"}',
            "captions.csv": "id",
            "catalog/issue.jsonl": "{}",
            "pictures/ab": "x",
        },
    ],
    ids=["new", "new, being written", "locks that were left", "without its manifest", "damaged", "export"],
)
def test_a_library_is_known_by_what_it_has(tmp_path, files):
    write(tmp_path / "library", files)
    issues, problems = everything_in(tmp_path, {"one.md": "# One"})

    assert ([one.document for one in issues], problems) == (["one.md"], {})


@pytest.mark.parametrize(
    "files",
    [
        {
            "library.json": '{"name": "Servo", "version": "1.2", "frameworks": "arduino"}',
            "readme.html": "<h1>Servo",
        },
        {"library.json": "[1, 2]", "notes.md": "# Notes"},
        {"library.json": '{"encoder": "lite"}', "notes.md": "# Notes"},
        {"catalog.sqlite": "", "notes.md": "# Notes"},
        {"ingest.txt": "How we ingest grain."},
    ],
    ids=["of another program", "a list", "half an export", "another catalog", "a text"],
)
def test_what_is_called_like_one_is_read(tmp_path, files):
    issues, _ = everything_in(tmp_path, {f"library/{name}": content for name, content in files.items()})

    assert len(issues) == 1


def test_a_library_in_a_zip_is_skipped(tmp_path):
    members = {
        "one.md": "# One",
        "library/library.json": MANIFEST,
        "library/ingest.txt": "x",
        "library/a.html": "<h1>A",
    }
    write(
        tmp_path,
        {"all.zip": zipped(members), "b.zip": zipped({"library.json": MANIFEST, "x/a.html": "<h1>A"})},
    )
    with closing(open_archive(tmp_path)) as archive:
        assert documents_of(archive) == ["all.zip/one.md"]
        assert archive.skipped == {"all.zip/library": IS_A_LIBRARY, "b.zip": IS_A_LIBRARY}
    with closing(open_archive(tmp_path / "all.zip")) as whole:
        assert documents_of(whole) == ["one.md"]
        assert whole.skipped == {"library": IS_A_LIBRARY}


def test_a_single_document_beside_a_library_tells_nothing_of_it(tmp_path):
    write(tmp_path, {"one.md": "# One"})
    library_at(tmp_path / "library")
    issues, archive = read(tmp_path / "one.md")

    assert [one.document for one in issues] == ["one.md"]
    assert archive.skipped == {}


def test_what_happens_in_a_library_is_known_by_its_path(tmp_path):
    library_at(tmp_path / "posts/library")

    assert is_in_library(str(tmp_path / "posts/library/index/1/new.bin"), str(tmp_path))
    assert is_in_library(str(tmp_path / "posts/library"), str(tmp_path))
    assert not is_in_library(str(tmp_path / "posts/one.md"), str(tmp_path))
    assert not is_in_library(
        str(tmp_path / "posts/library/sites/x.org/a.html"), str(tmp_path / "posts/library/sites/x.org")
    )
