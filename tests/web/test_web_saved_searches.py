"""Saved searches: saved on the page Similar, listed with what is new, run and forgotten."""

from __future__ import annotations

import pytest
from page_reading import html_of, sentences

from explorer.curate import saved_searches
from explorer.library.library import Library


@pytest.fixture
def with_news(own_folder, night):
    """A library with a saved search to which everything that passes is new."""
    with Library.open(own_folder) as library:
        seen = library.saved_searches.save("Night skies", like=[night.id], threshold=0.5)
    saved_searches.write(own_folder, seen.saved_search)
    return own_folder


def press(app, label):
    return next(one for one in app.button if one.label == label).click().run()


def save(app, name):
    app.text_input(key="saved_name").set_value(name)
    return press(app, "Save")


def test_what_is_liked_is_saved_where_it_was_chosen(open_page, own_folder, night):
    app = save(open_page("similar", library=own_folder, figure=night.id), "Night skies")

    assert not app.exception
    assert "Saved" in app.success[0].value
    with Library.open(own_folder) as library:
        assert library.saved_searches.get("Night skies").like == (night.id,)


def test_a_search_by_words_and_filters_is_saved_where_it_was_made(open_page, own_folder):
    app = save(open_page("search", library=own_folder, q="map", shape="landscape"), "Maps")
    assert "Saved" in app.success[0].value
    with Library.open(own_folder) as library:
        assert library.saved_searches.get("Maps").words == "map +shape:landscape"
    shown = html_of(open_page("saved", library=own_folder))
    assert 'href="./?q=map+%2Bshape%3Alandscape"' in shown


def test_the_top_of_every_page_has_the_number_of_new_matches(open_page, with_news):
    with Library.open(with_news) as library:
        library.saved_searches.report()
        new = library.saved_searches.unseen()
    assert new > 1
    for page in ("search", "captions", "library"):
        assert f'<a href="saved" target="_self">{new} new matches</a>' in html_of(
            open_page(page, library=with_news)
        )
    press(open_page("saved", library=with_news), "Mark all as seen")
    assert "new matches</a>" not in html_of(open_page("captions", library=with_news))


def test_a_name_that_is_taken_is_told_and_nothing_is_lost(open_page, with_news, night):
    app = save(open_page("similar", library=with_news, figure=night.id, q="moon"), "Night skies")

    assert "Choose another name" in sentences(app)[0]
    with Library.open(with_news) as library:
        assert library.saved_searches.get("Night skies").words is None


def test_a_name_that_no_file_can_bear_is_told(open_page, own_folder, night):
    app = save(open_page("similar", library=own_folder, figure=night.id), "../x")
    assert "is not a valid name for a saved search" in sentences(app)[0]


def test_visitors_from_elsewhere_save_run_and_delete_nothing(open_page, with_news, night):
    assert not open_page("similar", library=with_news, at_home=False, figure=night.id).text_area
    assert "saved_name" not in [
        box.key for box in open_page("similar", library=with_news, at_home=False, figure=night.id).text_input
    ]
    app = open_page("saved", library=with_news, at_home=False)
    assert "Night skies" in html_of(app)
    assert not app.button


def test_the_page_says_how_to_make_one(open_page):
    app = open_page("saved")
    assert not app.exception
    assert 'href="similar"' in html_of(app)


def test_news_are_shown_until_the_saved_search_is_run(open_page, with_news):
    assert "New matches for your saved searches: Night skies (" in html_of(open_page(library=with_news))
    app = open_page("saved", library=with_news)
    assert 'aria-label="New: Night skies"' in html_of(app)

    press(app, "Run")
    assert not app.exception
    assert 'aria-label="New: Night skies"' in html_of(app)

    assert "nothing new" in html_of(open_page("saved", library=with_news))
    assert "New matches for your saved searches" not in html_of(open_page(library=with_news))


def test_a_run_shows_what_was_seen_before_as_well(open_page, with_news):
    press(open_page("saved", library=with_news), "Run")
    again = press(open_page("saved", library=with_news), "Run")
    assert 'aria-label="Seen before: Night skies"' in html_of(again)


def test_a_saved_search_is_deleted(open_page, with_news):
    app = press(open_page("saved", library=with_news), "Delete this saved search")
    assert not app.exception
    assert "Night skies" not in html_of(app)
    with Library.open(with_news) as library:
        assert library.saved_searches.list() == []


def test_the_content_of_a_saved_search_is_text(open_page, own_folder, night):
    hostile = saved_searches.SavedSearch(
        "Trap",
        words="<script>alert(1)</script>",
        like=(night.id, "gone"),
        pictures=("/tmp/<b>.png",),
        threshold=9,
    )
    saved_searches.write(own_folder, hostile)
    shown = html_of(open_page("saved", library=own_folder))
    assert "<script>" not in shown
    assert "&lt;b&gt;" in shown
    assert "no longer here" in shown


def test_the_library_page_leads_to_them(open_page):
    assert 'href="saved"' in html_of(open_page("library"))
