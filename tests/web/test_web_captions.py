from __future__ import annotations

import re

import pytest
from page_reading import LOST_PLATES, html_of, sentences

from explorer.errors import LibraryError
from explorer.library.browse import LibraryBrowser
from explorer.web.pages.captions import PER_PAGE


def labels(app):
    return re.findall(r'class="ax-label" title="([^"]*)"', html_of(app))


def test_first_view_is_one_page_of_all(open_page, library):
    app = open_page("captions")
    assert not app.exception
    assert len(labels(app)) == PER_PAGE
    assert f"of {library.browse.count_figures():,} figures" in html_of(app)


def test_never_more_than_one_page_is_read(open_page, monkeypatch):
    read = []
    figures = LibraryBrowser.figures

    def watched(self, *args, **kwargs):
        read.append(kwargs["limit"])
        return figures(self, *args, **kwargs)

    app = open_page("captions")
    monkeypatch.setattr(LibraryBrowser, "figures", watched)
    app.run()
    assert read == [PER_PAGE]


def test_the_second_page_is_added_to_the_first(open_page, library):
    first, both = labels(open_page("captions")), labels(open_page("captions", page="2"))
    assert set(first) <= set(both)
    assert len(both) == 2 * PER_PAGE


def test_the_cards_of_a_page_stay_when_another_one_is_added(open_page):
    """Streamlit sends an element again only if it has changed."""
    first, both = (
        [
            block.proto.body
            for block in open_page("captions", page=page).html
            if "ax-cards" in block.proto.body
        ]
        for page in ("1", "2")
    )
    assert both[0] == first[0]


def test_the_last_page_ends_with_the_last_figure(open_page, library):
    every = labels(open_page("captions", page=str(-(-library.browse.count_figures() // PER_PAGE))))
    assert len(every) == library.browse.count_figures()
    assert sum(label.startswith("Lost plate") for label in every) == LOST_PLATES


def test_a_page_beyond_the_last_is_the_last(open_page):
    assert "Pages 1 to 4 of 4" in html_of(open_page("captions", page="99"))


def test_words_filter(open_page):
    app = open_page("captions")
    app.text_input(key="captions_text").set_value("plate 17").run()
    assert labels(app) == ["Lost plate 17"]
    assert app.query_params["q"] == "plate 17"


def test_nothing_left_is_told(open_page):
    app = open_page("captions", q="zebra")
    assert app.info[0].value == "No figure matches these filters."


def test_by_caption_is_from_a_to_z(open_page):
    shown = [
        label.casefold() for label in labels(open_page("captions", order="caption")) if label[0].isalpha()
    ]
    assert shown == sorted(shown)


def test_one_issue_alone(open_page, library):
    issue = next(issue for issue in library.browse.issues() if issue.number == 3)
    app = open_page("captions", issue=issue.id)
    assert len(labels(app)) == issue.figures
    assert app.selectbox(key="captions_issue").value == issue.id


def test_an_issue_that_is_not_there_has_no_figure(open_page):
    app = open_page("captions", issue="no-such-issue")
    assert not app.exception
    assert len(app.info) == 1


def test_as_a_list(open_page):
    app = open_page("captions")
    app.segmented_control(key="captions_layout").set_value("list").run()
    assert app.query_params["as"] == "list"
    assert 'class="ax-cards ax-list"' in html_of(app)


def test_a_shared_link_opens_the_same_view(open_page):
    app = open_page("captions", q="plate", order="caption", page="2", **{"as": "list", "caption": "yes"})
    assert app.text_input(key="captions_text").value == "plate"
    assert app.selectbox(key="captions_order").value == "caption"
    assert app.selectbox(key="captions_caption").value == "yes"
    assert "Pages 1 to 2 of 3" in html_of(app)


@pytest.mark.parametrize("field", ["from", "to"])
def test_a_date_that_is_none_is_told(open_page, field):
    assert "is not a date" in sentences(open_page("captions", **{field: "spring"}))[0]


def test_an_explorer_error_is_its_sentence(open_page, monkeypatch):
    def figures(*args, **kwargs):
        raise LibraryError("Busy. Wait.")

    monkeypatch.setattr(LibraryBrowser, "figures", figures)
    assert sentences(open_page("captions")) == ["Busy. Wait."]
