"""Archives that nobody on the project wrote read well, where they are on this machine."""

import importlib
import json
from pathlib import Path

import pytest

from explorer.archive.reader import read_issues
from explorer.archive.storage.unpacked import open_archive

ROOT = Path(__file__).resolve().parents[2]
# Never lower than the floor of the project; where reading is better already, it stays so.
FLOORS = {
    "18f-blog": (0.98, 0.98, 0.99),
    "sciam-supplement": (0.99, 0.99, 0.99),
    "scientific-python-blog": (0.99, 0.99, 0.99),
    "ml-monthly-text": (13 / 14, 1.0, 1.0),
}


@pytest.fixture
def extraction(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.extraction")


@pytest.mark.parametrize("name", FLOORS)
def test_figures_and_captions_are_found(extraction, real_archives, name):
    score = extraction.score_archive(real_archives / name)

    assert score.true > 0
    for reached, floor in zip((score.precision, score.recall, score.captions), FLOORS[name], strict=True):
        assert reached >= floor


def test_the_items_of_broken_text_read_clean(real_archives):
    folder = real_archives / "ml-monthly-text"
    wanted = json.loads((folder / "documents.json").read_text("utf-8"))["documents"]
    read = {issue.document: issue for issue in read_issues(open_archive(folder / "archive"))}

    for document, says in wanted.items():
        headings = [item.heading for item in read[document].items if item.heading]
        assert read[document].metadata.number == says["number"]
        assert [heading for heading in says["items"] if heading not in headings] == []


def test_a_score_counts_what_is_missed_false_and_doubled(extraction):
    from explorer.archive.model import Figure, Status

    def figure(image, caption=None):
        return ("a.md", Figure(0, image, Status.KEPT, caption))

    rows = [
        {"document": "a.md", "image": "1.png", "caption": "A *mill*."},
        {"document": "a.md", "image": "2_th.png", "full": "2.png", "caption": None},
        {"document": "a.md", "image": "3.png", "caption": "Lost."},
        {"document": "a.md", "image": "t.png", "role": "masthead", "caption": None},
    ]
    read = [figure("1.png", "A mill"), figure("1.png"), figure("2.png"), figure("t.png"), figure("x.png")]

    assert extraction.compare(rows, read) == extraction.Score(
        true=3, found=2, false=2, captioned=2, captions_right=1
    )
