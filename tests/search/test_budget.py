"""A latency budget: which legs fit, by the gain and the time of each, and what the library remembers of its searches."""

import json

import pytest

from explorer.errors import QueryError
from explorer.search.budget import omitted_legs
from explorer.search.timings import KEPT, SearchTiming, TimingLog

GAINS = {"picture": 0.2, "sentence": 0.5, "context": 0.1, "terms": 0.3}
COSTS = {"encoding": 5.0, "other": 5.0, "picture": 4.0, "sentence": 5.0, "context": 10.0, "terms": 1.0}
FIGURES = {"figure": ["picture", "sentence", "context", "terms"]}


def test_the_legs_that_gain_least_for_their_time_are_left_out():
    assert omitted_legs(FIGURES, 30.0, GAINS, COSTS) == ()
    assert omitted_legs(FIGURES, 29.0, GAINS, COSTS) == ("context",)
    assert omitted_legs(FIGURES, 16.0, GAINS, COSTS) == ("picture", "context")


def test_the_best_leg_of_each_kind_is_always_searched():
    both = FIGURES | {"item": ["sentence"]}

    assert omitted_legs(both, 1.0, GAINS, COSTS) == ("picture", "context", "terms")


def test_words_alone_may_find_nothing_so_they_are_not_all_that_is_searched():
    assert omitted_legs(FIGURES, 1.0, GAINS | {"terms": 0.9}, COSTS) == ("picture", "context", "terms")
    assert omitted_legs({"figure": ["terms"]}, 1.0, GAINS, COSTS | {"terms": 9.0}) == ()


def test_legs_that_were_never_timed_are_tried():
    assert omitted_legs(FIGURES, 1.0, GAINS, {}) == ()


def test_keypoints_are_not_compared_without_the_regions_that_choose_the_pictures():
    by_picture = {"figure": ["regions", "keypoints"]}
    gains, costs = {"regions": 0.9, "keypoints": 0.1}, {"regions": 20.0, "keypoints": 1.0}

    assert omitted_legs(by_picture, 20.5, gains, costs) == ("keypoints",)
    assert omitted_legs(by_picture, 21.0, gains, costs) == ()
    assert omitted_legs({"figure": ["keypoints"]}, 0.5, gains, costs) == ()


# --- the times of a library ---------------------------------------------------------------------------------


def test_percentiles_are_of_the_last_searches(tmp_path):
    log = TimingLog(tmp_path)
    for milliseconds in range(1, 101):
        log.append(SearchTiming(milliseconds, warm=True, legs={"terms": milliseconds / 2}))

    times = log.percentiles()

    assert list(times) == ["total", "terms", "other"]
    assert (times["total"].p50, times["total"].p95, times["total"].searches) == (50, 95, 100)
    assert (times["terms"].p50, times["other"].p95) == (25, 47.5)
    assert log.costs(warm=False) == {}
    assert log.costs(warm=True)["terms"] == 47.5


def test_the_log_does_not_grow_without_end(tmp_path):
    log = TimingLog(tmp_path)
    legs = dict.fromkeys(("encoding", "picture", "sentence", "ocr", "context", "terms"), 12.34)
    for number in range(3 * KEPT):
        log.append(SearchTiming(number, warm=True, legs=legs))

    assert (tmp_path / "timings.jsonl").stat().st_size < 300_000
    assert log.percentiles()["total"].searches == KEPT
    assert log.percentiles()["total"].p95 > 2.9 * KEPT


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        '{"total": 1',
        '{"total": "fast", "warm": true}',
        '{"total": NaN, "warm": true}',
        '{"total": 1, "warm": true, "legs": {"<script>": 1}}',
        '{"total": 1, "warm": true, "legs": {"terms": -1}}',
        '{"total": 1, "warm": true, "more": 2}',
        '{"total": 1, "warm": 7}',
    ],
)
def test_a_line_of_a_stranger_counts_for_nothing(tmp_path, line):
    (tmp_path / "timings.jsonl").write_text(f'{line}\n{{"total": 3, "warm": true, "legs": {{}}}}\n')

    times = TimingLog(tmp_path).percentiles()

    assert times["total"].searches == 1
    assert times["total"].p50 == 3


# --- a library under a budget -------------------------------------------------------------------------------


def slow_legs(folder, **milliseconds):
    """Write a log in which each leg took so long."""
    log = TimingLog(folder)
    for warm in (False, True):
        log.append(SearchTiming(sum(milliseconds.values()), warm=warm, legs=milliseconds))


def test_without_a_budget_every_leg_is_searched(own_library):
    slow_legs(own_library.path, picture=500.0)

    result = own_library.search("sailing boat")

    assert result.omitted == ()
    assert "picture" in result.hits[0].why


def test_a_slow_leg_is_left_out_and_named(own_library):
    slow_legs(own_library.path, picture=500.0, sentence=1.0)

    result = own_library.search("sailing boat", budget_ms=100)

    assert result.omitted == ("picture",)
    assert all("picture" not in hit.why for hit in result.hits)
    assert {"sentence", "terms"} <= result.hits[0].why.keys()
    assert own_library.ask("sailing boat", budget_ms=100).result.omitted == ("picture",)


def test_the_gains_of_the_last_selftest_decide(own_library):
    slow_legs(own_library.path, picture=10.0, sentence=10.0, terms=10.0, context=10.0)
    entry = {
        "date": "2030-01-01", "encoder": "lite", "generation": 1, "captions": 1, "caption_to_figure": {},
        "gains": {"picture": 0.9, "sentence": 0.5, "terms": 0.1, "context": 0.05},
    }  # fmt: skip
    (own_library.path / "selftests.jsonl").write_text(json.dumps(entry) + "\n")

    assert own_library.search("sailing boat", budget_ms=25).omitted == ("context", "terms")


def test_a_search_reports_its_times(own_library):
    cold, warm = own_library.search("sailing boat").timing, own_library.search("sailing boat").timing

    assert (cold.warm, warm.warm) == (False, True)
    assert {"encoding", "picture", "sentence", "terms"} <= warm.legs.keys()
    assert sum(warm.legs.values()) <= warm.total


def test_most_searches_are_not_timed_leg_by_leg(own_library):
    timed = [bool(own_library.search("boat").timing.legs) for _ in range(10)]

    assert timed == [True, True, *[False] * 8]


def test_searches_timed_apart_and_together_find_the_same(own_library):
    def found():
        return [(hit.id, hit.score, hit.why) for hit in own_library.search("a boat on the water").hits]

    apart = found()
    found()
    assert found() == apart


@pytest.mark.parametrize("budget", [0, -5, float("inf"), float("nan"), True, "fast"])
def test_a_budget_is_a_number_of_milliseconds(library, budget):
    with pytest.raises(QueryError, match="number of milliseconds"):
        library.search("boat", budget_ms=budget)
