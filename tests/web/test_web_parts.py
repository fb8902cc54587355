"""Searching for a part of a picture, on the pages."""

from __future__ import annotations

import pytest
from page_reading import SAMPLE, html_of, sentences

from explorer.errors import QueryError
from explorer.library.library import Library
from explorer.search.example_pictures import crop_picture
from explorer.web.components import picture_part

SUMMITS = SAMPLE / "images" / "summits.png"
ACROSS, DOWN = 1040, 460
BOX = "0.1,0.2,0.6,0.8"


@pytest.fixture
def summits(library):
    return next(figure for figure in library.browse.figures() if figure.image == "images/summits.png")


@pytest.fixture
def searched(monkeypatch):
    """The pictures that the library is asked for."""
    pictures = []
    search = Library.search

    def remembering(self, words=None, **asked):
        pictures.append(asked["picture"])
        return search(self, words, **asked)

    monkeypatch.setattr(Library, "search", remembering)
    return pictures


def test_a_part_of_a_figure_is_what_is_searched_for(open_page, summits, searched):
    app = open_page("similar", figure=summits.id, box=BOX)

    assert not app.exception
    assert not app.error
    assert searched[0].size == pytest.approx((ACROSS / 2, DOWN * 0.6), abs=1)
    shown = html_of(app)
    assert "This figure, in part" in shown
    assert "left:10.00%;top:20.00%;width:50.00%;height:60.00%" in shown


def test_a_part_of_the_upload_is_what_is_searched_for(open_page, searched):
    app = open_page("similar")
    app.file_uploader(key="similar_upload").set_value(("mine.png", SUMMITS.read_bytes(), "image/png")).run()
    again = open_page("similar", picture=app.query_params["picture"], box=BOX)

    assert not again.error
    assert searched[-1].size == pytest.approx((ACROSS / 2, DOWN * 0.6), abs=1)
    assert "Your picture, in part" in html_of(again)


def test_the_box_is_taken_away_and_the_picture_stays(open_page, summits):
    shown = html_of(open_page("similar", figure=summits.id, box=BOX))
    assert f'href="similar?figure={summits.id}" target="_self" aria-label="Remove the box' in shown


def test_another_picture_has_no_box(open_page, summits):
    app = open_page("similar", figure=summits.id, box=BOX)
    app.file_uploader(key="similar_upload").set_value(("mine.png", SUMMITS.read_bytes(), "image/png")).run()
    assert "box" not in app.query_params


def unfolded(app):
    app.session_state[picture_part.UNFOLDED] = True
    return app.run()


def test_a_picture_to_drag_a_box_on_is_sent_when_it_is_asked_for(open_page, summits):
    app = open_page("figure", id=summits.id)
    assert 'class="ax-drag"' not in html_of(app)

    assert 'class="ax-drag"' in html_of(unfolded(app))


@pytest.mark.parametrize("page", ["figure", "similar"])
def test_edges_are_given_as_numbers_where_nothing_is_dragged(open_page, summits, page):
    name = "id" if page == "figure" else "figure"
    app = unfolded(open_page(page, **{name: summits.id}))
    edges = {one.label: one for one in app.number_input}
    assert set(edges) == {f"{edge}, in percent" for edge in picture_part.EDGES}

    edges["Left edge, in percent"].set_value(10).run()

    assert f"similar?figure={summits.id}&amp;box=0.1%2C0.25%2C0.75%2C0.75" in html_of(app)


def test_edges_that_enclose_nothing_are_told(open_page, summits):
    app = unfolded(open_page("similar", figure=summits.id))
    next(one for one in app.number_input if one.label.startswith("Left")).set_value(90).run()
    assert "Search for this part" not in html_of(app)
    assert any("right of the left" in one.value for one in app.caption)


def test_a_figure_without_picture_has_no_parts(open_page, library):
    lost = next(figure for figure in library.browse.figures() if figure.label == "Lost plate 3")
    assert "Search for a part of the picture" not in [
        one.label for one in open_page("figure", id=lost.id).expander
    ]
    assert "no picture" in sentences(open_page("similar", figure=lost.id, box=BOX))[0]


@pytest.mark.parametrize("box", ["", "0,0,1", "0.5,0,0.5,1", "-1,0,1,1", "0,0,2,1", "nan,0,1,1", "a,b,c,d"])
def test_a_box_that_is_none_counts_as_not_said(open_page, summits, box):
    app = open_page("similar", figure=summits.id, box=box)
    assert not app.exception
    assert not app.error
    assert "Like this figure" in html_of(app)


def test_a_part_is_cut_out_of_any_picture():
    assert crop_picture(SUMMITS, (0, 0, 1, 1)).size == (ACROSS, DOWN)
    with pytest.raises(QueryError, match="The picture: "):
        crop_picture(b"words", (0, 0, 1, 1))
