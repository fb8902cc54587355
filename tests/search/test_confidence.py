import pytest

from explorer.search.confidence import (
    MAYBE_FROM,
    STRONG_FROM,
    Judgement,
    by_chance,
    by_meaning,
    by_standing_out,
)
from explorer.search.hits import Confidence, Reason


def judged(score=9.0, points=100, *, says_all=False, **cosines):
    """A hit that stands out, with these cosines, each as a pair with its deviation where that matters."""
    pairs = {leg: it if isinstance(it, tuple) else (it, 0.0) for leg, it in cosines.items()}
    why = {leg: Reason(1, cosine, deviation) for leg, (cosine, deviation) in pairs.items()}
    return Judgement(score, points, why, says_all)


@pytest.mark.parametrize("points", [2, 100, 10_000])
def test_standing_out_asks_more_the_larger_the_library(points):
    chance = by_chance(points)

    assert by_standing_out(judged(chance * 0.99, points)) is Confidence.WEAK
    assert by_standing_out(judged(chance * 1.01, points)) is Confidence.MAYBE
    assert by_standing_out(judged(chance * 1.61, points)) is Confidence.STRONG


def test_an_empty_library_trusts_nothing():
    assert by_standing_out(judged(0.5, 0)) is Confidence.WEAK


def test_words_are_judged_by_nearness_in_meaning_however_far_the_hit_stands_out():
    assert by_meaning(judged(20.0, meaning=MAYBE_FROM - 0.01)) is Confidence.WEAK
    assert by_meaning(judged(20.0, meaning=MAYBE_FROM + 0.01)) is Confidence.MAYBE
    assert by_meaning(judged(20.0, meaning=STRONG_FROM + 0.01)) is Confidence.STRONG


def test_what_does_not_stand_out_of_its_library_answers_nothing_however_near():
    assert by_meaning(judged(by_chance(100) - 0.1, meaning=0.9)) is Confidence.WEAK


def test_the_text_in_and_around_a_picture_adds_to_what_it_says_itself():
    alone = judged(meaning=0.19)
    together = judged(meaning=0.19, text=0.19, context=0.19)

    assert by_meaning(alone) is Confidence.WEAK
    assert by_meaning(together) is Confidence.MAYBE


def test_the_text_around_speaks_for_a_figure_that_says_nothing():
    assert by_meaning(judged(context=0.5)) is Confidence.STRONG
    assert by_meaning(judged(context=0.3)) is Confidence.WEAK


def test_a_cosine_below_zero_takes_nothing_away():
    assert by_meaning(judged(meaning=STRONG_FROM + 0.01, context=-0.5)) is Confidence.STRONG


def test_a_hit_that_says_every_word_is_never_weak():
    assert by_meaning(judged(meaning=0.0, says_all=True)) is Confidence.MAYBE


def test_a_figure_without_any_text_is_judged_by_how_its_picture_stands_out():
    assert by_meaning(judged(10.0, picture=(0.2, 10.0))) is Confidence.STRONG
    assert by_meaning(judged(1.0, picture=(0.2, 1.0))) is Confidence.WEAK


def test_a_picture_that_stands_far_out_may_answer_where_the_text_does_not():
    assert by_meaning(judged(meaning=0.1, picture=(0.4, 9.0))) is Confidence.MAYBE
