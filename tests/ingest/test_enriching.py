"""The second pass: words that only stand in pictures find their figures."""

import pytest
from filelock import FileLock
from library.made_archive import copied, plain
from library.signs import write_signs

import images
from explorer.errors import LibraryError
from explorer.library.library import Library
from explorer.representation import fields


@pytest.fixture(scope="module")
def signs(tmp_path_factory):
    """An archive of signs and its library before and after its pictures were read; nobody writes to them."""
    root = tmp_path_factory.mktemp("signs")
    archive = write_signs(root / "archive")
    with Library.create(root / "unread") as library:
        library.archives.ingest([archive], encoder="lite")
    copied(root / "unread", root / "read")
    with Library.open(root / "read") as library:
        report = library.archives.enrich()
    return root, report


@pytest.fixture
def read(signs, tmp_path):
    with Library.open(copied(signs[0] / "read", tmp_path / "library")) as library:
        yield library


@pytest.fixture
def unread(signs, tmp_path):
    with Library.open(copied(signs[0] / "unread", tmp_path / "library")) as library:
        yield library


@pytest.fixture
def count_readings(monkeypatch):
    """Replaces the reader by one that finds three words in every picture; how often it was asked."""
    asked = []

    def read_text(image):
        asked.append(image)
        return (images.Line("three made words", 0.95, (0.0, 0.0, 1.0, 1.0)),)

    monkeypatch.setattr(images, "read_text", read_text)
    return asked


def best(library, words):
    return library.search(words).hits[0]


def test_the_report_counts_pictures_and_those_with_text(signs):
    _, report = signs
    assert (report.read, report.with_text, report.unread, report.generation) == (3, 2, 0, 2)


def test_words_that_stand_only_in_the_picture_find_the_figure(read):
    hit = best(read, "zeppelin hangar")

    assert hit.record.image == "images/hangar.png"
    assert {"ocr", "terms"} <= set(hit.why)
    assert {word for words in hit.matched.values() for word in words} == {"zeppelin", "hangar"}


def test_what_the_words_in_the_picture_mean_finds_the_figure(read):
    hit = best(read, "money spent on wages")

    assert hit.record.image == "images/budget.png"
    assert "ocr" in hit.why
    assert "terms" not in hit.why


def test_a_figure_without_text_lacks_the_leg(read):
    found = {hit.record.image: hit.why for hit in read.search("third plate").hits}
    assert "ocr" not in found["images/plain.png"]


def test_the_lines_of_a_picture_can_be_looked_at(read):
    figure = next(one for one in read.browse.figures() if one.image == "images/hangar.png")

    assert read.browse.text_in(figure.sha256)[0].text == "The zeppelin hangar"
    assert figure.picture_text.startswith("The zeppelin hangar\n")
    assert read.browse.ocr_counts() == (2, 0)


def test_a_second_enrich_reads_nothing_and_keeps_the_generation(read, count_readings):
    report = read.archives.enrich()

    assert (report.read, report.unread, report.generation) == (0, 0, 2)
    assert not count_readings


def test_an_ingest_afterwards_keeps_and_uses_what_was_read(signs, read, tmp_path, count_readings):
    archive = copied(signs[0] / "archive", tmp_path / "archive")
    issue = archive / "issue.md"
    issue.write_text(issue.read_text().replace("First plate", "A plate"), encoding="utf-8")
    (archive / "images" / "new.png").write_bytes(plain("orange"))
    (archive / "new.md").write_text("# New\n\n![A new plate](images/new.png)\n", encoding="utf-8")

    report = read.archives.ingest([archive])

    assert report.unread == 1
    assert best(read, "zeppelin hangar").record.alt == "A plate"
    assert not count_readings


def test_a_limit_reads_so_many_and_the_next_goes_on(unread, count_readings):
    assert (unread.archives.enrich(limit=1).read, len(count_readings)) == (1, 1)
    assert unread.browse.ocr_counts() == (1, 2)
    assert unread.archives.enrich().read == 2
    assert unread.browse.ocr_counts() == (3, 0)


def test_killed_in_the_middle_it_goes_on_where_it_was(unread, monkeypatch, count_readings):
    counted = images.read_text

    def killed(image):
        if len(count_readings) == 2:
            raise KeyboardInterrupt
        return counted(image)

    monkeypatch.setattr(images, "read_text", killed)
    with pytest.raises(KeyboardInterrupt):
        unread.archives.enrich()
    monkeypatch.setattr(images, "read_text", counted)

    assert unread.archives.enrich().read == 1
    assert best(unread, "three made words").why.keys() >= {"ocr", "terms"}


def test_now_and_then_what_was_read_becomes_searchable_while_reading_goes_on(
    unread, monkeypatch, count_readings
):
    monkeypatch.setattr("explorer.library.ingest.INDEX_EVERY_SECONDS", 0.0)
    assert unread.archives.enrich().generation > 2


def test_pictures_are_read_while_another_program_ingests(signs, unread, count_readings):
    class Meanwhile:
        def track(self, work, what):
            from contextlib import nullcontext

            if what == "Reading pictures":
                with Library.open(unread.path) as other:
                    other.archives.ingest([signs[0] / "archive"])
                    with pytest.raises(LibraryError, match=r"being read already.*Wait"):
                        other.archives.enrich()
            return nullcontext(iter(work))

    assert unread.archives.enrich(progress=Meanwhile()).read == 3


def test_making_the_index_waits_for_an_ingest_and_says_so(unread, count_readings):
    lock = FileLock(unread.path / "ingest.lock", thread_local=False)
    lock.acquire()
    told = []

    def tell(line):
        told.append(line)
        lock.release()

    assert unread.archives.enrich(tell=tell).read == 3
    assert "Waiting until it has finished" in told[0]


def test_a_picture_whose_file_is_gone_is_kept_as_without_text(unread, count_readings):
    figure = unread.browse.figures()[0]
    unread.browse.picture_path(figure.sha256, "original").unlink()

    assert unread.archives.enrich().with_text == 2


def test_a_library_made_by_an_earlier_version_is_indexed_anew(signs, tmp_path, monkeypatch, count_readings):
    with Library.create(tmp_path / "library") as library:
        with monkeypatch.context() as before:
            before.setattr(fields, "FIELDS_VERSION", fields.FIELDS_VERSION - 1)
            library.archives.ingest([signs[0] / "archive"], encoder="lite")
        library.archives.enrich(limit=1)
        assert library.search("plate").hits


def test_an_empty_library_is_told_how_to_begin(tmp_path):
    with (
        Library.create(tmp_path / "library") as library,
        pytest.raises(LibraryError, match="explorer ingest ARCHIVE"),
    ):
        library.archives.enrich()


def test_without_a_reader_it_ends_and_keeps_nothing(unread, monkeypatch):
    def missing(image):
        raise images.ReaderMissingError("no reader; pip install rapidocr")

    monkeypatch.setattr(images, "read_text", missing)
    with pytest.raises(LibraryError, match="pip install rapidocr"):
        unread.archives.enrich()
    assert unread.browse.ocr_counts() == (0, 3)
