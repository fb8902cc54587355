"""The desk lists each figure of an audit once, and suggests words that the library already has."""

from dataclasses import replace

import pytest

from explorer.curate.audit import audit
from explorer.curate.caption_desk import desk_entries
from explorer.curate.misplaced import Misplaced


@pytest.fixture
def figure(library):
    return library.browse.figures()[0]


def with_words(figure, id, *, caption=None, alt="what is seen", credit=None, picture_text=None):
    return replace(
        figure,
        id=id,
        caption=caption,
        alt=alt,
        credit=credit,
        image=f"{id}.png",
        group=id,
        picture_text=picture_text,
    )


def entries_of(*figures, misplaced=()):
    return {entry.figure.id: entry for entry in desk_entries(audit(figures, 0, misplaced))}


def test_a_figure_is_listed_once_with_all_its_problems(figure):
    [entry] = entries_of(with_words(figure, "a", caption="Figure 3", alt=None)).values()
    assert entry.problems == ("The caption has no information.", "There is no alt text.")
    assert (entry.suggestion.caption, entry.suggestion.alt) == (None, None)


def test_an_alt_text_comes_from_the_caption_or_from_the_text_in_the_picture(figure):
    found = entries_of(
        with_words(figure, "a", caption="Figure 3: The old mill", alt=None),
        with_words(figure, "b", caption=None, alt="image", picture_text="Opening hours of the mill"),
    )
    assert found["a"].suggestion.alt == "The old mill"
    assert found["b"].suggestion.alt == "Picture with the text: Opening hours of the mill"


def test_a_caption_comes_from_the_alt_text(figure):
    found = entries_of(with_words(figure, "a", caption=None, credit="Ada", alt="A mill at the river"))
    assert found["a"].suggestion.caption == "A mill at the river"


def test_exchanged_captions_are_suggested_for_each_other(figure):
    a = with_words(figure, "a", caption="The mill")
    b = with_words(figure, "b", caption="The boat", alt="something else")
    found = entries_of(a, b, misplaced=(Misplaced(a, b, ()), Misplaced(b, a, ())))
    assert list(found) == ["a", "b"]
    assert (found["a"].suggestion.caption, found["b"].suggestion.caption) == ("The boat", "The mill")
    assert found["a"].better == b


def test_what_is_well_is_not_listed(figure):
    assert entries_of(with_words(figure, "a", caption="The mill")) == {}
