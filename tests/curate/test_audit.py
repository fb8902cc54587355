"""The audit says which captions and alt texts want looking after, and never calls a caption misplaced by guessing."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from explorer.curate.audit import audit
from explorer.curate.misplaced import find_misplaced
from explorer.library.library import Library


@pytest.fixture
def figure(library):
    return library.browse.figures()[0]


def with_words(figure, *, caption=None, alt="what is seen", credit=None, image="images/a-b.png", group="1"):
    return replace(figure, caption=caption, alt=alt, credit=credit, image=image, group=group)


def listed(figures):
    found = audit(figures, 0, ())
    return {
        "says_nothing": [one.caption for one in found.says_nothing],
        "only_credit": [one.credit for one in found.only_credit],
        "no_alt": [one.image for one in found.no_alt],
        "alt_says_nothing": [one.alt for one in found.alt_says_nothing],
        "same_alt": [[one.image for one in sharing] for sharing in found.same_alt],
    }


def test_captions_that_say_nothing_are_listed(figure):
    nothing = ["Figure 3", "Fig. 2:", "image", "IMG_2231.jpg", "a-b.png", "A-B", "12"]
    something = ["Figure 3: The mill", "The mill", "Map of the allotment", "Usability test", "水車"]
    figures = [with_words(figure, caption=caption) for caption in nothing + something]

    assert listed(figures)["says_nothing"] == nothing


def test_a_credit_without_a_caption_is_listed(figure):
    figures = [with_words(figure, credit="NASA"), with_words(figure, caption="The Moon", credit="ESA")]

    assert listed(figures)["only_credit"] == ["NASA"]


def test_alt_texts_that_are_missing_or_no_help_are_listed(figure):
    figures = [
        with_words(figure, alt=None),
        with_words(figure, alt=None, image=None),
        with_words(figure, alt="a-b.png"),
        with_words(figure, alt="a-b"),
        with_words(figure, alt="A mill"),
    ]

    assert listed(figures)["no_alt"] == ["images/a-b.png"]
    assert listed(figures)["alt_says_nothing"] == ["a-b.png", "a-b"]


def test_one_alt_text_at_different_pictures_is_listed_and_at_copies_of_one_is_not(figure):
    figures = [
        with_words(figure, alt="Our logo", image="1.png", group="1"),
        with_words(figure, alt="our logo", image="2.png", group="2"),
        with_words(figure, alt="A mill", image="3.png", group="3"),
        with_words(figure, alt="A mill", image="4.png", group="3"),
    ]

    assert listed(figures)["same_alt"] == [["1.png", "2.png"]]


@dataclass
class Encoded:
    """Vectors as a library would give them: pictures at random, captions near them by `noise`, both off centre."""

    noise: float
    seed: int = 0
    dim: int = 64
    issues: int = 30
    figures_each: int = 5

    def __post_init__(self):
        self._random = np.random.default_rng(self.seed)
        count = self.issues * self.figures_each
        self._pictures = self._random.normal(size=(count, self.dim)) + 3
        near = self._pictures + self.noise * self._random.normal(size=(count, self.dim)) - 6
        self._texts = {f"Caption {n}": row for n, row in enumerate(near)}

    def figures(self, figure, exchanged=()):
        """All figures; those of each pair in `exchanged` have each other's captions."""
        says = {n: n for n in range(len(self._pictures))}
        for one, other in exchanged:
            says[one], says[other] = other, one
        return [
            replace(
                figure,
                id=str(n),
                issue_id=str(n // self.figures_each),
                image=f"{n}.png",
                sha256=str(n),
                group=str(n),
                caption=f"Caption {said}",
                picture_text=None,
            )
            for n, said in says.items()
        ]

    def picture_vectors(self, sha256):
        return {"picture": unit(self._pictures[int(sha256)])}

    def clip_text_vectors(self, texts):
        return [unit(self._texts[text])[None] for text in texts]

    def sentence_vectors(self, texts):
        return [np.ones((1, self.dim), np.float32) for _ in texts]


def unit(row):
    return (row / np.linalg.norm(row)).astype(np.float32)


def test_exchanged_captions_are_found_by_an_encoder_that_tells_pictures_apart(figure):
    vectors = Encoded(noise=1.0)
    compared, found = find_misplaced(vectors.figures(figure, exchanged=[(20, 22), (61, 64)]), vectors)

    assert compared == 150
    assert {(one.figure.id, one.other.id) for one in found} == {
        ("20", "22"), ("22", "20"), ("61", "64"), ("64", "61")
    }  # fmt: skip
    for one in found:
        [fit] = one.evidence
        assert fit.by == "picture"
        assert fit.other > 3 > 1.5 > fit.own


@pytest.mark.parametrize("noise", [0.3, 1.0, 3.0, 10.0, 100.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_captions_that_stand_where_they_belong_are_never_called_misplaced(figure, noise, seed):
    vectors = Encoded(noise, seed)

    assert find_misplaced(vectors.figures(figure), vectors)[1] == []


@pytest.mark.parametrize("noise", [6.0, 20.0, 100.0])
def test_an_encoder_that_hardly_tells_pictures_apart_says_nothing(figure, noise):
    vectors = Encoded(noise)

    assert find_misplaced(vectors.figures(figure, exchanged=[(20, 22), (61, 64)]), vectors)[1] == []


def test_copies_of_a_picture_and_figures_of_one_caption_are_not_exchanged(figure):
    vectors = Encoded(noise=1.0)
    figures = vectors.figures(figure, exchanged=[(20, 22)])
    copies = [replace(one, group="20") if one.id in {"20", "22"} else one for one in figures]

    assert find_misplaced(copies, vectors)[1] == []


def test_a_small_library_is_not_compared(library):
    found = library.editing.audit()

    assert found.figures == len(library.browse.figures())
    assert (found.compared, found.misplaced) == (0, ())


def test_a_library_without_an_index_is_audited_for_its_words(tmp_path):
    with Library.create(tmp_path / "library") as library:
        assert library.editing.audit().figures == 0
