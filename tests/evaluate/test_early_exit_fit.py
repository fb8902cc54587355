"""The early exit is fitted to a library: the risk decides, and the searches of the library use the result."""

from __future__ import annotations

import json
from math import inf

import pytest
from search.test_geometry import drawn

from explorer.evaluate import early_exit
from explorer.evaluate.early_exit import CLOSENESS, fitted_exit, modified_pictures, upper_bound
from explorer.library.library import Library
from explorer.library.search_tuning import fitted_exit_rule, measured_gains

QUERIES = 320


def first_hits(differing_at):
    """First hits of all queries: `differing_at` has the number of those that differ, by closeness."""
    return [
        ["full", *("other" if query < differing_at.get(closeness, 0) else "full" for closeness in CLOSENESS)]
        for query in range(QUERIES)
    ]


def test_the_highest_closeness_below_the_first_that_is_too_risky_is_taken():
    fitted = fitted_exit(first_hits({0.35: 3, 0.4: 0}))

    assert fitted.closeness == 0.3
    assert (fitted.queries, fitted.differing) == (QUERIES, 0)
    assert fitted.bound == pytest.approx(1 - 0.05 ** (1 / QUERIES))


def test_if_even_the_lowest_closeness_is_too_risky_all_look_alikes_are_compared():
    assert fitted_exit(first_hits({0.0: 30})).closeness is None


def test_too_few_queries_show_nothing():
    assert fitted_exit(first_hits({})[:100]).closeness is None


def test_the_bound_holds_what_clopper_and_pearson_tabulate():
    assert upper_bound(0, 299) == pytest.approx(0.00997, abs=1e-5)
    assert upper_bound(1, 100) == pytest.approx(0.0466, abs=1e-4)
    assert upper_bound(5, 5) == 1


def test_pictures_are_modified_in_several_ways_and_the_same_ways_again(tmp_path):
    files = {}
    for seed in range(7):
        files[f"{seed:064x}"] = tmp_path / f"{seed}.png"
        drawn(seed).save(files[f"{seed:064x}"])
    (tmp_path / "broken.png").write_bytes(b"no picture")
    files["e" * 64] = tmp_path / "broken.png"

    first, again = (list(modified_pictures(files, 24)) for _ in range(2))

    assert [one.kind for one in first] == [one.kind for one in again]
    assert all(
        one.picture.tobytes() == other.picture.tobytes() for one, other in zip(first, again, strict=True)
    )
    assert {one.kind for one in first} == {"crop", "resize", "rotate", "border", "mirror"}
    assert len({(one.sha256, one.kind) for one in first}) == len(first) == 21


def test_no_pictures_give_no_modified_ones():
    assert list(modified_pictures({}, 10)) == []


@pytest.fixture
def sketches(tmp_path):
    """A library of eight drawings with captions."""
    lines = []
    for seed in range(8):
        drawn(seed).save(tmp_path / f"{seed}.png")
        caption = f"Bridge number {seed} over the river"
        lines.append(f'<figure><img src="{seed}.png"><figcaption>{caption}</figcaption></figure>')
    (tmp_path / "issue.html").write_text(f"<h1>Sketches</h1>{''.join(lines)}", encoding="utf-8")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([tmp_path / "issue.html"], encoder="lite")
        yield library


def test_a_selftest_fits_the_exit_and_measures_the_gains(sketches, monkeypatch):
    monkeypatch.setattr(early_exit, "FEWEST_PICTURES", 8)
    monkeypatch.setattr(early_exit, "QUERIES", 12)
    monkeypatch.setattr(early_exit, "MOST_RISK", 0.5)

    done = sketches.evaluation.selftest()

    assert done.early_exit.queries == 12
    assert done.early_exit.differing == 0
    assert done.gains["regions"] > 0.5
    assert {"picture", "terms", "keypoints"} <= done.gains.keys()
    assert fitted_exit_rule(sketches.path, "lite").closeness == done.early_exit.closeness
    assert measured_gains(sketches.path, "lite") == pytest.approx(done.gains, abs=1e-4)
    assert fitted_exit_rule(sketches.path, "another encoder") is None
    assert measured_gains(sketches.path, "another encoder") == {}


def test_a_library_of_few_pictures_has_no_fit(own_library):
    done = own_library.evaluation.selftest()

    assert done.early_exit is None
    assert done.gains
    assert fitted_exit_rule(own_library.path, "lite") is None


@pytest.mark.parametrize(
    ("told", "closeness"),
    [
        ({"closeness": 0.4}, 0.4),
        ({"closeness": None}, -inf),
        ({"closeness": "0.4"}, "none"),
        ({"closeness": 7}, "none"),
        ({}, "none"),
        (None, "none"),
    ],
)
def test_a_fit_of_a_stranger_is_checked(tmp_path, told, closeness):
    entry = {
        "date": "2030-01-01", "encoder": "lite", "generation": 1, "captions": 1, "caption_to_figure": {},
        "early_exit": told, "gains": {"terms": 0.5, "<script>": 0.5, "ocr": "much"},
    }  # fmt: skip
    (tmp_path / "selftests.jsonl").write_text(json.dumps(entry) + "\n")

    rule = fitted_exit_rule(tmp_path, "lite")

    assert (rule.closeness if rule else "none") == closeness
    assert measured_gains(tmp_path, "lite") == {"terms": 0.5}
