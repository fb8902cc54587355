"""What documents mention and nothing reads stands in the ledger, and goes with what mentioned it."""

import json
from contextlib import closing

import pytest

from explorer.archive.storage.unpacked import open_archive
from explorer.catalog.picture_store import PictureStore
from explorer.catalog.records import LedgerRecord
from explorer.catalog.store import Catalog
from explorer.ingest.reading import read_archive
from explorer.ingest.report import SilentProgress

PAGE = "<h1>Mill</h1>\n<p>Words.</p>\n<style>b { background: url(img/wheel.png) }</style>\n"
FEED = (
    '<rss version="2.0"><channel><title>Mills</title>\n<image><url>https://x.example/logo.png</url></image>\n'
    "<item><title>One</title><guid>1</guid><description>Words.</description></item></channel></rss>"
)


@pytest.fixture
def catalog(tmp_path):
    opened = Catalog(tmp_path / "catalog.sqlite", create=True)
    yield opened
    opened.close()


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    folder.mkdir()
    return folder


def read(catalog, archive):
    with closing(open_archive(archive)) as files:
        read_archive(files, catalog, PictureStore(archive.parent / "pictures"), SilentProgress())
    return [(it.document, it.image, it.line) for it in catalog.ledger.entries() if it.kind == "mentioned"]


def test_they_are_counted_and_told_with_their_lines(catalog, archive):
    (archive / "one.html").write_text(PAGE)
    (archive / "feed.xml").write_text(FEED)

    assert read(catalog, archive) == [
        ("feed.xml", "https://x.example/logo.png", 2),
        ("one.html", "img/wheel.png", 3),
    ]
    assert catalog.ledger.counts().mentioned == 2
    line = catalog.ledger.entries()[-1]
    assert (line.kind, line.reason, line.explained) == (
        "mentioned",
        "mentioned, not read",
        "mentioned, not read (line 3)",
    )


def test_they_change_and_go_with_their_document(catalog, archive):
    (archive / "one.html").write_text(PAGE)
    (archive / "feed.xml").write_text(FEED)
    read(catalog, archive)
    unchanged = read(catalog, archive)
    assert len(unchanged) == 2

    (archive / "one.html").write_text("\n" + PAGE)
    (archive / "feed.xml").unlink()
    assert read(catalog, archive) == [("one.html", "img/wheel.png", 4)]

    (archive / "one.html").rename(archive / "two.html")
    assert read(catalog, archive) == [("two.html", "img/wheel.png", 4)]


def test_what_comes_back_from_the_trash_brings_its_mentions(catalog, archive):
    (archive / "one.html").write_text(PAGE)
    (archive / "two.html").write_text("<h1>Two</h1>")
    read(catalog, archive)
    (archive / "one.html").unlink()
    assert read(catalog, archive) == []

    catalog.trash.restore("one.html")
    assert catalog.ledger.counts().mentioned == 1


def test_what_an_older_explorer_put_into_the_trash_comes_back(catalog, archive):
    (archive / "one.html").write_text(PAGE)
    (archive / "two.html").write_text("<h1>Two</h1>")
    read(catalog, archive)
    (archive / "one.html").unlink()
    read(catalog, archive)
    [[rows]] = catalog._database._connection.execute("SELECT rows FROM trash").fetchall()
    older = {table: kept for table, kept in json.loads(rows).items() if table != "mentioned"}
    catalog._database._connection.execute("UPDATE trash SET rows = ?", (json.dumps(older),))

    assert catalog.trash.restore("one.html").document == "one.html"


def test_a_line_without_a_number_needs_none():
    assert (
        LedgerRecord("mentioned", "a.epub", "b.png", "mentioned, not read").explained == "mentioned, not read"
    )


def test_a_post_that_is_a_draft_now_is_no_issue_and_what_it_names_is_told(catalog, archive):
    table = "post_id,post_date,is_published,title\n7.pier,2024-02-03,{},The pier\n8.mill,2024-02-04,true,The mill\n"
    (archive / "posts").mkdir()
    (archive / "posts/7.pier.html").write_text("<p>By the pier.</p><img src='https://x.example/pier.png'>")
    (archive / "posts/8.mill.html").write_text("<p>By the river.</p>")
    (archive / "posts.csv").write_text(table.format("true"))
    assert read(catalog, archive) == []
    assert len(list(catalog.issues.select())) == 2

    (archive / "posts.csv").write_text(table.format("false"))
    assert read(catalog, archive) == [("posts/7.pier.html", "https://x.example/pier.png", 1)]
    assert [it.document for it in catalog.issues.select()] == ["posts/8.mill.html"]
    assert [(it.document, it.reason) for it in catalog.ledger.entries() if "draft" in it.reason] == [
        ("posts/7.pier.html", "is a draft")
    ]

    (archive / "posts.csv").write_text(table.format("true"))
    assert read(catalog, archive) == []
    assert len(list(catalog.issues.select())) == 2
