from __future__ import annotations

import pytest
from page_reading import SAMPLE, html_of, png, sentences

from explorer.errors import QueryError
from explorer.library.library import Library
from explorer.web.pages.similar import MAX_UPLOAD_MB
from images import PICTURE_SUFFIXES

SUMMITS = SAMPLE / "images" / "summits.png"


@pytest.fixture
def summits(library):
    return next(figure for figure in library.browse.figures() if figure.image == "images/summits.png")


def upload(app, name, data, kind="image/png"):
    return app.file_uploader(key="similar_upload").set_value((name, data, kind)).run()


def test_first_view_offers_figures_to_begin_with(open_page):
    app = open_page("similar")
    assert not app.exception
    assert "Or start with a figure of the library" in html_of(app)
    assert "similar?figure=" in html_of(app)


def test_a_picture_finds_its_figure_first(open_page, summits):
    app = upload(open_page("similar"), "mine.png", SUMMITS.read_bytes())
    assert not app.exception
    found = html_of(app)
    assert 'alt="The picture you uploaded"' in found
    cards = found.split('aria-label="Figures found"')[1]
    assert cards.index("figure?id=" + summits.id) == cards.index("figure?id=")


def test_the_link_of_an_uploaded_picture_opens_the_same_view(open_page, summits):
    uploaded = upload(open_page("similar"), "mine.png", SUMMITS.read_bytes())
    name = uploaded.query_params["picture"]
    again = open_page("similar", picture=name)
    assert 'alt="The picture you uploaded"' in html_of(again)
    assert summits.id in html_of(again)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"these are words", id="not a picture"),
        pytest.param(b"", id="empty"),
        pytest.param(png("red")[:60], id="cut off"),
    ],
)
def test_what_is_no_picture_is_told_in_one_sentence(open_page, data):
    app = upload(open_page("similar"), "broken.png", data)
    assert not app.exception
    assert len(app.error) == 1
    assert sentences(app)[0].startswith("The picture: ")


def test_uploads_are_bounded(open_page):
    uploader = open_page("similar").file_uploader(key="similar_upload")
    assert uploader.proto.max_upload_size_mb == MAX_UPLOAD_MB


def test_every_picture_that_can_be_opened_can_be_uploaded(open_page):
    uploader = open_page("similar").file_uploader(key="similar_upload")
    assert {kind.removeprefix(".") for kind in uploader.proto.type} >= set(PICTURE_SUFFIXES)


def test_a_figure_of_the_library_finds_others_and_never_itself(open_page, summits):
    app = open_page("similar", figure=summits.id)
    assert not app.error
    assert "Like this figure" in html_of(app)
    assert f"figure?id={summits.id}" not in html_of(app)


def test_words_beside_a_figure_are_in_the_address(open_page, summits):
    app = open_page("similar", figure=summits.id)
    app.text_input(key="similar_words").set_value("by night").run()
    assert app.query_params["figure"] == summits.id
    assert app.query_params["q"] == "by night"


def test_hits_refine_the_search(open_page, summits):
    found = html_of(open_page("similar", figure=summits.id))
    assert f"similar?figure={summits.id}&amp;like=" in found
    assert f"similar?figure={summits.id}&amp;unlike=" in found


def test_liked_and_unliked_figures_are_shown_and_can_be_taken_back(open_page, library, summits):
    others = [figure.id for figure in library.browse.figures(limit=2) if figure.id != summits.id]
    found = html_of(open_page("similar", figure=summits.id, like=others[0], unlike=others[1]))
    assert found.count("Remove</a>") == 3
    assert "Unlike this figure" in found


def test_a_figure_that_is_not_there_is_told(open_page):
    app = open_page("similar", figure="no-such-figure")
    assert "no figure or item" in sentences(app)[0]


def test_an_explorer_error_is_its_sentence(open_page, monkeypatch, summits):
    def search(*args, **kwargs):
        raise QueryError("No.")

    monkeypatch.setattr(Library, "search", search)
    assert sentences(open_page("similar", figure=summits.id)) == ["No."]


def test_an_old_link_whose_picture_is_gone_says_so_and_leads_on(open_page):
    app = open_page("similar", picture="0" * 64, box="0.1,0.1,0.5,0.5")
    assert "no longer exists" in app.warning[0].value
    assert not app.error
    assert "Figures to begin with" in html_of(app)


def test_an_old_link_whose_picture_is_gone_is_asked_with_its_words(open_page):
    app = open_page("similar", picture="0" * 64, q="subway map in five colours")
    assert "no longer exists" in app.warning[0].value
    assert "Figures found" in html_of(app)
