from __future__ import annotations

import shutil
import threading
import time

import pytest
from library.signs import write_signs
from page_reading import LOST_PLATES, SAMPLE, html_of, sentences

from explorer.library.ingest import ArchiveIngest
from explorer.library.library import Library
from explorer.web.state.ingest_job import ingest_job_of


def wait_for_end(app, seconds=120):
    """Looks again, as the page does by itself each second, until the archive is read."""
    until = time.monotonic() + seconds
    while any((button.key or "").endswith("_stop") for button in app.button):
        assert time.monotonic() < until, "still reading"
        time.sleep(0.3)
        app.run()
    return app


def test_counts_and_ledger_are_shown(open_page, library):
    app = open_page("library")
    assert not app.exception
    shown, ledger = html_of(app), library.browse.ledger()
    assert f"<dt>figures</dt><dd>{ledger.figures}</dd>" in shown
    assert f'<th scope="row">missing</th><td>{ledger.missing}</td>' in shown
    assert f"<td>{ledger.seen}</td>" in shown
    assert "<dt>Encoder</dt><dd>lite</dd>" in shown


def test_problems_are_listed_one_by_one(open_page):
    listed = open_page("library").dataframe[0].value
    assert sum(listed["what"] == "missing") >= LOST_PLATES


def test_a_path_that_is_not_there_is_told_and_does_no_harm(open_page, tmp_path):
    app = open_page("library", library=tmp_path / "new")
    app.text_input(key="archive_path").set_value(str(tmp_path / "no_such [folder](x)"))
    app.button(key="archive_read").click().run()
    wait_for_end(app)
    assert not app.exception
    assert len(app.error) == 1
    assert "no_such [folder](x)" in sentences(app)[0]
    assert list(tmp_path.iterdir()) == []  # no folder is left of a library into which nothing was read


def test_no_path_is_told(open_page, tmp_path):
    app = open_page("library", library=tmp_path / "new")
    app.button(key="archive_read").click().run()
    assert "Enter the path" in app.warning[0].value


def test_an_archive_is_read_from_the_page(open_page, tmp_path):
    archive = tmp_path / "archive"
    archive.mkdir()
    shutil.copy(SAMPLE / "images" / "summits.png", archive)
    (archive / "issue.md").write_text(
        "# One\n\n![Five summits](summits.png)\n\n*All green.*\n", encoding="utf-8"
    )
    app = open_page("library", library=tmp_path / "library")
    app.text_input(key="archive_path").set_value(str(archive))
    app.button(key="archive_read").click().run()
    wait_for_end(app)
    app.run()
    assert not app.exception
    assert not app.error
    assert "Now in the library: 1 issue, 1 figure, 1 item." in app.success[0].value
    assert "<dt>figures</dt><dd>1</dd>" in html_of(app)


def test_a_visitor_from_elsewhere_cannot_name_paths(open_page):
    app = open_page("library", at_home=False)
    assert [box.key for box in app.text_input] == []
    assert "Add an archive" not in {header.value for header in app.header}


@pytest.mark.parametrize("page", ["search", "similar", "captions", "library", "figure", "compare", "saved"])
def test_every_field_has_a_label(open_page, page):
    app = open_page(page)
    fields = [*app.text_input, *app.selectbox, *app.number_input, *app.segmented_control, *app.file_uploader]
    assert all(field.label for field in fields)


def test_the_text_in_the_pictures_is_read_from_the_page(open_page, tmp_path):
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([write_signs(tmp_path / "archive")], encoder="lite")
    app = open_page("library", library=tmp_path / "library")
    assert "3 pictures may contain text that has not been read yet" in app.caption[0].value

    app.button(key="texts_read").click().run()
    wait_for_end(app)
    app.run()

    assert not app.exception
    assert "Read 3 pictures" in app.success[0].value
    assert app.caption[0].value == "2 pictures contain text. It is searchable."
    assert "texts_read" not in [button.key for button in app.button]


@pytest.mark.parametrize(
    ("place", "start", "header"),
    [
        ("texts", "start_enrich", "Text in the pictures"),
        ("changes", "start_sync", "Changes in the archives"),
        ("archive", "start", "Add an archive"),
    ],
)
def test_progress_is_told_where_the_work_was_asked_for(
    open_page, library_folder, tmp_path, monkeypatch, place, start, header
):
    ended = threading.Event()

    def slow(self, *args, progress, **kwargs):
        with progress.track(range(2), "Reading") as work:
            for _ in work:
                ended.wait(30)

    for method in ("ingest", "enrich", "sync"):
        monkeypatch.setattr(ArchiveIngest, method, slow)
    reading = ingest_job_of(library_folder.absolute())
    getattr(reading, start)(*([tmp_path] if start == "start" else []))
    try:
        shown = open_page("library")
        assert [button.key for button in shown.button if button.label == "Stop"] == [f"{place}_stop"]
        parts = [part for part in shown.main if part.type in ("header", "button", "progress")]
        under = [
            part.value
            for part in parts[: [part.type for part in parts].index("progress")]
            if part.type == "header"
        ]
        assert under[-1] == header
    finally:
        ended.set()
        reading.wait(30)


def test_a_visitor_from_elsewhere_has_no_button_to_read_texts(open_page):
    app = open_page("library", at_home=False)
    assert "texts_read" not in [button.key for button in app.button]
