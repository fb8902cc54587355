"""An ingest takes in what changed and nothing else, and whatever cannot be read costs one line."""

import json
import os
import sqlite3
from contextlib import closing

import pytest
from filelock import FileLock
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import REMOTE, copied, drawn, figures_by_image, plain, png, write_archive

from explorer.catalog.records import Selection
from explorer.errors import ArchiveError, LibraryError, WrongEncoderError
from explorer.library.library import Library


@pytest.fixture
def fake(monkeypatch):
    """The encoder of these tests: it counts what it is given."""
    fake = FakeEncoder("fake")
    fake.meaning = use_fakes(monkeypatch, fake, FakeEncoder("other"))
    return fake


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """A library of the made archive, made with the counting encoder once for all."""
    folder = tmp_path_factory.mktemp("pristine")
    with pytest.MonkeyPatch.context() as patch:
        use_fakes(patch, FakeEncoder("fake"))
        with Library.create(folder / "library") as library:
            library.archives.ingest([write_archive(folder / "archive")], encoder="fake")
    return folder


@pytest.fixture
def archive(pristine, tmp_path):
    return copied(pristine / "archive", tmp_path / "archive")


@pytest.fixture
def made(pristine, tmp_path, fake, archive):
    """A copy of that library, which has read this test's copy of the archive."""
    folder = copied(pristine / "library", tmp_path / "library")
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as database, database:
        database.execute("UPDATE archive SET location = ?", (str(archive),))
    with Library.open(folder) as library:
        yield library


def digests(library):
    return library._context.index_store.open().digests()


# --- what an ingest makes -------------------------------------------------------------------------------


def test_the_report_counts_what_is_in_the_library(library):
    ledger = library.browse.ledger()

    assert (ledger.issues, ledger.figures, ledger.pictures) == (3, 12, 7)
    assert (ledger.kept, ledger.missing, ledger.remote, ledger.unreadable) == (8, 2, 1, 1)
    assert ledger.problems == 1
    assert library.status().points == ledger.figures + ledger.items


def test_a_bad_picture_costs_one_line_and_stops_nothing(library):
    unreadable = [line for line in library.browse.problems() if line.kind == "unreadable"]

    assert [(line.document, line.image) for line in unreadable] == [("2024-02-boats.md", "images/broken.png")]
    assert "not a known picture format" in unreadable[0].reason
    assert figures_by_image(library)["images/broken.png"].status == "unreadable"


def test_a_picture_too_small_to_see_stands_in_the_ledger(library):
    assert library.browse.ledger().left_out == {"pictogram": 1}  # it stands in a sentence
    assert "images/tick.png" not in figures_by_image(library)


def test_a_linked_thumbnail_keeps_the_larger_picture(library):
    shown = figures_by_image(library)["images/map-small.png"]

    assert (shown.width, shown.height) == (320, 240)


def test_a_linked_picture_that_is_torn_leaves_the_thumbnail(tmp_path, fake, archive):
    (archive / "images" / "map-large.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"torn" * 500)

    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([archive], encoder="fake")

        shown = figures_by_image(library)["images/map-small.png"]
        assert (shown.status, shown.width) == ("kept", 80)


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root reads every file")
def test_a_linked_picture_that_may_not_be_read_leaves_the_thumbnail(tmp_path, fake, archive):
    (archive / "images" / "map-large.png").chmod(0)

    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([archive], encoder="fake")
        assert figures_by_image(library)["images/map-small.png"].width == 80


def test_one_picture_shown_twice_is_kept_once(library):
    shown = [one for one in library.browse.figures() if one.image == "images/tomatoes.png"]

    assert len(shown) == 2
    assert len({one.sha256 for one in shown}) == 1
    assert library.browse.figures(Selection(sha256=shown[0].sha256)) == shown


def test_a_remote_picture_is_recorded_and_not_fetched(library):
    shown = figures_by_image(library)[REMOTE]

    assert (shown.status, shown.sha256, shown.caption) == ("remote", None, "A view from far away")


def test_a_bad_document_costs_one_line(made, archive):
    (archive / "torn.html").write_bytes(b"\x00\x01\x02" * 100)

    report = made.archives.ingest([archive])

    assert report.issues == 3
    assert [(line.kind, line.document) for line in made.browse.problems()][:1] == [("issue", "torn.html")]


@pytest.mark.parametrize(
    "title",
    [
        pytest.param(r'"half a \uD800 letter"', id="half a surrogate pair"),
        pytest.param('"Issue #99999999999999999999999"', id="a number no database holds"),
        pytest.param("99999999999999999999999", id="a title that is a number"),
    ],
)
def test_odd_front_matter_stops_nothing(made, archive, title):
    (archive / "odd.md").write_text(
        f"---\ntitle: {title}\nnumber: 99999999999999999999999\n---\n\n# Odd\n\nText.\n"
    )

    assert (
        made.archives.ingest([archive]).issues
        + len([it for it in made.browse.problems() if it.kind == "issue"])
        == 4
    )


def test_an_archive_without_documents_is_an_empty_library(tmp_path, fake):
    (tmp_path / "empty").mkdir()
    with Library.create(tmp_path / "library") as library:
        report = library.archives.ingest([tmp_path / "empty"], encoder="fake")

        assert (report.issues, report.figures) == (0, 0)
        assert library.search("anything").hits == ()


def test_an_archive_that_is_not_there_changes_nothing(made, tmp_path):
    with pytest.raises(ArchiveError, match="does not exist"):
        made.archives.ingest([tmp_path / "nowhere"])
    assert made.browse.ledger().issues == 3


# --- reading again --------------------------------------------------------------------------------------


def test_reading_again_changes_nothing(made, archive, fake):
    figures, before = made.browse.figures(), digests(made)

    report = made.archives.ingest([archive])

    assert report.generation == 1
    assert made.browse.figures() == figures
    assert digests(made) == before
    assert (fake.pictures, fake.meaning.texts) == (0, [])


def test_only_what_is_new_is_embedded(made, archive, fake):
    boats = archive / "2024-02-boats.md"
    boats.write_text(boats.read_text() + "\n![A brand new kite](images/kite.png)\n\nIt flew well.\n")
    (archive / "images" / "kite.png").write_bytes(png(drawn("sunset")))
    before = digests(made)

    report = made.archives.ingest([archive])

    assert (report.generation, report.figures) == (2, 13)
    assert fake.pictures == 1
    assert any("brand new kite" in text for text in fake.meaning.texts)
    assert not any("Rainfall" in text for text in fake.meaning.texts)
    kept = {point: digest for point, digest in digests(made).items() if before.get(point) == digest}
    assert len(kept) >= len(before) - 3  # the item that grew and the figures of its end


def test_a_new_caption_embeds_no_picture(made, archive, fake):
    boats = archive / "2024-02-boats.md"
    boats.write_text(boats.read_text().replace("A sailing boat", "A rowing boat"))

    assert made.archives.ingest([archive]).generation == 2

    assert fake.pictures == 0
    (rowing,) = [hit for hit in made.search("rowing").hits if "terms" in hit.why]
    assert rowing.record.alt == "A rowing boat crossing the harbour"


def test_a_changed_picture_under_the_same_address_is_looked_at_again(made, archive, fake):
    (archive / "images" / "boat.png").write_bytes(plain("blue"))
    before = figures_by_image(made)["images/boat.png"]

    made.archives.ingest([archive])

    after = figures_by_image(made)["images/boat.png"]
    assert after.id == before.id
    assert after.sha256 != before.sha256
    assert fake.pictures == 1


def test_a_deleted_issue_disappears_from_catalog_and_index(made, archive):
    (archive / "2023-11-stars.txt").unlink()

    report = made.archives.ingest([archive])

    assert report.issues == 2
    assert "2023-11-stars.txt" not in {one.document for one in made.browse.figures()}
    assert set(digests(made)) == {one.id for one in [*made.browse.figures(), *made.browse.items()]}


def test_a_document_that_cannot_be_read_for_once_keeps_its_earlier_reading(made, archive):
    stars = archive / "2023-11-stars.txt"
    text = stars.read_bytes()
    stars.write_bytes(b"\x00" * 100)
    assert made.archives.ingest([archive]).issues == 3
    assert made.browse.ledger().problems == 2

    stars.write_bytes(text)
    made.archives.ingest([archive])

    assert made.browse.ledger().problems == 1  # its line goes when it can be read again


def test_a_mended_picture_is_no_problem_any_more(made, archive):
    (archive / "images" / "broken.png").write_bytes(png(drawn("checks")))

    assert made.archives.ingest([archive]).problems == 0
    assert figures_by_image(made)["images/broken.png"].status == "kept"


def test_two_archives_live_in_one_library(made, archive, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "note.md").write_text("# A note\n\n![A kite](kite.png)\n")

    report = made.archives.ingest([other])

    assert (report.issues, report.figures) == (4, 13)
    assert [name for name, _ in made.status().archives] == ["archive", "other"]


# --- encoders and the index -----------------------------------------------------------------------------


def test_another_encoder_embeds_again_without_reading_again(made, fake, monkeypatch):
    monkeypatch.setattr(
        "explorer.library.ingest.read_archive", lambda *_: pytest.fail("the archive was read")
    )
    figures = made.browse.figures()

    report = made.archives.ingest([], encoder="other")

    assert (report.encoder, report.generation) == ("other", 1)  # the first of an index of its own
    assert made.browse.figures() == figures
    assert made.status().encoder == "other"
    assert made.search("tomatoes").hits  # and the open library searches with it
    made.archives.ingest([])
    assert made.status().encoder == "other"  # it is the library's own from now on


def test_going_back_to_an_encoder_uses_the_vectors_it_left(made, fake):
    made.archives.ingest([], encoder="other")

    assert made.archives.ingest([], encoder="fake").generation == 1  # its index is still there
    assert fake.pictures == 0


def test_an_encoder_that_changed_its_weights_is_refused(made, fake):
    fake.fingerprint = "fake-2"

    with pytest.raises(WrongEncoderError, match="changed since this index was made"):
        made.search("tomatoes")


def test_a_crash_before_the_index_of_another_encoder_is_made_leaves_the_library_with_its_own(
    made, fake, monkeypatch
):
    monkeypatch.setattr(
        "explorer.library.index_building.build_index", lambda *_, **__: (_ for _ in ()).throw(MemoryError)
    )
    with pytest.raises(MemoryError):
        made.archives.ingest([], encoder="other")
    monkeypatch.undo()
    use_fakes(monkeypatch, fake, FakeEncoder("other"))

    assert made.search("tomatoes").hits  # by the generation that is there, with its own encoder
    assert made.archives.ingest([]).encoder == "fake"
    assert made.archives.ingest([], encoder="other").encoder == "other"


def test_rebuild_makes_the_index_anew_and_says_the_same(made, archive, fake):
    before = digests(made)

    assert made.archives.ingest([archive], rebuild=True).generation == 2
    assert digests(made) == before
    assert fake.pictures == 0


def test_a_damaged_index_is_rebuilt_from_the_catalog(made, archive):
    before = digests(made)
    for file in (made.path / "index" / "generations").rglob("*"):
        if file.is_file():
            file.write_bytes(b"")

    made.archives.ingest([archive], rebuild=True)

    assert digests(made) == before


def test_a_second_ingest_at_the_same_time_is_refused(made, archive):
    with (
        FileLock(made.path / "ingest.lock"),
        pytest.raises(
            LibraryError, match=r"Another ingest or enrich is writing .* Wait until it has finished"
        ),
    ):
        made.archives.ingest([archive])
    made.archives.ingest([archive])


def test_progress_is_told_in_pieces_of_work(made, archive):
    told = []

    class Heard:
        def track(self, work, what):
            from contextlib import nullcontext

            told.append((what, len(work)))
            return nullcontext(iter(work))

    made.archives.ingest([archive], rebuild=True, progress=Heard())

    # Of the three issues, two had a picture that could not be read: perhaps it can now.
    assert told == [("Reading issues", 2), ("Indexing issues", 3)]


def test_the_manifest_remembers_the_encoder(made):
    assert json.loads((made.path / "library.json").read_text())["encoder"] == "fake"
