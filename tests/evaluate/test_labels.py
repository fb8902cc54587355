"""Which captions can stand for a figure, and what is left of a figure without its own."""

from dataclasses import replace

import pytest

from explorer.catalog.records import FigureRecord
from explorer.evaluate.labels import even_sample, labels_of, without_caption


def figure(id, caption, sha256="a", **others):
    bare = FigureRecord(
        id, "issue", "one.md", 0, "a.png", sha256, "kept", caption, None, None, None, 1, 1, None, None,
        None, None, None, None,
    )  # fmt: skip
    return replace(bare, **others)


def test_a_caption_that_names_one_picture_is_a_label():
    told = labels_of(
        [
            figure("1", "The mill"),
            figure("2", "Figure 3", "b"),
            figure("3", "A screenshot", "c"),
            figure("4", "A Screenshot.", "d"),
            figure("5", "The lost one", None),
            figure("6", None, "e"),
            figure("7", "The mill", "a"),
        ]
    )

    assert [one.id for one in told.figures] == ["1"]
    assert told.left_out == {
        "says nothing": 1,
        "shared by different pictures": 2,
        "without a picture": 1,
        "copy of another": 1,
    }


def test_a_large_library_is_asked_an_even_sample():
    figures = [figure(f"{n:03}", f"The mill number {n}", f"{n}") for n in range(100)]

    told = labels_of(reversed(figures), most=10)

    assert [one.id for one in told.figures] == [f"{n:03}" for n in range(0, 100, 10)]
    assert told.left_out == {"not in the sample": 90}
    assert even_sample([], 10) == ()


@pytest.mark.parametrize(
    ("alt", "left"),
    [
        ("The old mill", None),
        ("the OLD mill on the river.", None),
        ("a mill", None),
        ("A wheel under white water", "A wheel under white water"),
        (None, None),
    ],
)
def test_an_alt_text_that_says_the_same_goes_with_the_caption(alt, left):
    hidden = without_caption(figure("1", "The old mill: a view on the river", alt=alt))

    assert (hidden.caption, hidden.alt) == (None, left)


def test_the_caption_goes_from_the_text_around_too_and_the_rest_stays():
    hidden = without_caption(
        figure("1", "The old mill.", before="See the old mill here.", after="The old mill", heading="Mills")
    )

    assert (hidden.before, hidden.after, hidden.heading) == ("See   here.", None, "Mills")
    assert hidden.sha256 == "a"
