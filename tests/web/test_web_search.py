from __future__ import annotations

import pytest
from conftest import html_of, sentences

from explorer.errors import QueryProblem
from explorer.library import Library
from explorer.web import hits, state
from explorer.web.hits import NOTHING
from explorer.web.sentences import UNEXPECTED

MAP = "subway map in five colours"


def raising(error):
    def search(*args, **kwargs):
        raise error

    return search


def test_first_view_shows_pictures_and_searches_to_try(open_page):
    app = open_page()
    assert not app.exception
    assert not app.error
    assert "Searches to try" in html_of(app)
    assert html_of(app).count("<img") >= 10


def test_first_view_loads_no_encoder(open_page, library_folder, monkeypatch):
    with Library.open(library_folder) as fresh:
        monkeypatch.setattr(state, "library", lambda: fresh)
        monkeypatch.setattr("explorer.library.load_tools", raising(AssertionError("the encoder was loaded")))
        app = open_page()
    assert not app.error


def test_words_find_the_figure_and_say_why(open_page):
    app = open_page()
    app.text_input(key="search_words").set_value(MAP).run()
    assert not app.exception
    found = html_of(app)
    assert 'alt="Five lines, nine places to change, three angles."' in found
    assert "match</span>" in found
    assert "<summary>Why</summary>" in found
    assert "<mark>subway</mark>" in found


def test_a_search_is_in_the_address(open_page):
    app = open_page()
    app.text_input(key="search_words").set_value(MAP).run()
    app.segmented_control(key="search_kind").set_value("any").run()
    assert app.query_params["q"] == MAP
    assert app.query_params["kind"] == "any"


def test_a_shared_link_opens_the_same_view(open_page):
    app = open_page(q=MAP, kind="item", number="3", caption="yes")
    assert app.text_input(key="search_words").value == MAP
    assert app.segmented_control(key="search_kind").value == "item"
    assert app.number_input(key="search_number").value == 3
    assert app.selectbox(key="search_captioned").value == "yes"


def test_another_question_begins_at_its_first_page(open_page):
    app = open_page(q=MAP, page="2")
    app.text_input(key="search_words").set_value("a bar chart").run()
    assert "page" not in app.query_params


def test_items_are_text_with_heading_and_passage(open_page):
    found = html_of(open_page(q="a subway map keeps the order of the stations", kind="item"))
    assert "<h3>Straight lines for crooked tunnels</h3>" in found
    assert "<mark>stations</mark>" in found


def test_no_match_says_so_and_folds_the_nearest_away(open_page):
    app = open_page(q="recipe for pancakes")
    assert app.info[0].value == NOTHING
    assert app.expander[0].label.startswith("The nearest all the same")


def test_a_next_page_is_offered_while_it_matches_well(open_page, monkeypatch):
    monkeypatch.setattr(hits, "PER_PAGE", 1)
    first = html_of(open_page(q=MAP, kind="any"))
    assert "page=2" in first
    assert "Page 1" in first


def test_an_address_that_is_nonsense_is_the_plain_page(open_page):
    app = open_page(kind="elephant", page="-7", number="x", caption="?")
    assert not app.exception
    assert not app.error


def test_a_date_that_is_none_is_told(open_page):
    app = open_page(q=MAP, **{"from": "next week"})
    assert "is no date" in sentences(app)[0]


def test_an_explorer_error_is_its_sentence(open_page, monkeypatch):
    monkeypatch.setattr(Library, "search", raising(QueryProblem("The cat sat on the index. Lift it.")))
    app = open_page(q=MAP)
    assert sentences(app) == ["The cat sat on the index. Lift it."]
    assert not app.exception


def test_any_other_error_is_a_sentence_and_a_line_in_the_log(open_page, monkeypatch, caplog):
    monkeypatch.setattr(Library, "search", raising(RuntimeError("secret detail")))
    app = open_page(q=MAP)
    assert sentences(app) == [UNEXPECTED]
    assert not app.exception
    assert "secret detail" in caplog.text


def test_a_damaged_library_is_told_with_the_way_out(open_page, tmp_path):
    (tmp_path / "library.json").write_text("{", encoding="utf-8")
    app = open_page(library=tmp_path)
    assert "cannot be read" in sentences(app)[0]


def test_without_a_library_the_page_says_how_to_make_one(open_page, tmp_path):
    app = open_page(library=tmp_path / "none")
    assert not app.exception
    assert "There is no archive in this library yet" in html_of(app)
    assert "explorer ingest" in app.code[0].value
    assert app.text_input(key="archive_path").label


@pytest.mark.parametrize("page", ["search", "similar", "captions", "library", "figure"])
def test_every_page_shows_the_way_in_while_there_is_no_library(open_page, tmp_path, page):
    app = open_page(page, library=tmp_path / "none")
    assert not app.exception
    assert app.text_input(key="archive_path").label
