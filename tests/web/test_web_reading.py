from __future__ import annotations

import pytest

from explorer.errors import LibraryError
from explorer.library.ingest import ArchiveIngest
from explorer.web.components.job_progress import sentence
from explorer.web.state import ingest_job
from explorer.web.state.background_job import Step
from explorer.web.state.ingest_job import IngestJob


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    folder.mkdir()
    for n in range(3):
        (folder / f"{n}.md").write_text(
            f"# Issue {n}\n\nFigure 1: The plate of issue {n}.\n", encoding="utf-8"
        )
    return folder


def test_a_mistake_is_kept_as_its_sentence(tmp_path):
    one = IngestJob(tmp_path / "library")
    one.start(tmp_path / "nothing")
    one.wait(60)
    assert not one.is_running
    assert "nothing" in one.error


def test_what_nobody_expected_is_a_sentence_and_a_line_in_the_log(tmp_path, archive, monkeypatch, caplog):
    def ingest(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(ArchiveIngest, "ingest", ingest)
    one = IngestJob(tmp_path / "library")
    one.start(archive)
    one.wait(60)
    assert one.error == ingest_job.UNEXPECTED
    assert "secret detail" in caplog.text


def test_it_stops_when_asked_and_one_reads_at_a_time(tmp_path, archive, monkeypatch):
    one = IngestJob(tmp_path / "library")

    def ingest(self, archives, *, progress, tell):
        with progress.track(range(1000), "Counting") as work:
            for number in work:
                if number == 2:
                    with pytest.raises(LibraryError, match="already being updated"):
                        one.start(archive)
                    one.stop()

    monkeypatch.setattr(ArchiveIngest, "ingest", ingest)
    one.start(archive)
    one.wait(60)
    assert one.error == ingest_job.STOPPED
    assert (one.step.task, one.step.done, one.step.total) == ("Counting", 2, 1000)


def test_the_remaining_time_is_that_of_the_parts_that_are_done():
    assert Step("Reading issues", 0, 10, 0.0).remaining_seconds is None
    assert Step("Reading issues", 2, 10, 5.0).remaining_seconds == 20
    assert sentence(Step("Reading issues", 2, 10, 5.0)) == "Reading issues: 2 of 10, about 20 s left"
    assert (
        sentence(Step("Reading issues", 20, 1020, 60.0)) == "Reading issues: 20 of 1,020, about 50 min left"
    )
