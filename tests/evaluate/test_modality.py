import numpy as np
import pytest

from explorer.evaluate.modality import modality_gap


def unit(rows):
    rows = np.asarray(rows, np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def apart():
    """Pictures around one axis, texts around another, both scattered alike."""
    scatter = np.random.default_rng(0).normal(0, 0.2, (2, 200, 32))
    scatter[0, :, 0] += 1
    scatter[1, :, 1] += 1
    return unit(scatter[0]), unit(scatter[1])


def test_two_corners_are_seen_and_gone_after_centring(apart):
    gap = modality_gap(*apart)

    assert gap.before.pictures > gap.before.across + 0.3
    assert gap.before.texts > gap.before.across + 0.3
    assert gap.distance > 0.5
    assert abs(gap.after.pictures) < 0.05
    assert abs(gap.after.texts) < 0.05
    assert abs(gap.after.across) < 0.05
    assert gap.sampled == (200, 200)


def test_a_vector_is_not_compared_with_itself():
    two = unit([[1, 0], [0, 1]])

    assert modality_gap(two, two).before.pictures == pytest.approx(0)


def test_one_picture_makes_no_mean():
    assert modality_gap(unit([[1, 0]]), unit([[1, 0], [0, 1]])) is None


def test_status_tells_the_gap(library):
    gap = library.evaluation.modality_gap()

    assert gap.sampled[0] > 5
    assert gap.after.pictures < gap.before.pictures
