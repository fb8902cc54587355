"""Catalogs that older explorers wrote, made by hand from their schemas: opened, brought up to date, nothing lost."""

import sqlite3
from contextlib import closing

import pytest
from library.made_archive import copied, figures_by_image

from explorer.errors import LibraryError
from explorer.library.library import Library

FIRST = """
CREATE TABLE archive (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, location TEXT NOT NULL);
CREATE TABLE issue (
    id TEXT PRIMARY KEY, archive_id INTEGER NOT NULL REFERENCES archive(id) ON DELETE CASCADE, document TEXT NOT NULL,
    title TEXT, number INTEGER, date TEXT, author TEXT, language TEXT, address TEXT, digest TEXT NOT NULL,
    UNIQUE (archive_id, document));
CREATE INDEX issue_by_date ON issue (date DESC, document, id);
CREATE INDEX issue_by_number ON issue (number);
CREATE TABLE item (
    id TEXT PRIMARY KEY, issue_id TEXT NOT NULL REFERENCES issue(id) ON DELETE CASCADE, position INTEGER NOT NULL,
    number INTEGER, heading TEXT, text TEXT NOT NULL);
CREATE INDEX item_by_issue ON item (issue_id, position);
CREATE TABLE picture (
    sha256 TEXT PRIMARY KEY, width INTEGER NOT NULL, height INTEGER NOT NULL, format TEXT NOT NULL,
    bytes INTEGER NOT NULL, frames INTEGER NOT NULL, fingerprint TEXT NOT NULL, colours TEXT NOT NULL);
CREATE TABLE figure (
    id TEXT PRIMARY KEY, issue_id TEXT NOT NULL REFERENCES issue(id) ON DELETE CASCADE, item_id TEXT,
    position INTEGER NOT NULL, image TEXT, status TEXT NOT NULL, sha256 TEXT REFERENCES picture(sha256),
    caption TEXT, alt TEXT, credit TEXT, heading TEXT, before TEXT, after TEXT);
CREATE INDEX figure_by_issue ON figure (issue_id, position);
CREATE INDEX figure_by_picture ON figure (sha256);
CREATE TABLE left_out (
    issue_id TEXT NOT NULL REFERENCES issue(id) ON DELETE CASCADE, image TEXT NOT NULL, reason TEXT NOT NULL);
CREATE INDEX left_out_by_issue ON left_out (issue_id);
CREATE TABLE problem (
    archive_id INTEGER NOT NULL REFERENCES archive(id) ON DELETE CASCADE,
    document TEXT NOT NULL, image TEXT, reason TEXT NOT NULL);
CREATE INDEX problem_by_document ON problem (archive_id, document);
"""
ADDED = {
    2: """
CREATE TABLE picture_text (
    sha256 TEXT PRIMARY KEY REFERENCES picture(sha256) ON DELETE CASCADE,
    recipe TEXT NOT NULL, text TEXT NOT NULL, lines TEXT NOT NULL);
""",
    3: """
CREATE TABLE picture_group (
    sha256 TEXT PRIMARY KEY REFERENCES picture(sha256) ON DELETE CASCADE, recipe TEXT NOT NULL, name TEXT NOT NULL);
CREATE INDEX picture_group_by_name ON picture_group (name);
CREATE TABLE picture_copy (
    one TEXT NOT NULL REFERENCES picture_group(sha256) ON DELETE CASCADE,
    other TEXT NOT NULL REFERENCES picture_group(sha256) ON DELETE CASCADE, PRIMARY KEY (one, other)) WITHOUT ROWID;
CREATE INDEX picture_copy_by_other ON picture_copy (other);
CREATE TABLE correction (
    figure_id TEXT PRIMARY KEY, issue_id TEXT NOT NULL, sha256 TEXT, said TEXT, caption TEXT, alt TEXT, credit TEXT);
CREATE INDEX correction_by_issue ON correction (issue_id);
CREATE VIEW corrected_figure AS
    SELECT figure.id, figure.issue_id, figure.item_id, figure.position, figure.image, figure.status, figure.sha256,
        nullif(coalesce(correction.caption, figure.caption), '') AS caption,
        nullif(coalesce(correction.alt, figure.alt), '') AS alt,
        nullif(coalesce(correction.credit, figure.credit), '') AS credit,
        figure.heading, figure.before, figure.after
    FROM figure LEFT JOIN correction ON correction.figure_id = figure.id;
""",
    4: """
CREATE TABLE skipped (
    archive_id INTEGER NOT NULL REFERENCES archive(id) ON DELETE CASCADE, document TEXT NOT NULL, reason TEXT NOT NULL);
CREATE INDEX skipped_by_archive ON skipped (archive_id);
""",
    5: """
DROP TABLE correction;
CREATE TABLE correction (figure_id TEXT PRIMARY KEY, caption TEXT, alt TEXT, credit TEXT);
""",
    6: "CREATE TABLE search (line TEXT PRIMARY KEY, asked TEXT NOT NULL, times INTEGER NOT NULL) WITHOUT ROWID;",
}
COPIED = ("archive", "issue", "item", "picture", "figure", "left_out", "problem")
BOAT = "images/boat.png"


def made_older(folder, version):
    """The library with a catalog as an explorer of that version wrote it; from 3 on it has a correction."""
    today = folder / "catalog.sqlite"
    kept = today.rename(folder.parent / "today.sqlite")
    with closing(sqlite3.connect(today, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(FIRST + "".join(ADDED[step] for step in range(2, version + 1)))
        database.execute("ATTACH ? AS today", (str(kept),))
        for table in COPIED:
            database.execute(f"INSERT INTO {table} SELECT * FROM today.{table}")
        if version >= 3:
            only_then = "" if version >= 5 else "issue_id, sha256, alt,"
            database.execute(
                f"""INSERT INTO correction SELECT id, {only_then} 'Our own dinghy', NULL, NULL
                  FROM figure WHERE image = ?""",
                (BOAT,),
            )
        database.execute(f"PRAGMA user_version = {version}")


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5, 6])
def test_an_older_library_opens_and_loses_nothing(made_archive, library, own_folder, version):
    expected = {figure.id: figure for figure in library.browse.figures()}
    made_older(own_folder, version)
    with Library.open(own_folder) as opened:
        boat = figures_by_image(opened)[BOAT]
        assert boat.caption == ("Our own dinghy" if version >= 3 else expected[boat.id].caption)
        found = {figure.id: figure for figure in opened.browse.figures()}
        assert found.keys() == expected.keys()
        assert opened.search("sailing boat").hits[0].id == boat.id
        words = '"own dinghy"' if version >= 3 else '"sailing boat"'
        assert opened.ask(words, files=False).result.hits, (
            "the full text of an older catalog is made when it is opened"
        )
        assert opened.history.searches() == []
        opened.history.record("sailing boat")
        assert [one.line for one in opened.history.searches()] == ["sailing boat"]

        opened.archives.ingest([made_archive])
        assert {figure.id for figure in opened.browse.figures()} == expected.keys()
        assert opened.maintenance.examine() == []
        if version >= 3:
            assert opened.search("dinghy").hits[0].id == boat.id
            assert opened.editing.reset_correction(boat.id).caption == expected[boat.id].caption


def test_two_programs_that_open_an_older_catalog_at_once_both_bring_it_up_to_date(own_folder):
    from explorer.catalog.database import _prepare

    made_older(own_folder, 3)
    path = own_folder / "catalog.sqlite"
    database = sqlite3.connect(path, isolation_level=None)
    Library.open(own_folder).close()
    database.execute("PRAGMA user_version = 3")  # as the later of the two saw it
    _prepare(database, path, create=False)
    database.close()
    with Library.open(own_folder) as opened:
        assert figures_by_image(opened)[BOAT].caption == "Our own dinghy"


def test_an_older_library_that_cannot_be_written_says_where_it_can_be_brought_up_to_date(
    own_folder, read_only
):
    made_older(own_folder, 3)
    with pytest.raises(LibraryError, match=r"written by an older version .* explorer status"):
        Library.open(read_only(own_folder))


def test_a_library_of_a_newer_explorer_is_refused_and_left_as_it_is(own_folder, tmp_path):
    with closing(sqlite3.connect(own_folder / "catalog.sqlite")) as database:
        database.execute("PRAGMA user_version = 99")
    before = copied(own_folder, tmp_path / "before")
    with pytest.raises(LibraryError, match=r"newer version .*Update Archive Explorer"):
        Library.open(own_folder)
    assert (own_folder / "catalog.sqlite").read_bytes() == (before / "catalog.sqlite").read_bytes()
