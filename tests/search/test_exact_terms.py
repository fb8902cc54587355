"""Words as they stand, whatever way a text writes them; and which word is nearest to one that stands nowhere."""

import pytest

from explorer.errors import QueryError
from explorer.search import exact_terms as standing_module
from explorer.search.exact_terms import exact_term_filter
from explorer.search.spelling import Vocabulary, corrected, corrections


class Texts:
    """A catalog of figures, each with one text."""

    def __init__(self, *texts):
        self._texts = texts

    def texts(self, of):
        return [(str(n), text, None) for n, text in enumerate(self._texts)] if of == "figure" else []


@pytest.mark.parametrize(
    ("words", "text"),
    [
        pytest.param("CAFE", "In the Café.", id="capitals and accents"),
        pytest.param("it's", "Now it’s here", id="apostrophes"),
        pytest.param("XR-7742", "the XR‑7742 pump", id="dashes"),
        pytest.param("red cat", "a red\n  cat", id="line breaks"),
        pytest.param("strasse", "die Straße", id="sharp s"),
        pytest.param("C++", "written in C++.", id="signs at the end"),
        pytest.param("50%_a", "a 50%_a b", id="signs of patterns"),
        pytest.param("東京", "東京都の地図", id="a script without spaces"),
        pytest.param("😀", "smile😀!", id="emoji"),
        pytest.param("москва", "Москва", id="another script"),
    ],
)
def test_words_stand_there_however_they_are_written(words, text):
    assert exact_term_filter(Texts(text), [words], [], "figure").include_ids == {"0"}
    assert exact_term_filter(Texts(text), [], [words], "figure").exclude_ids == {"0"}


@pytest.mark.parametrize(
    ("words", "text"), [("cat", "category"), ("cat", "bobcat"), ("red cat", "red, cat"), ("5", "15 and 50")]
)
def test_a_part_of_a_word_is_not_the_word(words, text):
    assert exact_term_filter(Texts(text), [words], [], "figure").include_ids == frozenset()


def test_all_must_stand_and_none_of_the_others():
    found = exact_term_filter(
        Texts("a red cat", "a red dog", "a cat", "no picture"), ["red", "cat"], ["dog"], "any"
    )

    assert found.include_ids == {"0"}


def test_more_than_an_index_takes_is_told(monkeypatch):
    monkeypatch.setattr(standing_module, "MOST_IDS", 2)

    with pytest.raises(QueryError, match='"cat" stands in 3 figures and items, too many'):
        exact_term_filter(Texts("cat", "cat", "cat"), ["cat"], [], "figure")


def test_the_nearest_word_has_the_fewest_slips_and_then_is_the_most_frequent():
    vocabulary = Vocabulary({"garden": 1, "gardens": 9, "harden": 50, "gander": 3, "boat": 1, "boot": 5})

    assert vocabulary.nearest("gardne") == "garden"
    assert vocabulary.nearest("bxat") == "boat"
    assert vocabulary.nearest("boxt") == "boot"
    assert vocabulary.nearest("bxxt") is None
    assert vocabulary.nearest("telescope") is None


def test_only_unknown_words_are_corrected_and_the_rest_of_the_line_stays():
    vocabulary = Vocabulary.of(Texts("Architecture of a bridge", "bridges"))
    found = corrections("Architecure, brigde and bridge", lambda: vocabulary, {"and", "bridge"}.__contains__)

    assert found == {"Architecure": "architecture", "brigde": "bridge"}
    assert corrected("Architecure, brigde and bridge", found) == "architecture, bridge and bridge"


def test_known_words_need_no_vocabulary():
    assert corrections("a bridge", lambda: pytest.fail("it was made"), lambda word: True) == {}
