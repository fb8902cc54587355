"""The Search page keeps what is asked, once; the Compare page asks it again."""

from __future__ import annotations

import pytest
from page_reading import html_of, sentences
from test_web_comparing import compared

from explorer.library.library import Library
from explorer.web.state import search_history

MAP = "subway map in five colours"


@pytest.fixture
def history(own_folder):
    """What was searched for in the library of the test's own."""

    def history():
        with Library.open(own_folder) as opened:
            return [(one.line, one.times) for one in opened.history.searches()]

    yield history
    search_history._record.clear()


def test_a_search_is_kept_once_however_often_its_page_runs(open_page, own_folder, history):
    app = open_page(library=own_folder, q=MAP)
    app.run()
    app.slider(key="search_weight_terms").set_value(0.0).run()
    open_page(library=own_folder, q=MAP, page="2")
    assert history() == [(MAP, 1)]

    app.text_input(key="search_words").set_value("night").run()
    assert history() == [("night", 1), (MAP, 1)]


def test_what_restricts_a_search_is_kept_with_it(open_page, own_folder, history):
    open_page(library=own_folder, q="map", kind="any", **{"from": "2024", "caption": "yes"})
    assert history() == [("map +kind:any +after:2024 +has:caption", 1)]


def test_a_search_that_fails_is_not_kept(open_page, own_folder, history):
    app = open_page(library=own_folder, q="map", **{"from": "yesterday"})
    assert sentences(app)
    assert history() == []


def test_in_public_nothing_is_kept(open_page, own_folder, history, monkeypatch):
    monkeypatch.setenv("EXPLORER_READ_ONLY", "1")
    app = open_page(library=own_folder, q=MAP, at_home=False)
    assert "Figures found" in html_of(app)
    assert history() == []


def test_what_was_searched_for_is_compared_with_pictures(open_page, own_folder):
    with Library.open(own_folder) as opened:
        opened.history.record("the <b>anvil</b>")
        opened.history.record(f"{MAP} kind:any")
    app = open_page("compare", library=own_folder, w="sentence:0,terms:0,context:0")
    app.radio(key="compare_asked").set_value("history").run()
    compared(app)

    assert not app.exception
    assert not app.error
    shown = html_of(app)
    assert 'aria-label="Overlap of the hits"' in shown
    assert "<dt>Searches</dt><dd>2, of which" in shown
    assert 'aria-label="What changed most"' in shown
    assert "the &lt;b&gt;anvil&lt;/b&gt;" in shown
    changed = shown[shown.index('class="ax-changed"') :]
    assert "<img" in changed
    assert "A: first" in changed
    assert "only in A" in changed
    assert "only in B" in changed

    elsewhere = open_page("compare", library=own_folder, at_home=False)
    assert "anvil" not in html_of(elsewhere)


def test_before_the_first_search_there_is_nothing_to_ask(open_page, own_folder):
    app = open_page("compare", library=own_folder, w="terms:0")
    app.radio(key="compare_asked").set_value("history").run()
    compared(app)
    assert "Nobody has searched" in sentences(app)[0]


def test_questions_of_your_own_need_a_file(open_page):
    app = open_page("compare", w="terms:0")
    app.radio(key="compare_asked").set_value("file").run()
    compared(app)
    assert "Upload a file" in sentences(app)[0]
