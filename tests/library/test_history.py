"""What people searched for is kept in the library, the newest thousand lines of it, and disturbs nobody."""

import json
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from library.made_archive import figures_by_image

from explorer.catalog import searches
from explorer.catalog.filters import Filters
from explorer.library.library import Library
from explorer.search.grammar import parse

BOAT = "images/boat.png"


def lines(library):
    return [one.line for one in library.history.searches()]


def test_a_search_is_kept_as_it_was_written_with_when_and_how_often(own_library):
    before = datetime.now(UTC)
    own_library.history.record('  "sailing boat"  +harbour ')
    own_library.history.record("tomatoes")
    own_library.history.record('"sailing boat" +harbour')

    newest, older = own_library.history.searches()
    assert (newest.line, newest.times) == ('"sailing boat" +harbour', 2)
    assert (older.line, older.times) == ("tomatoes", 1)
    assert before <= datetime.fromisoformat(older.asked) <= datetime.fromisoformat(newest.asked)
    assert lines(own_library)[:1] == [one.line for one in own_library.history.searches(limit=1)]


def test_what_was_asked_beside_the_line_becomes_part_of_it(own_library):
    boat = figures_by_image(own_library)[BOAT].id
    asked = Filters(number=2, document="a b.html", date_from="2024", date_to="2024-03", has_caption=False)
    own_library.history.record("boat issue:7", like=[boat[:12]], unlike=[boat], kind="any", filters=asked)

    parsed = parse(lines(own_library)[0])
    assert parsed.words == "boat"
    assert (parsed.like, parsed.unlike) == ((boat,), (boat,))
    assert parsed.kind == "any"
    assert parsed.filters == asked


@pytest.mark.parametrize(
    "line",
    ["", "boat + ./sketch.png", "/home/me/mine.jpg", "boat " * 500],
    ids=["empty", "+", "picture", "long"],
)
def test_an_uploaded_picture_and_what_nobody_types_are_not_kept(own_library, line):
    own_library.history.record(line)
    own_library.history.record("boat", filters=Filters(issue_id="some issue"))

    assert lines(own_library) == []


def test_bytes_that_are_no_letters_disturb_nothing(own_library):
    own_library.history.record("bo\udcffat\n\x00")

    assert len(lines(own_library)) == 1


def test_the_newest_thousand_are_kept(own_library):
    start = datetime(2024, 1, 1, tzinfo=UTC)
    with closing(sqlite3.connect(own_library.path / "catalog.sqlite")) as database, database:
        database.executemany(
            "INSERT INTO search VALUES (?, ?, 1)",
            [
                (f"line {n}", (start + timedelta(seconds=n)).isoformat(timespec="microseconds"))
                for n in range(searches.KEPT)
            ],
        )
    own_library.history.record("the newest")

    kept = lines(own_library)
    assert len(kept) == searches.KEPT
    assert kept[0] == "the newest"
    assert "line 0" not in kept
    assert kept[-1] == "line 1"


def test_measuring_and_saved_searches_are_not_in_the_history(own_library):
    own_library.saved_searches.save("boats", words="boats")
    own_library.saved_searches.updates()
    own_library.evaluation.compare(own_library)
    own_library.ask("boat")

    assert lines(own_library) == []


def test_what_is_forgotten_is_nowhere_in_the_folder(own_folder):
    with Library.open(own_folder) as library:
        library.history.record("a secret garden")
        library.history.record("another")
        assert library.history.clear() == 2
        assert lines(library) == []
        for file in own_folder.glob("catalog.sqlite*"):
            assert b"secret garden" not in file.read_bytes()


def test_while_another_program_writes_a_search_is_not_kept_and_nobody_waits_for_it(own_library, monkeypatch):
    monkeypatch.setattr(searches, "HURRIED_SECONDS", 0.01)
    with closing(sqlite3.connect(own_library.path / "catalog.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        own_library.history.record("boat")
    assert lines(own_library) == []
    own_library.history.record("boat")
    assert lines(own_library) == ["boat"]


def test_searches_of_several_threads_are_in_nobodys_way_who_writes(own_library):
    boat = figures_by_image(own_library)[BOAT].id
    threads = [threading.Thread(target=own_library.history.record, args=(f"line {n}",)) for n in range(4)]
    with own_library._context.catalog._database.writing():  # another thread of this program is amid a change
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert own_library.editing.correct(boat, caption="Our own dinghy").caption == "Our own dinghy"


def test_after_a_search_the_folder_can_be_read_where_it_cannot_be_written(own_library):
    own_library.history.record("boat")

    log = own_library.path / "catalog.sqlite-wal"
    assert not log.exists() or not log.stat().st_size


def test_backups_and_exports_carry_it_and_older_exports_are_read_without(own_library, tmp_path):
    own_library.history.record("boat")
    own_library.maintenance.backup(tmp_path / "kept.tar")
    own_library.maintenance.export(tmp_path / "out")
    rows = (tmp_path / "out/catalog/search.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(row)["line"] for row in rows] == ["boat"]

    with Library.from_backup(tmp_path / "kept.tar", tmp_path / "restored") as restored:
        assert restored.history.searches() == own_library.history.searches()
    with Library.from_export(tmp_path / "out", tmp_path / "imported") as imported:
        assert imported.history.searches() == own_library.history.searches()
    (tmp_path / "out/catalog/search.jsonl").unlink()
    with Library.from_export(tmp_path / "out", tmp_path / "older") as older:
        assert older.history.searches() == []
        assert older.browse.figures() == own_library.browse.figures()
