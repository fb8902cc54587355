"""A sync does what changed in the archives and nothing else; what is gone can be brought back."""

import os
import shutil
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from library.made_archive import BOATS, copied, drawn, figures_by_image, plain, png

from explorer.errors import QueryError
from explorer.ingest import reading
from explorer.ingest.watching import watch_archives
from explorer.library.library import Library

BOAT, PUMP = "images/boat.png", "images/pump.png"
KITCHEN, BOATS_FILE, STARS = "2024-01-kitchen.html", "2024-02-boats.md", "2023-11-stars.txt"


@pytest.fixture
def kept(made_archive, tmp_path):
    """An archive without a broken picture, and the library that was read from it."""
    archive = copied(made_archive, tmp_path / "mine")
    (archive / "images/broken.png").write_bytes(plain("teal"))
    (archive / KITCHEN).write_text((archive / KITCHEN).read_text(encoding="utf-8"), encoding="utf-8")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([archive], encoder="lite")
        yield archive, library


@pytest.fixture
def read(monkeypatch):
    """The documents that are read from now on."""
    found = []
    real = reading.read_issue

    def heard(files, document, addresses):
        found.append(document)
        return real(files, document, addresses)

    monkeypatch.setattr(reading, "read_issue", heard)
    return found


def only(report):
    [archive] = report.archives
    return archive.changes


def post(archive, name, picture, words="A new mill"):
    (archive / f"images/{picture}.png").write_bytes(png(drawn(picture)))
    (archive / name).write_text(
        f"---\ndate: 2024-04-01\n---\n\n# Mills\n\n![{words}](images/{picture}.png)\n"
    )


def test_where_nothing_changed_nothing_is_read_and_no_generation_made(kept, read):
    _, library = kept
    before = library.status().generation
    report = library.archives.sync()

    assert not report.is_changed
    assert read == []
    assert report.generation == before == library.status().generation


def test_a_touched_file_is_not_a_changed_one(kept, read):
    archive, library = kept
    for path in (archive / BOATS_FILE, archive / BOAT):
        os.utime(path, (1, 1))
    report = library.archives.sync()

    assert only(report).changed_pictures == 1  # nobody hashes pictures for that
    assert library.status().generation == report.generation == 1
    assert set(read) <= {BOATS_FILE}


def test_a_document_that_changed_under_its_old_time_is_noticed(kept):
    archive, library = kept
    file = archive / BOATS_FILE
    was = file.stat()
    file.write_text(BOATS.replace("A sailing boat crossing", "A sailing ship crossing"), encoding="utf-8")
    os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))

    assert only(library.archives.sync()).changed == (BOATS_FILE,)
    assert figures_by_image(library)[BOAT].alt == "A sailing ship crossing the harbour"


def test_a_new_issue_is_all_that_is_read(kept, read):
    archive, library = kept
    post(archive, "2024-04-mills.md", "checks")
    changes = only(library.archives.sync())

    assert (changes.new, changes.changed, changes.new_pictures) == (("2024-04-mills.md",), (), 1)
    assert read == ["2024-04-mills.md"]
    assert library.search("mill").hits[0].record.image == "images/checks.png"


def test_a_picture_that_arrives_late_is_found_by_the_issue_that_missed_it(kept, read):
    archive, library = kept
    (archive / "images/lost.png").write_bytes(png(drawn("night")))
    library.archives.sync()

    assert read == [KITCHEN]
    assert figures_by_image(library)["images/lost.png"].status == "kept"


def test_a_picture_that_was_replaced_is_read_with_the_issues_that_show_it(kept, read):
    archive, library = kept
    (archive / PUMP).write_bytes(png(drawn("night")))
    before = figures_by_image(library)[PUMP]
    changes = only(library.archives.sync())

    assert (changes.changed, changes.changed_pictures) == ((BOATS_FILE,), 1)
    assert read == [BOATS_FILE]
    after = figures_by_image(library)[PUMP]
    assert (after.id, after.sha256 == before.sha256) == (before.id, False)


def test_a_moved_issue_keeps_its_figures_and_what_was_said_of_them(kept):
    archive, library = kept
    boat = figures_by_image(library)[BOAT]
    library.editing.correct(boat.id, caption="Our own dinghy")
    library.saved_searches.save("boats", like=[boat.id])
    (archive / "old").mkdir()
    (archive / BOATS_FILE).rename(archive / "old" / BOATS_FILE)
    shutil.copytree(archive / "images", archive / "old" / "images")
    changes = only(library.archives.sync())

    assert changes.moved == ((BOATS_FILE, f"old/{BOATS_FILE}"),)
    assert (changes.new, changes.gone) == ((), ())
    moved = library.browse.figure(boat.id)
    assert (moved.document, moved.caption) == (f"old/{BOATS_FILE}", "Our own dinghy")
    assert library.saved_searches.run("boats").saved_search.like == (boat.id,)
    assert library.archives.trash() == []


def test_another_issue_in_the_old_place_is_another_issue(kept):
    archive, library = kept
    boat = figures_by_image(library)[BOAT]
    (archive / BOATS_FILE).rename(archive / "moved.md")
    library.archives.sync()
    (archive / BOATS_FILE).write_text("# Trees\n\n![A tree](images/hive.png)\n")
    library.archives.sync()

    assert library.browse.figure(boat.id).document == "moved.md"
    assert len({issue.id for issue in library.browse.issues()}) == 4


def test_what_a_dry_run_tells_is_what_a_sync_does(kept):
    archive, library = kept
    post(archive, "2024-04-mills.md", "checks")
    (archive / STARS).unlink()
    (archive / BOATS_FILE).rename(archive / "moved.md")
    (archive / PUMP).write_bytes(png(drawn("sunset")))
    before = library.status()
    told = library.archives.sync(dry_run=True)

    assert library.status() == before
    assert only(told) == only(library.archives.sync())
    assert only(told).gone == (STARS,)


def test_an_issue_that_is_gone_can_be_brought_back_as_it_was(kept):
    archive, library = kept
    library.editing.correct(figures_by_image(library)[BOAT].id, caption="Our own dinghy")
    before, found = figures_by_image(library), library.search("dinghy").hits[0].id
    (archive / BOATS_FILE).unlink()
    library.archives.sync()

    [gone] = library.archives.trash()
    assert (gone.document, gone.title, gone.figures) == (BOATS_FILE, "Boats and pumps", 5)
    assert BOAT not in figures_by_image(library)
    assert found not in {hit.id for hit in library.search("dinghy").hits}

    library.archives.restore(gone.id[:8])
    assert figures_by_image(library) == before
    assert library.search("dinghy").hits[0].id == found
    library.archives.sync()
    assert figures_by_image(library) == before
    assert library.archives.trash() == []


def test_an_issue_that_comes_back_by_itself_is_the_same_and_leaves_the_trash(kept):
    archive, library = kept
    boat = figures_by_image(library)[BOAT]
    library.editing.correct(boat.id, caption="Our own dinghy")
    (archive / BOATS_FILE).rename(archive.parent / "aside.md")
    library.archives.sync()
    (archive.parent / "aside.md").rename(archive / BOATS_FILE)
    library.archives.sync()

    assert library.archives.trash() == []
    assert library.browse.figure(boat.id).caption == "Our own dinghy"
    with pytest.raises(QueryError, match=r"no issue .* in this list: explorer trash"):
        library.archives.restore(BOATS_FILE)


def test_after_thirty_days_an_issue_and_its_pictures_are_gone(kept, monkeypatch):
    archive, library = kept
    boat = figures_by_image(library)[BOAT]
    (archive / BOATS_FILE).unlink()
    library.archives.sync()
    assert library.browse.picture_path(boat.sha256, "original").exists()

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(UTC) + timedelta(days=31)

    monkeypatch.setattr("explorer.library.ingest.datetime", Later)
    library.archives.sync()

    assert library.archives.trash() == []
    assert not library.browse.picture_path(boat.sha256, "original").exists()
    assert library.browse.picture_path(
        figures_by_image(library)["images/tomatoes.png"].sha256, "original"
    ).exists()


def test_an_archive_that_is_not_there_today_loses_nothing(kept):
    archive, library = kept
    before = library.status().ledger
    archive.rename(archive.parent / "unplugged")
    [absent] = library.archives.sync().archives
    assert "does not exist" in absent.absent

    archive.mkdir()  # where a drive would be mounted
    [absent] = library.archives.sync().archives
    assert "contains no issues any more" in absent.absent
    assert library.status().ledger == before


def test_an_archive_can_be_forgotten_and_read_again(kept):
    archive, library = kept
    before = figures_by_image(library)
    library.archives.forget("mine")
    assert (library.browse.figures(), library.archives.sync().archives, len(library.archives.trash())) == (
        [],
        (),
        3,
    )

    library.archives.ingest([archive])
    assert figures_by_image(library) == before
    with pytest.raises(QueryError, match=r"no archive 'yours'\. Its archives: mine"):
        library.archives.forget("yours")


def test_a_watch_takes_in_a_new_issue_as_it_comes(kept):
    archive, library = kept
    reports = []
    watching = library.archives.watch()

    def listen():
        reports.append(next(watching))

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    time.sleep(1)  # by then it has looked once
    post(archive, "2024-04-mills.md", "checks")
    thread.join(30)

    assert only(reports[0]).new == ("2024-04-mills.md",)
    watching.close()


def test_a_library_in_its_archive_is_no_part_of_it(made_archive, tmp_path, read):
    archive = copied(made_archive, tmp_path / "mine")
    with Library.create(archive / "library") as library:
        library.archives.ingest([archive], encoder="lite")
        assert not [document for document in read if document.startswith("library")]
        assert ("skipped", "library", "is a library of the explorer") in [
            (line.kind, line.document, line.reason) for line in library.browse.problems()
        ]
        assert not library.archives.sync().is_changed

        with watch_archives([str(archive)]) as watch:
            library.archives.sync()
            time.sleep(0.5)
            assert not watch._changed.is_set()
            post(archive, "2024-04-mills.md", "checks")
            assert watch._changed.wait(10)


def test_one_figure_is_all_that_is_written_when_one_caption_changed(kept):
    archive, library = kept
    file = archive / BOATS_FILE
    file.write_text(file.read_text().replace("Throughput of the XR-7742", "Output of the XR-7742"))
    before = library._context.index_store.open().digests()
    library.archives.sync()
    after = library._context.index_store.open().digests()

    assert before.keys() == after.keys()
    changed = {id for id in after if after[id] != before[id]}
    assert changed == {figures_by_image(library)[PUMP].id}


def test_a_mailbox_that_nobody_touched_is_not_read_again(made_archive, tmp_path, read):
    archive = tmp_path / "letters"
    archive.mkdir()
    letter = (
        "From a@b Mon Jan  1 00:00:00 2024\nSubject: Number {}\nMessage-ID: <{}@b>\n"
        "Date: Mon, 1 Jan 2024 00:00:00\n\nWords {}.\n\n"
    )
    (archive / "news.mbox").write_text("".join(letter.format(n, n, n) for n in range(3)))
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([archive], encoder="lite")
        read.clear()
        assert not library.archives.sync().is_changed
        assert read == []

        with (archive / "news.mbox").open("a") as file:
            file.write(letter.format(9, 9, 9))
        [new] = only(library.archives.sync()).new
        assert (new, read) == (read[0], [new])
        assert len(library.browse.issues()) == 4
