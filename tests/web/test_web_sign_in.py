"""Who may see the library, and who may change it."""

import time

import pytest
from page_reading import html_of
from streamlit.testing.v1 import AppTest

from explorer.errors import QueryError
from explorer.web.state import current, sign_in, uploads
from explorer.web.state.sign_in import Sessions
from explorer.web.state.uploads import Uploads

TOKEN = "correct horse battery staple"
PAGES = ("search", "similar", "illustrate", "captions", "library", "figure", "compare", "saved")


@pytest.fixture
def asked_for_token(monkeypatch):
    monkeypatch.setenv("EXPLORER_TOKEN", TOKEN)
    monkeypatch.setattr(sign_in, "WRONG_GUESS_SECONDS", 0)


def given(app: AppTest, token: str) -> AppTest:
    app.text_input(key="token").set_value(token)
    return app.button[0].click().run()


def test_without_a_token_everybody_sees_the_library(open_page):
    assert "<dt>figures</dt>" in html_of(open_page("library"))


def test_nothing_of_the_library_is_shown_before_the_token_is(open_page, asked_for_token, library):
    app = open_page()

    assert [box.key for box in app.text_input] == ["token"]
    assert html_of(app) == ""
    assert not [*app.dataframe, *app.markdown, *app.caption]


def test_a_wrong_token_is_refused(open_page, asked_for_token):
    app = given(open_page(), "correct horse")

    assert "Wrong token" in app.error[0].value
    assert [box.key for box in app.text_input] == ["token"]


def test_with_the_token_the_library_is_shown(open_page, asked_for_token):
    app = given(open_page(), f" {TOKEN}\n")

    assert not app.exception
    assert "token" not in [box.key for box in app.text_input]
    assert "query" in [box.key for box in app.text_input] or app.text_input


def test_a_session_that_nobody_opened_is_unknown():
    sessions = Sessions()
    name = sessions.open(TOKEN, TOKEN)

    assert sessions.is_open(name)
    assert not sessions.is_open(TOKEN)
    assert not sessions.is_open("")


def test_a_session_ends(monkeypatch):
    monkeypatch.setattr(sign_in, "SESSION_SECONDS", -1.0)
    sessions = Sessions()

    assert not sessions.is_open(sessions.open(TOKEN, TOKEN))


def test_a_library_shown_in_public_is_nobodys_to_change(monkeypatch):
    monkeypatch.setenv("EXPLORER_READ_ONLY", "1")

    assert not current.is_visitor_on_this_machine()


@pytest.mark.parametrize("page", PAGES)
def test_no_page_in_public_offers_to_change_anything(open_page, page):
    app = open_page(page, at_home=False)

    kept = {"archive_read", "texts_read", "compare_start", "saved_save"}
    assert not kept & {button.key for button in app.button}
    assert not {"archive_path", "compare_other", "saved_name"} & {box.key for box in app.text_input}
    assert "Correct the texts" not in [one.label for one in app.expander]


def test_what_visitors_bring_is_kept_no_longer_than_a_day():
    assert uploads.LIFETIME_SECONDS == 24 * 3600
    kept = Uploads(lifetime_seconds=0.2)
    name = kept.add(b"a picture")
    assert kept.get(name) == b"a picture"
    time.sleep(0.3)

    with pytest.raises(QueryError, match="Upload it again"):
        kept.get(name)


def test_visitors_bring_no_more_than_is_kept(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_UPLOADS", 2)
    kept = Uploads()
    first, *others = [kept.add(it) for it in (b"one", b"two", b"three")]

    assert [kept.get(name) for name in others] == [b"two", b"three"]
    with pytest.raises(QueryError):
        kept.get(first)


def test_a_thing_too_large_is_not_taken(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_BYTES", 3)

    with pytest.raises(QueryError, match="maximum is 3"):
        Uploads().add(b"four")
