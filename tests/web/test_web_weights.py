"""How much each way of comparing counts, moved on the pages that search."""

from __future__ import annotations

import json
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

    assert found["Same words"].value == library.encoders.weights()["terms"]
    assert found["What the picture shows"].value == library.encoders.weights()["picture"]
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

    words.set_value(library.encoders.weights()["terms"]).run()

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


# --- the time limit -----------------------------------------------------------------------------------------


def time_limit(app):
    (field,) = [field for field in app.number_input if field.label == "Time limit (ms)"]
    return field


@pytest.fixture
def slow(own_folder):
    """A library in which the comparison with the text around the pictures took half a second."""
    legs = {"encoding": 1.0, "picture": 1.0, "sentence": 1.0, "terms": 1.0, "context": 500.0}
    lines = [json.dumps({"total": 504.0, "warm": warm, "legs": legs}) for warm in (True, False)]
    (own_folder / "timings.jsonl").write_text("\n".join(lines) + "\n")
    return own_folder


def test_a_time_limit_is_in_the_address_and_names_what_is_left_out(open_page, slow):
    app = open_page(library=slow, q="sailing boat")
    assert time_limit(app).value is None
    assert "ms" not in app.query_params

    time_limit(app).set_value(100).run()

    assert not app.exception
    assert app.query_params["ms"] == "100"
    assert "Left out: Text around the picture." in [caption.value for caption in app.caption]
    assert "ms%3D100" in html_of(app)  # the way back from a figure


def test_a_link_opens_the_time_limit_and_an_invalid_one_is_none(open_page, slow):
    assert time_limit(open_page(library=slow, q="sailing boat", ms="250")).value == 250
    assert time_limit(open_page(library=slow, q="sailing boat", ms="soon")).value is None


def test_another_search_keeps_the_time_limit(open_page, slow):
    app = open_page(library=slow, q="sailing boat", ms="250")

    app.text_input(key="search_words").set_value("tomatoes").run()

    assert app.query_params["ms"] == "250"


def test_searches_of_the_app_are_timed_unless_nobody_may_change_anything(open_page, own_folder, monkeypatch):
    monkeypatch.setenv("EXPLORER_READ_ONLY", "1")
    open_page(library=own_folder, q="sailing boat")
    assert not (own_folder / "timings.jsonl").exists()

    monkeypatch.delenv("EXPLORER_READ_ONLY")
    open_page(library=own_folder, q="sailing boat")
    assert (own_folder / "timings.jsonl").exists()
