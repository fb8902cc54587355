"""The sample archive reads as the list beside it says."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from explorer.archive.reader import read_issues
from explorer.archive.storage.unpacked import open_archive

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sample-archive"
TRUTH = SAMPLE.parent / "sample-archive-truth.jsonl"
# Reading finds the file of a torn picture; that it cannot be opened shows later.
AT_READING = {"unreadable": "kept"}


@pytest.fixture(scope="module")
def issues():
    return {issue.document: issue for issue in read_issues(open_archive(SAMPLE))}


def truth():
    rows = defaultdict(list)
    for line in TRUTH.read_text("utf-8").splitlines():
        row = json.loads(line)
        rows[row["document"]].append(row)
    return rows


@pytest.mark.parametrize(("document", "rows"), truth().items(), ids=truth().keys())
def test_every_figure_of_the_sample_is_read(issues, document, rows):
    read = [
        (one.order, one.image, one.caption, one.credit, one.alt, one.status.value)
        for one in issues[document].figures
    ]

    assert read == [
        (
            row["order"],
            row["image"],
            *(row[key] or None for key in ("caption", "credit", "alt")),
            AT_READING.get(row["status"], row["status"]),
        )
        for row in rows
    ]


def test_every_issue_of_the_sample_says_title_number_date_and_author(issues):
    assert set(issues) == set(truth())
    assert sorted(issue.metadata.number for issue in issues.values()) == list(range(1, 13))
    for issue in issues.values():
        data = issue.metadata
        assert data.title, issue.document
        assert data.date, issue.document
        assert data.author, issue.document
        assert data.date.startswith(("2024", "2023")), issue.document


def test_letters_without_pictures_keep_their_captions(issues):
    letter = issues["text/issue-09.txt"]

    assert {figure.image for figure in letter.figures} == {None}
    assert (letter.metadata.date, letter.metadata.author) == ("2024-09-06", "Tom Okafor")
