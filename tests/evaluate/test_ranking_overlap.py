"""What two sides answer alike, where nobody said what is right."""

from types import SimpleNamespace

import pytest

from explorer.errors import QueryError
from explorer.evaluate.metrics import overlaps_of
from explorer.evaluate.ranking_overlap import compare_rankings
from explorer.ingest.report import SilentProgress

TEN = [f"figure-{n}" for n in range(10)]


def result(names):
    """A result of items, which are told apart by their ids."""
    return SimpleNamespace(
        hits=[SimpleNamespace(id=name, record=SimpleNamespace(document=f"{name}.html")) for name in names]
    )


def answering(answers):
    def answer(line):
        if answers[line] is None:
            raise QueryError("This library has no figure of that id.")
        return result(answers[line])

    return answer


def compared(before, after):
    return compare_rankings(answering(before), answering(after), list(before), SilentProgress())


def test_the_same_answer_overlaps_wholly_however_short():
    for found in (TEN, TEN[:3], [f"{n}" for n in range(50)]):
        [marks] = overlaps_of([found], [list(found)])
        assert marks == {"overlap@10": 1.0, "rbo": 1.0}


def test_another_order_keeps_the_overlap_and_costs_rank_biased_overlap_most_at_the_top():
    [top] = overlaps_of([TEN], [[TEN[1], TEN[0], *TEN[2:]]])
    [bottom] = overlaps_of([TEN], [[*TEN[:8], TEN[9], TEN[8]]])

    assert top["overlap@10"] == bottom["overlap@10"] == 1.0
    assert top["rbo"] < bottom["rbo"] < 1.0


def test_the_overlap_is_the_share_of_the_first_ten_that_stay():
    [marks] = overlaps_of([TEN], [[*TEN[:7], "a", "b", "c", *TEN[7:]]])

    assert marks["overlap@10"] == pytest.approx(0.7)


def test_nothing_in_common_is_nothing():
    assert overlaps_of([TEN, TEN, []], [["a"], [], ["a"]]) == [{"overlap@10": 0.0, "rbo": 0.0}] * 3


def test_rank_biased_overlap_is_that_of_its_paper():
    """Agreement at depth 1 is 0, at depth 2 it is 1: (0 + .9 * 1) / (1 + .9)."""
    [marks] = overlaps_of([["a", "b"]], [["b", "a"]])

    assert marks["rbo"] == pytest.approx(0.9 / 1.9)


def test_what_came_and_went_is_told_of_those_that_changed_most():
    before = {"same": TEN, "tail": TEN, "other": TEN}
    after = {"same": TEN, "tail": [*TEN[:9], "new"], "other": ["new", *TEN[:9]]}
    done = compared(before, after)

    assert done.stays.queries == 3
    assert done.other_first == 1
    assert [one.query for one in done.changed] == ["other", "tail"]
    worst = done.changed[0]
    assert (worst.first_a.name, worst.first_b.name) == ("figure-0.html", "new.html")
    assert [one.id for one in worst.came] == ["new"]
    assert [one.id for one in worst.went] == ["figure-9"]


def test_what_one_side_cannot_be_asked_or_neither_answers_is_skipped_and_told():
    done = compared(
        {"gone": TEN, "nothing": [], "one side": []}, {"gone": None, "nothing": [], "one side": TEN}
    )

    assert {one.query: one.reason for one in done.skipped} == {
        "gone": "This library has no figure of that id.",
        "nothing": "neither side finds anything",
    }
    assert done.stays.queries == 1
    assert done.stays.metrics["overlap@10"].value == 0.0
    assert (done.changed[0].first_a, done.changed[0].first_b.id) == (None, "figure-0")
