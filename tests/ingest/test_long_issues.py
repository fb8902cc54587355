"""An issue as long as several books: readable at once, complete after `enrich`, and it is told what is left."""

import contextlib

import pytest
from library.made_archive import drawn, png
from typer.testing import CliRunner

from explorer.catalog.store import Catalog
from explorer.cli import command_line
from explorer.ingest import issue_contents
from explorer.ingest.issue_contents import MAX_FIGURES_WITH_REGIONS, contents_of
from explorer.library.library import Library

PLACES = ("harbour", "orchard", "quarry", "glacier", "viaduct", "windmill", "lagoon", "foundry")


@pytest.fixture
def short_limits(monkeypatch):
    """A book of 20,000 characters is long, and 2,000 of them are encoded at once."""
    monkeypatch.setattr(issue_contents, "LONG_CHARS", 20_000)
    monkeypatch.setattr(issue_contents, "FIRST_CHARS", 2_000)


@pytest.fixture
def library(tmp_path, short_limits):
    archive = tmp_path / "archive"
    archive.mkdir()
    sections = [f"## The {place}\n\n{f'Nobody goes to the {place} in winter. ' * 150}\n" for place in PLACES]
    (archive / "book.md").write_text("# The book\n\n" + "\n".join(sections))
    (archive / "letter.md").write_text("# A letter\n\nThe ship of my uncle sank before the reef.\n")
    with Library.create(tmp_path / "library") as library:
        yield library


def legs_of(library, words, document):
    """By what ways of searching an item of the document is found."""
    hits = library.search(words, kind="item").hits
    return next((set(hit.why) for hit in hits if hit.record.document == document), set())


def told(library):
    """What a search says, the same for equal indexes."""
    hits = library.search("a place by the water", kind="item").hits
    return [(hit.record.heading, round(hit.score, 4), sorted(hit.why)) for hit in hits]


def test_what_is_put_off_is_told_and_found_by_its_words(library, tmp_path):
    report = library.archives.ingest([tmp_path / "archive"], encoder="lite")
    assert report.items == 9 + 1
    assert report.put_off == library.archives.pending_texts() == 8
    assert "terms" in legs_of(library, "windmill", "book.md")
    assert "sentence" not in legs_of(library, "windmill", "book.md")


def test_the_command_line_names_what_is_put_off_and_what_encodes_it(library, tmp_path):
    def explorer(verb, *arguments):
        where = ("--library", str(library.path))
        return CliRunner().invoke(command_line(), [verb, *map(str, arguments), *where]).stdout

    told_by_ingest = explorer("ingest", tmp_path / "archive", "--encoder", "lite")
    assert "8 texts of long issues are found only by exact words so far: explorer enrich" in told_by_ingest
    assert "8 texts of long issues" in explorer("enrich")
    assert "put off" not in explorer("ingest", tmp_path / "archive")


def test_a_picture_that_an_issue_shows_all_the_time_is_looked_at_in_parts_twenty_times(tmp_path):
    (tmp_path / "boat.png").write_bytes(png(drawn("boat")))
    shown = "".join(
        f"![Figure {number}. A boat.](boat.png)\n\n" for number in range(MAX_FIGURES_WITH_REGIONS + 5)
    )
    (tmp_path / "book.md").write_text(f"# Boats\n\n{shown}")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([tmp_path], encoder="lite")
        figures = library.browse.figures()
        with contextlib.closing(Catalog(library.path / "catalog.sqlite")) as catalog:
            repeated = contents_of(figures[0].issue_id, catalog).repeated
        assert len(figures) == MAX_FIGURES_WITH_REGIONS + 5
        assert {figure.order for figure in figures if figure.id in repeated} == set(
            range(MAX_FIGURES_WITH_REGIONS, MAX_FIGURES_WITH_REGIONS + 5)
        )
        assert len(library.search(picture=tmp_path / "boat.png", limit=50).hits) == 1


def test_other_issues_are_encoded_whole(library, tmp_path):
    library.archives.ingest([tmp_path / "archive"], encoder="lite")
    assert "sentence" in legs_of(library, "shipwreck", "letter.md")


def test_enrich_encodes_what_was_put_off(library, tmp_path):
    library.archives.ingest([tmp_path / "archive"], encoder="lite")
    report = library.archives.enrich()
    assert report.encoded == 8
    assert library.archives.pending_texts() == 0
    assert {"sentence", "terms"} <= legs_of(library, "windmill", "book.md")
    assert library.archives.enrich().encoded == 0


def test_after_enrich_the_index_is_what_it_is_without_limits(library, tmp_path, monkeypatch):
    library.archives.ingest([tmp_path / "archive"], encoder="lite")
    library.archives.enrich()
    enriched = told(library)
    monkeypatch.setattr(issue_contents, "LONG_CHARS", 10**9)
    with Library.create(tmp_path / "at-once") as at_once:
        at_once.archives.ingest([tmp_path / "archive"], encoder="lite")
        assert told(at_once) == enriched


def test_stopped_in_the_middle_it_goes_on_where_it_was(library, tmp_path, monkeypatch):
    library.archives.ingest([tmp_path / "archive"], encoder="lite")
    monkeypatch.setattr(issue_contents, "TEXTS_AT_ONCE", 1)

    class Stops:
        """Progress that is interrupted after three pieces of work."""

        def track(self, work, what):
            def three():
                yield from work[:3]
                raise KeyboardInterrupt

            return contextlib.nullcontext(three() if what == "Encoding long issues" else iter(work))

    with pytest.raises(KeyboardInterrupt):
        library.archives.enrich(progress=Stops())
    assert library.archives.enrich().encoded == 5
