"""How much each way of comparing counts, moved on the pages that search."""

from __future__ import annotations

import re

import pytest
from page_reading import html_of

MAP = "subway map in five colours"


def order(app):
    return list(dict.fromkeys(re.findall(r"figure\?id=([0-9a-f-]{36})", html_of(app))))


def sliders(app):
    return {one.label: one for one in app.slider}


@pytest.fixture
def summits(library):
    return next(figure for figure in library.browse.figures() if figure.image == "images/summits.png")


def test_every_way_that_had_a_say_begins_where_it_was_fitted(open_page, library):
    found = sliders(open_page(q=MAP))

    assert found["Same words"].value == library.weights()["terms"]
    assert found["What the picture shows"].value == library.weights()["picture"]
    assert "Overall look" not in found


def test_a_moved_weight_is_in_the_address_and_reorders(open_page):
    app = open_page(q=MAP)
    before = order(app)

    for label in ("Same words", "Meaning of the text", "Text around the picture"):
        sliders(app)[label].set_value(0.0).run()

    assert not app.exception
    assert app.query_params["w"] == "sentence:0,context:0,terms:0"
    assert order(app) != before


def test_a_way_that_counts_nothing_can_be_moved_back(open_page, library):
    app = open_page(q=MAP, w="terms:0")
    words = sliders(app)["Same words"]
    assert words.value == 0

    words.set_value(library.weights()["terms"]).run()

    assert "w" not in app.query_params


def test_reset_leads_to_the_same_search_as_fitted(open_page):
    assert 'href="./?q=subway+map+in+five+colours" target="_self" aria-label="Reset' in html_of(
        open_page(q=MAP, w="terms:2", page="1")
    )


def test_another_question_keeps_what_counts_how_much(open_page):
    app = open_page(q=MAP, w="terms:2")
    app.text_input(key="search_words").set_value("a bar chart").run()
    assert app.query_params["w"] == "terms:2"


@pytest.mark.parametrize("written", ["nose:1", "terms:9", "terms:-1", "terms:nan", "terms", ":", "<b>"])
def test_a_weight_that_is_none_counts_as_not_said(open_page, written):
    app = open_page(q=MAP, w=written)
    assert not app.exception
    assert not app.error
    assert "Reset" not in html_of(app)


def test_the_similar_page_has_the_ways_of_pictures(open_page, summits):
    app = open_page("similar", figure=summits.id)
    sliders(app)["Overall look"].set_value(0.0).run()
    assert not app.exception
    assert app.query_params["w"] == "visual:0"
    assert app.query_params["figure"] == summits.id
