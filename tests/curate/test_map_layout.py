"""Similar vectors are close to each other on a map, a second run gives the same map, and new vectors move nothing."""

import numpy as np
import pytest

from explorer.curate.map_areas import MAX_AREAS, find_areas, nearest_areas
from explorer.curate.map_layout import arrange, place
from explorer.types import SilentProgress

GROUPS = 6


def grouped_vectors(count, seed=0, dim=96):
    """Unit vectors around GROUPS centres, and the number of the group of each."""
    random = np.random.default_rng(7)
    centres = random.normal(size=(GROUPS, dim))
    random = np.random.default_rng(seed)
    groups = random.integers(GROUPS, size=count)
    vectors = centres[groups] + 0.5 * random.normal(size=(count, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), groups


def share_of_neighbours_in_own_group(positions, groups, others=None, other_groups=None):
    """The share of points whose nearest other point is of their group."""
    others, other_groups = (positions, groups) if others is None else (others, other_groups)
    distances = ((positions[:, None] - others[None]) ** 2).sum(axis=2)
    if others is positions:
        np.fill_diagonal(distances, np.inf)
    return (other_groups[distances.argmin(axis=1)] == groups).mean()


@pytest.fixture(scope="module")
def arranged():
    vectors, groups = grouped_vectors(240)
    return vectors, groups, arrange(vectors, SilentProgress())


def test_similar_vectors_are_neighbours(arranged):
    _, groups, positions = arranged
    assert share_of_neighbours_in_own_group(positions, groups) > 0.98
    assert positions.min() == 0
    assert positions.max() == 1


def test_a_second_run_gives_the_identical_map(arranged):
    vectors, _, positions = arranged
    assert np.array_equal(arrange(vectors, SilentProgress()), positions)


def test_new_vectors_are_placed_among_similar_ones(arranged):
    vectors, groups, positions = arranged
    new, new_groups = grouped_vectors(40, seed=1)
    placed = place(new, vectors, positions)
    assert share_of_neighbours_in_own_group(placed, new_groups, positions, groups) > 0.95


@pytest.mark.parametrize("count", [0, 1, 2, 3, 11, 12, 13, 40])
def test_few_vectors_have_a_map_too(count):
    vectors, _ = grouped_vectors(count)
    positions = arrange(
        vectors.reshape(count, -1) if count else np.zeros((0, 96), np.float32), SilentProgress()
    )
    assert positions.shape == (count, 2)
    assert np.isfinite(positions).all()


def test_copies_of_one_picture_have_a_map():
    vector, _ = grouped_vectors(1)
    positions = arrange(np.repeat(vector, 30, axis=0), SilentProgress())
    assert np.isfinite(positions).all()
    areas, numbers = find_areas(positions, ["a logo"] * 30)
    assert len(areas) == 1
    assert numbers == [0] * 30


def test_a_job_that_is_stopped_ends_within_the_arranging():
    class StopsSoon(SilentProgress):
        def track(self, work, label):
            return super().track(self._three(work), label)

        def _three(self, work):
            yield from work[:3]
            raise InterruptedError

    vectors, _ = grouped_vectors(60)
    with pytest.raises(InterruptedError):
        arrange(vectors, StopsSoon())


def test_areas_are_named_by_what_is_written_only_there(arranged):
    _, groups, positions = arranged
    topics = ["harbour boats", "network diagrams", "tomato plants", "rain clouds", "night skies", "bee hives"]
    texts = [f"A figure of the {topics[group]} 12" for group in groups]
    areas, numbers = find_areas(positions, texts)
    assert 1 < len(areas) <= MAX_AREAS
    assert len(numbers) == len(texts)
    assert set(numbers) == set(range(len(areas)))
    for number, area in enumerate(areas):
        written = " ".join(texts[place] for place in np.flatnonzero(np.array(numbers) == number))
        assert area.words
        assert all(word in written for word in area.words)
        assert not {"figure", "the", "12"} & set(area.words[:1])
    assert nearest_areas(np.array([[areas[0].x, areas[0].y]]), areas) == [0]


def test_figures_without_texts_have_areas_without_words(arranged):
    areas, _ = find_areas(arranged[2], [""] * 240)
    assert all(area.words == () for area in areas)
