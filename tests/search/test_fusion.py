"""Scores worked out by hand: what a background is, how legs are joined, and when a hit is trusted."""

from math import sqrt
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import pytest

from explorer.index import (
    EmbeddingConfig,
    Leg,
    Nearest,
    Point,
    Recommend,
    Schema,
    Sparse,
    VectorField,
    open_store,
)
from explorer.representation.legs import LEGS
from explorer.search.calibration import MIN_SPREAD, TYPICAL_SPREAD, ScoreCalibrator, ScoreDistribution
from explorer.search.fusion import fuse, weights_for

SCHEMA = Schema(
    (VectorField("picture", 2), VectorField("sentence", 2, multi=True)), ("terms",), {"kind": "keyword"}
)


def test_one_leg_scores_what_it_deviates():
    assert fuse({"sentence": 3.0}, {"sentence": 0.7}) == pytest.approx(3.0)


def test_legs_are_added_by_their_weights_and_divided_by_the_length_of_these():
    assert fuse({"a": 3.0, "b": 1.0}, {"a": 3.0, "b": 4.0}) == pytest.approx((3 * 3 + 4 * 1) / 5)


def test_a_leg_that_a_figure_does_not_have_neither_raises_nor_lowers_it():
    weights = {"a": 1.0, "b": 1.0, "absent": 9.0}

    assert fuse({"a": 2.0, "b": 2.0}, weights) == pytest.approx(4 / sqrt(2))
    assert fuse({"a": 2.0}, weights) == pytest.approx(2.0)


def test_nothing_known_scores_nothing():
    assert fuse({}, {"a": 1.0}) == 0.0


def test_every_leg_has_a_weight_with_every_encoder():
    for encoder in ("lite", "ViT-B-32/laion2b_s34b_b79k"):
        assert set(weights_for(encoder)) == set(LEGS)
        assert all(weight > 0 for weight in weights_for(encoder).values())


def test_an_adapted_encoder_has_the_weights_of_its_base():
    assert weights_for("lite+adapter:0123456789abcdef") is weights_for("lite")
    assert weights_for("lite") != weights_for("ViT-B-32/laion2b_s34b_b79k")


def at(cosine):
    """A unit vector of this cosine with (1, 0)."""
    return np.array([cosine, sqrt(1 - cosine**2)], np.float32)


@pytest.fixture
def background(tmp_path):
    """The background of an index of figures with these cosines to (1, 0)."""
    opened = []

    def background(*cosines, kind="figure"):
        points = [
            Point(
                str(uuid5(NAMESPACE_URL, str(n))),
                {"picture": at(it), "sentence": np.stack([at(it), at(-0.9)])},
                {},
                {"kind": kind},
            )
            for n, it in enumerate(cosines)
        ]
        store = open_store(tmp_path / "index")
        with store.build(EmbeddingConfig("e", "f", "s", SCHEMA), fresh=True) as build:
            build.upsert(points)
            build.commit()
        opened.append(store.open())
        return ScoreCalibrator(opened[-1])

    yield background
    for index in opened:
        index.close()


def near(name="picture"):
    return Leg(name, Nearest(at(1.0)), 10)


def test_the_background_is_the_middle_and_the_usual_distance_from_it(background):
    cosines = [0.0, 0.1, 0.1, 0.2, 0.2, 0.2, 0.3, 0.3, 0.4]

    distribution = background(*cosines).distribution(near(), "figure", {})

    assert distribution.mean == pytest.approx(0.2, abs=1e-3)
    assert distribution.deviation == pytest.approx(1.4826 * 0.1, abs=1e-3)
    assert distribution.zscore(0.2 + 2 * distribution.deviation) == pytest.approx(2.0)


def test_what_answers_a_query_does_not_raise_its_own_background(background):
    quiet = [0.0, 0.1, 0.1, 0.2, 0.2, 0.2, 0.3, 0.3, 0.4]

    distribution = background(*quiet, 1.0, 1.0).distribution(near(), "figure", {})

    assert distribution.zscore(1.0) > 4


def test_several_vectors_count_by_the_nearest(background):
    distribution = background(*[0.1, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.3]).distribution(
        near("sentence"), "figure", {}
    )

    assert distribution.mean == pytest.approx(0.2, abs=1e-3)  # not the -0.9 that every point has as well


def test_liked_less_disliked_is_measured_like_any_query(background):
    leg = Leg("picture", Recommend((at(1.0),), (at(1.0),)), 10)

    distribution = background(*[n / 10 for n in range(9)]).distribution(leg, "figure", {})

    assert distribution.mean == pytest.approx(0.0, abs=1e-6)


def test_a_handful_of_points_is_measured_against_a_typical_spread(background):
    distribution = background(0.1, 0.3).distribution(near(), "figure", {})

    assert (distribution.mean, distribution.deviation) == (pytest.approx(0.2, abs=1e-3), TYPICAL_SPREAD)


def test_points_all_alike_make_no_difference_infinite(background):
    distribution = background(*[0.5] * 12).distribution(near(), "figure", {})

    assert distribution.deviation == MIN_SPREAD


def test_figures_are_no_background_for_items(background):
    both = background(*[0.5] * 12)

    assert (both.count("figure"), both.count("item")) == (12, 0)
    assert both.distribution(near(), "item", {}) == ScoreDistribution(0.0, TYPICAL_SPREAD)


def test_in_the_background_of_words_those_that_share_none_count_as_zero(background):
    leg = Leg("terms", Nearest(Sparse((1,), (1.0,))), 10)

    distribution = background(*[0.1] * 16).distribution(leg, "figure", {"one": 4.0, "two": 4.0})

    assert distribution.mean == pytest.approx(8 / 16)
    assert distribution.deviation == pytest.approx(sqrt(32 / 16 - 0.25))
