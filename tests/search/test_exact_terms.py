"""Words as they are written, whatever way a text writes them; and which word is nearest to a misspelled one."""

import pytest

from explorer.catalog.full_text import FullText
from explorer.catalog.store import Catalog
from explorer.errors import QueryError
from explorer.search import exact_terms as exact_terms_module
from explorer.search.exact_terms import exact_term_filter
from explorer.search.spelling import corrected, corrections, nearest, nearest_in


@pytest.fixture
def texts(tmp_path):
    """Return the full text of a catalog of figures, each with one caption; the first figure has the id "0"."""
    catalogs = []

    def full_text(*captions) -> FullText:
        catalog = Catalog(tmp_path / f"{len(catalogs)}.sqlite", create=True)
        catalogs.append(catalog)
        with catalog._database.writing() as connection:
            connection.execute("INSERT INTO archive VALUES (1, 'a', '/a')")
            connection.execute(
                "INSERT INTO issue (id, archive_id, document, digest) VALUES ('i', 1, 'd', '')"
            )
            connection.executemany(
                "INSERT INTO figure (id, issue_id, position, status, caption) VALUES (?, 'i', ?, 'shown', ?)",
                [(str(position), position, caption) for position, caption in enumerate(captions)],
            )
        return catalog.full_text

    yield full_text
    for catalog in catalogs:
        catalog.close()


@pytest.mark.parametrize(
    ("words", "text"),
    [
        pytest.param("CAFE", "In the Café.", id="capitals and accents"),
        pytest.param("it's", "Now it’s here", id="apostrophes"),
        pytest.param("XR-7742", "the XR‑7742 pump", id="dashes"),
        pytest.param("red cat", "a red\n  cat", id="line breaks"),
        pytest.param("strasse", "die Straße", id="sharp s"),
        pytest.param("C++", "written in C++.", id="signs at the end"),
        pytest.param('5" disk', 'a 5" disk', id="a quotation mark"),
        pytest.param("-cat", "a -cat", id="a sign at the beginning"),
        pytest.param("50%_a", "a 50%_a b", id="signs of patterns"),
        pytest.param("NOT cat OR", "not cat or dog", id="words of the query language"),
        pytest.param("東京", "東京都の地図", id="a script without spaces"),
        pytest.param("xr東京", "die XR東京都", id="two scripts"),
        pytest.param("ที่", "ที่นี่", id="vowel signs"),
        pytest.param("का", "का घर", id="vowel signs of a script with spaces"),
        pytest.param("😀", "smile😀!", id="emoji"),
        pytest.param("москва", "Москва", id="another script"),
        pytest.param("cat", "\ue000cat", id="private use"),
    ],
)
def test_words_are_found_however_they_are_written(texts, words, text):
    full_text = texts(text)
    assert exact_term_filter(full_text, [words], [], "figure").include_ids == {"0"}
    assert exact_term_filter(full_text, [], [words], "figure").exclude_ids == {"0"}


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("cat", "category"),
        ("cat", "bobcat"),
        ("red cat", "red, cat"),
        ("5", "15 and 50"),
        ("-cat", "a-category"),
        ("C++", "C+"),
        ("red cat", "cat red"),
    ],
)
def test_a_part_of_a_word_is_not_the_word(texts, words, text):
    assert exact_term_filter(texts(text), [words], [], "figure").include_ids == frozenset()


def test_all_required_words_and_none_of_the_excluded(texts):
    full_text = texts("a red cat", "a red dog", "a cat", None)

    assert exact_term_filter(full_text, ["red", "cat"], ["dog"], "any").include_ids == {"0"}
    assert exact_term_filter(full_text, [], ["dog", "cat"], "any").exclude_ids == {"0", "1", "2"}
    assert exact_term_filter(full_text, ["red"], [], "item").include_ids == frozenset()
    assert exact_term_filter(full_text, [], [], "any").include_ids is None


def test_too_many_ids_for_a_filter_are_refused(texts, monkeypatch):
    monkeypatch.setattr(exact_terms_module, "MOST_IDS", 2)

    with pytest.raises(QueryError, match='"cat" occurs in 3 figures and items: too many'):
        exact_term_filter(texts("cat", "cat", "cat"), ["cat"], [], "figure")


def test_the_nearest_word_has_the_fewest_slips_and_then_is_the_most_frequent():
    counts = {"garden": 1, "gardens": 9, "harden": 50, "gander": 3, "boat": 1, "boot": 5}

    assert nearest("gardne", counts) == "garden"
    assert nearest("bxat", counts) == "boat"
    assert nearest("boxt", counts) == "boot"
    assert nearest("bxxt", counts) is None
    assert nearest("telescope", counts) is None


def test_only_unknown_words_are_corrected_and_the_rest_of_the_line_stays(texts):
    full_text = texts("Architecture of a bridge", "bridges", "Hrbatka, bridle24")
    by_word = corrections(
        "Architecure, brigde and bridge",
        lambda word: nearest_in(full_text, word),
        {"and", "bridge"}.__contains__,
    )

    assert by_word == {"Architecure": "architecture", "brigde": "bridge"}
    assert corrected("Architecure, brigde and bridge", by_word) == "architecture, bridge and bridge"


def test_words_that_the_library_has_by_their_first_letter_and_length(texts):
    full_text = texts("Éclair eclair ÉCLAIRS", "東京 edge", "zebra")

    assert full_text.words("e", range(6, 8)) == {"eclair": 2, "eclairs": 1}
    assert full_text.words("z", range(1, 9)) == {"zebra": 1}


def test_known_words_need_no_vocabulary():
    assert corrections("a bridge", lambda word: pytest.fail("it was looked up"), lambda word: True) == {}
