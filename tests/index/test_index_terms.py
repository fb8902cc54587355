import pytest

from explorer.errors import SearchIndexError
from explorer.index import Sparse, TermVectors


@pytest.fixture(scope="module")
def terms():
    return TermVectors()


def test_forms_of_a_word_are_one_term(terms):
    assert terms.query("networks") == terms.query("Network") == terms.query("NETWORKS.")
    assert terms.query("café") == terms.query("cafe")


def test_a_query_weighs_each_term_once(terms):
    assert set(terms.query("dog dog cat").values) == {1.0}
    assert len(terms.query("dog dog cat").indices) == 2


def test_a_text_weighs_what_it_repeats_and_a_short_text_more(terms):
    [dog] = terms.query("dog").indices
    weight = {
        text: dict(zip(*parts(terms.document(text)), strict=True))[dog] for text in ("dog dog", "dog cat")
    }
    assert weight["dog dog"] > weight["dog cat"]
    long = dict(zip(*parts(terms.document("dog " + "cat " * 300)), strict=True))[dog]
    assert long < weight["dog cat"]


def parts(sparse: Sparse):
    return sparse.indices, sparse.values


@pytest.mark.parametrize("text", ["", "the of and", "?! …"])
def test_a_text_without_terms_is_empty(terms, text):
    assert terms.query(text) == terms.document(text) == Sparse((), ())


def test_numbers_and_acronyms_are_terms(terms):
    document = set(terms.document("GPT-4 and CLIP ViT-B/32, 3.14").indices)
    for word in ("gpt", "4", "clip", "32", "14"):
        assert set(terms.query(word).indices) <= document


def test_matches_name_the_words_as_the_text_writes_them(terms):
    found = terms.matches("the neural network of cafes", "Neural Networks in a Café, and a network")
    assert found == {"neural": ("Neural",), "network": ("Networks", "network"), "cafes": ("Café",)}


def test_words_that_every_text_has_match_nothing(terms):
    assert terms.matches("the and of", "the and of") == {}


def test_another_language_has_other_stems():
    german = TermVectors("german")
    assert german.query("Häuser") == german.query("Hauser")
    assert german.query("und der") == Sparse((), ())


def test_a_language_that_is_none_is_named():
    with pytest.raises(SearchIndexError, match="klingon"):
        TermVectors("klingon")
