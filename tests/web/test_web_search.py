from __future__ import annotations

import re
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from page_reading import html_of, png, sentences

from explorer.errors import QueryError
from explorer.library.browse import LibraryBrowser
from explorer.library.library import Library
from explorer.web.components import hits
from explorer.web.components.hits import NOTHING
from explorer.web.state import current
from explorer.web.state.error_messages import UNEXPECTED

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


def shown_figures(app):
    return re.findall(r"figure\?id=([\w-]+)", html_of(app))


def test_a_surprise_shows_the_same_figures_to_everybody_with_its_link(open_page, library):
    first = open_page()
    link = re.search(r'href="\./\?surprise=(\d+)"[^>]*>Surprise me<', html_of(first))
    assert link
    figures = [shown_figures(open_page(surprise=seed)) for seed in (link[1], link[1], "1", "2")]
    assert figures[0] == figures[1]
    assert figures[2] != figures[3]
    known = {figure.id for figure in library.browse.figures() if figure.sha256}
    assert all(set(ids) <= known for ids in figures)


def test_this_month_in_earlier_years_is_on_the_start_page(open_page, library, monkeypatch):
    december = library.browse.this_month_in_earlier_years(date(2026, 12, 24), limit=6)
    assert {figure.date[:7] for figure in december} == {"2024-12"}
    assert library.browse.this_month_in_earlier_years(date(2024, 12, 24)) == []
    assert library.browse.this_month_in_earlier_years(date(2026, 2, 1)) == []

    monkeypatch.setattr(LibraryBrowser, "this_month_in_earlier_years", lambda *_, **__: december)
    app = open_page()
    assert "<h2>This month in earlier years</h2>" in html_of(app)
    assert (
        shown_figures(app)[: len(december)]
        == [figure.id for figure in december for _ in (1, 2)][: len(december)]
    )


def test_first_view_loads_no_encoder(open_page, library_folder, monkeypatch):
    with Library.open(library_folder) as fresh:
        monkeypatch.setattr(current, "library", lambda: fresh)
        monkeypatch.setattr(
            "explorer.library.indexes.load_library_encoders",
            raising(AssertionError("the encoder was loaded")),
        )
        app = open_page()
    assert not app.error


def test_words_find_the_figure_and_say_why(open_page):
    app = open_page()
    app.text_input(key="search_words").set_value(MAP).run()
    assert not app.exception
    found = html_of(app)
    assert 'alt="Five lines, nine places to change, three angles."' in found
    assert "Compared by" in found
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
    assert app.selectbox(key="search_caption").value == "yes"


def test_another_question_begins_at_its_first_page(open_page):
    app = open_page(q=MAP, page="2")
    app.text_input(key="search_words").set_value("a bar chart").run()
    assert "page" not in app.query_params


def test_items_are_text_with_heading_and_passage(open_page):
    found = html_of(open_page(q="a subway map keeps the order of the stations", kind="item"))
    assert re.search(r"<h3><a [^>]*>Straight lines for crooked tunnels</a></h3>", found)
    assert "<mark>stations</mark>" in found


def test_no_match_says_so_and_folds_the_nearest_away(open_page):
    app = open_page(q="recipe for pancakes")
    assert app.info[0].value == NOTHING
    assert app.expander[0].label.startswith("Closest results")


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
    assert "is not a date" in sentences(app)[0]


def test_an_explorer_error_is_its_sentence(open_page, monkeypatch):
    monkeypatch.setattr(Library, "ask", raising(QueryError("The cat sat on the index. Lift it.")))
    app = open_page(q=MAP)
    assert sentences(app) == ["The cat sat on the index. Lift it."]
    assert not app.exception


def test_any_other_error_is_a_sentence_and_a_line_in_the_log(open_page, monkeypatch, caplog):
    monkeypatch.setattr(Library, "ask", raising(RuntimeError("secret detail")))
    app = open_page(q=MAP)
    assert sentences(app) == [UNEXPECTED]
    assert not app.exception
    assert "secret detail" in caplog.text


def test_a_line_is_shown_as_it_was_understood(open_page):
    found = html_of(open_page(q='subway "five colours" -photo kind:any'))
    assert "searching for “subway five colours”" in found
    assert "only with &#34;five colours&#34;" in found
    assert "without &#34;photo&#34;" in found
    assert "figures and items" in found


def test_a_part_of_the_line_can_be_left_out(open_page):
    found = html_of(open_page(q=f"{MAP} -photo issue:3", page="2"))
    left = [unescape(href) for href in re.findall(r'<li class="ax-chip">.*?href="([^"]+)"', found)]
    assert [parse_qs(urlsplit(href).query)["q"] for href in left] == [
        [f"{MAP} +issue:3"],
        [f'{MAP} -"photo"'],
    ]
    assert not any("page=" in href for href in left)


def test_plain_words_are_not_repeated(open_page):
    assert "Your query" not in html_of(open_page(q=MAP))


def test_a_hostile_line_is_shown_as_text(open_page):
    app = open_page(q='map -"<img src=x onerror=alert(1)>" +</ul><script>')
    assert not app.exception
    assert "<img src=x" not in html_of(app)
    assert "<script>" not in html_of(app)


def test_a_visitor_reads_no_file_of_the_machine(open_page, tmp_path):
    (tmp_path / "secret.png").write_bytes(png("red"))
    app = open_page(q=f"{tmp_path}/secret.png")
    assert not app.error
    assert "like secret.png" not in html_of(app)
    app = open_page(q=f"map + {tmp_path}/nowhere.png")
    assert not app.error
    assert "only with" in html_of(app)


def test_a_slip_of_the_pen_is_forgiven_and_may_be_meant(open_page):
    app = open_page(q="subwya map in five colours")
    assert "Also showing results for <em>subway</em>" in html_of(app)
    assert "exact=yes" in html_of(app)
    assert 'alt="Five lines, nine places to change, three angles."' in html_of(app)
    assert "Also showing" not in html_of(open_page(q="subwya map in five colours", exact="yes"))


def test_the_page_says_how_to_ask(open_page):
    assert "only hits without these words" in html_of(open_page())


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


def test_a_line_of_nothing_but_filters_lists_what_passes(open_page):
    app = open_page(q="issue:2 has:caption")
    assert not app.exception
    assert not app.error
    assert html_of(app).count("ax-card") >= 2
    assert "Strong match" not in html_of(app)


@pytest.mark.parametrize(
    "line", ['"' * 100_000, "word " * 75_000, "./ " * 100_000], ids=["quotes", "words", "paths"]
)
def test_a_passage_in_the_box_is_told_to_be_one(open_page, line):
    app = open_page(q=line)
    assert not app.exception
    assert any("To find figures for a longer text" in sentence for sentence in sentences(app))


def test_a_line_of_what_is_not_wanted_is_told(open_page):
    assert any("only what you do not want" in sentence for sentence in sentences(open_page(q="- map")))
