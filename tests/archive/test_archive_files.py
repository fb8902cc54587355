"""Where an archive lies: a folder, a zip or one document; nothing outside it is ever read."""

import os
import stat
import zipfile

import pytest

from explorer.archive.model import Issue, LedgerEntry
from explorer.archive.reader import documents_of, read_issues
from explorer.archive.storage import files as archive_files
from explorer.archive.storage.unpacked import open_archive
from explorer.errors import ArchiveError


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "archive"
    (root / "posts").mkdir(parents=True)
    (root / "posts" / "one.md").write_text("# One\n\n![x](a.png)", encoding="utf-8")
    (root / "posts" / "a.png").write_bytes(b"picture")
    return root


def zipped(tmp_path, members):
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.filename = name  # as written, also where the operating system would mend it
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


def test_a_folder_and_its_zip_read_the_same(folder, tmp_path):
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.rglob("*"):
            archive.write(file, file.relative_to(folder))

    assert list(read_issues(open_archive(folder))) == list(read_issues(open_archive(path)))
    assert open_archive(path).read("posts/a.png") == b"picture"
    assert open_archive(path).name == open_archive(folder).name == "archive"


def test_one_document_is_an_archive_with_the_pictures_beside_it(folder):
    (folder / "posts" / "two.md").write_text("# Two", encoding="utf-8")
    archive = open_archive(folder / "posts" / "one.md")
    [read] = read_issues(archive)

    assert isinstance(read, Issue)
    assert read.metadata.title == "One"
    assert read.figures[0].candidates == ("a.png",)


def test_what_does_not_exist_is_told(tmp_path):
    with pytest.raises(ArchiveError, match="does not exist"):
        open_archive(tmp_path / "nowhere")


def test_an_empty_archive_has_no_issues(tmp_path):
    assert list(read_issues(open_archive(tmp_path))) == []


def test_a_broken_zip_is_told(tmp_path):
    path = zipped(tmp_path, {"one.md": "# One" * 99})
    path.write_bytes(path.read_bytes().replace(b"PK\x01\x02", b"PK\x09\x09"))
    with pytest.raises(ArchiveError, match="not a readable zip"):
        open_archive(path)


def test_a_damaged_member_of_a_zip_is_a_problem_and_the_rest_is_read(tmp_path):
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one.md", "# One")
        archive.writestr("two.md", "# Two and more")
    path.write_bytes(path.read_bytes().replace(b"# Two and more", b"# Two and less"))
    [whole, damaged] = read_issues(open_archive(path))

    assert isinstance(whole, Issue)
    assert isinstance(damaged, LedgerEntry)
    assert "cannot be unpacked" in damaged.reason


HOSTILE = ["../evil.md", "/etc/evil.md", "a/../../evil.md", "C:/evil.md", "..\\evil.md", "C:\\evil.md"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_leave_the_zip_are_refused(tmp_path, name):
    archive = open_archive(zipped(tmp_path, {name: "# Evil", "one.md": "# One"}))

    assert archive.paths() == ["one.md"]
    assert archive.refused == {name: "leads out of the archive"}


def test_backslashes_in_a_zip_are_folders(tmp_path):
    archive = open_archive(zipped(tmp_path, {"posts\\one.md": "# One"}))

    assert archive.paths() == ["posts/one.md"]
    assert archive.read("posts/one.md") == b"# One"


def test_a_member_that_grows_absurdly_is_refused(tmp_path):
    archive = open_archive(zipped(tmp_path, {"bomb.md": b"\0" * 20_000_000, "one.md": "# One"}))

    assert archive.paths() == ["one.md"]
    assert "would unpack" in archive.refused["bomb.md"]


def test_odd_names_in_a_zip_are_read(tmp_path):
    path = zipped(
        tmp_path, {" .md": "# Two", "a" * 200 + ".md": "# Three", "./four.md": "# Four", "café.md": "# One"}
    )

    assert [one.document for one in read_issues(open_archive(path))] == [
        " .md",
        "a" * 200 + ".md",
        "café.md",
        "four.md",
    ]


def test_names_in_utf_8_that_do_not_say_so_are_read_as_such(tmp_path):
    path = zipped(tmp_path, {"cafXX.md": "# One"})
    path.write_bytes(path.read_bytes().replace(b"cafXX", "café".encode()))

    assert open_archive(path).paths() == ["café.md"]


def test_names_in_no_encoding_are_no_crash(tmp_path):
    path = zipped(tmp_path, {"café.md": "# One"})
    path.write_bytes(path.read_bytes().replace("café".encode(), b"caf\xff\xfe"))

    with pytest.raises(ArchiveError, match="not a readable zip"):
        open_archive(path)


def test_an_empty_name_in_a_zip_is_no_crash(tmp_path):
    archive = open_archive(zipped(tmp_path, {".": "x", "one.md": "# One"}))

    assert "one.md" in archive.paths()


def test_a_name_that_stands_twice_in_a_zip_is_one_document(tmp_path):
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("one.md", "# Old")
        archive.writestr("one.md", "# New")
    [read] = read_issues(open_archive(path))

    assert read.metadata.title == "New"


def test_a_link_out_of_the_archive_is_refused(folder, tmp_path):
    (tmp_path / "secret.md").write_text("# Secret", encoding="utf-8")
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    (folder / "within.md").symlink_to(folder / "posts" / "one.md")
    (folder / "outside").symlink_to(tmp_path)
    (folder / "loop.md").symlink_to(folder / "loop.md")
    archive = open_archive(folder)

    assert archive.paths() == ["posts/a.png", "posts/one.md", "within.md"]
    assert archive.refused["link.md"] == "leads out of the archive"
    assert "loop.md" in archive.refused
    with pytest.raises(ArchiveError, match="leads out"):
        archive.read("link.md")
    with pytest.raises(ArchiveError, match="leads out"):
        archive.read("../secret.md")


def test_a_pipe_in_the_folder_is_not_waited_for(folder):
    os.mkfifo(folder / "pipe.md")

    [problem, one] = read_issues(open_archive(folder))

    assert isinstance(problem, LedgerEntry)
    assert isinstance(one, Issue)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_a_problem(folder):
    (folder / "posts" / "one.md").chmod(stat.S_IWUSR)
    [problem] = read_issues(open_archive(folder))

    assert isinstance(problem, LedgerEntry)
    assert "cannot be read" in problem.reason


def test_a_file_that_vanishes_is_a_problem(folder):
    archive = open_archive(folder)
    archive.paths()
    (folder / "posts" / "one.md").unlink()

    with pytest.raises(ArchiveError, match=r"one\.md no longer exists"):
        archive.read("posts/one.md")


def test_a_file_that_is_too_large_is_told(folder, monkeypatch):
    monkeypatch.setattr(archive_files, "MAX_FILE_BYTES", 3)

    with pytest.raises(ArchiveError, match="Split it"):
        open_archive(folder).read("posts/one.md")


def test_a_picture_with_the_name_of_a_document_is_a_problem(folder):
    (folder / "posts" / "one.md").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    [problem] = read_issues(open_archive(folder))

    assert "is not text" in problem.reason


def test_a_document_in_utf_16_is_text(folder):
    (folder / "posts" / "one.md").write_bytes("# Zoë".encode("utf-16"))
    [read] = read_issues(open_archive(folder))

    assert read.metadata.title == "Zoë"


def test_hidden_folders_and_machinery_are_passed_over(folder):
    for name in (
        ".git/one.md",
        "node_modules/x/readme.md",
        "__MACOSX/one.md",
        "_layouts/post.html",
        "LICENSE.md",
    ):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("# No", encoding="utf-8")
    archive = open_archive(folder)

    assert documents_of(archive) == ["posts/one.md"]
    assert archive.skipped == {
        "LICENSE.md": "is not an issue, by its name",
        "_layouts/post.html": "is a template of the site, not a page",
    }


def test_suffixes_in_capitals_are_documents(folder):
    (folder / "TWO.HTM").write_text("<h1>Two</h1>", encoding="utf-8")

    assert documents_of(open_archive(folder)) == ["TWO.HTM", "posts/one.md"]


def test_a_name_that_is_no_unicode_is_refused(folder):
    try:
        (folder / os.fsdecode(b"caf\xff.md")).write_text("# x", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes Unicode names only")

    archive = open_archive(folder)
    assert archive.paths() == ["posts/a.png", "posts/one.md"]
    assert list(archive.refused.values()) == ["its name is not valid Unicode: rename it"]
