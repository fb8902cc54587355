"""What rankings earn, against values worked out by hand."""

from math import log2

import pytest

from explorer.evaluate.evaluation import area_under_roc
from explorer.evaluate.metrics import METRICS, Ranking, metrics_of, summarize


def earned(found, *relevant):
    return metrics_of([Ranking(tuple(found), frozenset(relevant))])[0]


def test_the_third_of_three_is_found_among_five_but_not_first():
    assert earned("abc", "c") == pytest.approx(
        {"recall@1": 0, "recall@5": 1, "recall@10": 1, "mrr": 1 / 3, "ndcg@10": 1 / log2(4)}
    )


def test_one_relevant_picture_among_the_first_is_enough_for_recall_but_not_for_ndcg():
    marks = earned("axb", "a", "b")

    assert marks["recall@1"] == marks["mrr"] == 1
    assert marks["ndcg@10"] == pytest.approx((1 + 1 / log2(4)) / (1 + 1 / log2(3)))


def test_the_order_found_is_the_order_marked_beyond_ten():
    names = [f"p{n}" for n in range(20)]

    marks = earned(names, "p11")

    assert marks["mrr"] == pytest.approx(1 / 12)
    assert marks["recall@10"] == marks["ndcg@10"] == 0


def test_who_finds_nothing_earns_nothing():
    assert set(earned("", "a").values()) == set(earned("bc", "a").values()) == {0.0}


def test_a_rank_is_the_place_of_the_first_relevant_one():
    assert Ranking(("b", "a"), frozenset("a")).rank == 2
    assert Ranking(("b",), frozenset("a")).rank is None


def test_an_interval_holds_its_mean_and_is_the_same_every_time():
    marks = [dict.fromkeys(METRICS, float(n % 3 == 0)) for n in range(60)]

    told = summarize(marks)

    assert told == summarize(marks)
    assert told.queries == 60
    one = told.metrics["mrr"]
    assert one.value == pytest.approx(1 / 3)
    # The standard error of a share is sqrt(p (1 - p) / n) = 0.061: nearly twice that on both sides.
    assert one.low == pytest.approx(1 / 3 - 0.12, abs=0.02)
    assert one.high == pytest.approx(1 / 3 + 0.12, abs=0.02)


def test_more_queries_make_a_narrower_interval():
    few, many = (summarize([{"mrr": float(n % 2)} for n in range(size)], ["mrr"]) for size in (20, 500))

    assert (
        many.metrics["mrr"].high - many.metrics["mrr"].low < few.metrics["mrr"].high - few.metrics["mrr"].low
    )


def test_the_difference_of_sides_that_differ_by_the_same_everywhere_is_sure():
    one = summarize([{"mrr": 0.25}] * 8, ["mrr"]).metrics["mrr"]

    assert one.low == pytest.approx(0.25)
    assert one.value == pytest.approx(0.25)
    assert one.high == pytest.approx(0.25)


def test_no_query_at_all_is_told_as_none():
    assert summarize([]).queries == 0


def test_the_area_under_the_curve_counts_pairs_in_order():
    assert area_under_roc([3, 2], [1, 0]) == 1.0
    assert area_under_roc([1, 1], [1]) == 0.5
    assert area_under_roc([3, 1], [2]) == 0.5
    assert area_under_roc([3, 2, 0], [1]) == pytest.approx(2 / 3)
    assert area_under_roc([1], []) is None
