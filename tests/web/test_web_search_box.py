"""One box for words and a picture: a picture is chosen, dropped or pasted, and words are suggested."""

from __future__ import annotations

import base64

import pytest
from browsing import check, served
from library.made_archive import copied
from page_reading import html_of
from playwright.sync_api import expect

from explorer.library.library import Library
from explorer.web.state.uploads import uploads

GIVE = """async ([how, bytes]) => {
  const content = Uint8Array.from(atob(bytes), (it) => it.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([content], 'picture.png', { type: 'image/png' }));
  const event = how === 'paste'
    ? new ClipboardEvent('paste', { clipboardData: files, bubbles: true, cancelable: true })
    : new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true });
  document.querySelector('.stMain').dispatchEvent(event);
}"""
FIRST_HIT_IS_VISIBLE = (
    """document.querySelector('.ax-card .ax-ground').getBoundingClientRect().top < innerHeight - 60"""
)
LABEL = "What do you remember of the picture?"


def test_a_search_by_words_and_picture_shows_both(open_page, library, night):
    name = uploads().add(library.browse.picture_path(night.sha256, "original").read_bytes())
    app = open_page(q="stars", picture=name)
    shown = html_of(app)
    assert not app.exception
    assert "Your picture" in shown
    assert 'href="./?q=stars"' in shown  # the address without the picture
    first = shown.index(f'data-figure="{night.id}"')
    assert first == shown.index("data-figure=")


def test_a_picture_that_is_gone_is_told_and_the_words_are_searched(open_page):
    app = open_page(q="map", picture="0" * 64)
    assert "no longer exists" in app.warning[0].value
    assert 'aria-label="Figures found"' in html_of(app)


def test_suggested_words_are_those_of_the_library(library):
    words = library.history.vocabulary(limit=500)
    assert "lighthouse" in words
    assert min(map(len, words)) >= 4


@pytest.fixture(scope="module")
def own_app(library_folder, tmp_path_factory):
    """The address of the app of a library that these tests search in."""
    with Library.open(library_folder):
        folder = copied(library_folder, tmp_path_factory.mktemp("searched") / "library")
    with served(folder, tmp_path_factory.mktemp("server") / "log.txt") as url:
        yield url


def go(page, address):
    page.goto(address)
    check(page)
    expect(page.locator(".ax-choose")).to_be_visible()


@pytest.fixture
def night_png(library, night):
    return library.browse.picture_path(night.sha256, "original").read_bytes()


def expect_first(page, night):
    page.wait_for_url("**picture=*")
    expect(page.locator(".ax-card[data-figure]").first).to_have_attribute("data-figure", night.id)
    expect(page.get_by_role("img", name="The picture that you search by")).to_be_visible()
    check(page)


@pytest.mark.browser
@pytest.mark.parametrize("how", ["paste", "drop"])
def test_a_pasted_or_dropped_picture_is_searched(own_app, page, night, night_png, how):
    go(page, own_app)
    page.evaluate(GIVE, [how, base64.b64encode(night_png).decode()])
    expect_first(page, night)


@pytest.mark.browser
def test_a_chosen_picture_is_searched_with_the_words_and_taken_away(
    own_app, page, night, night_png, tmp_path
):
    file = tmp_path / "night.jpg"
    file.write_bytes(night_png)
    go(page, f"{own_app}/?q=stars")
    page.locator(".ax-file").set_input_files(file)
    expect_first(page, night)
    assert "q=stars" in page.url
    assert page.evaluate(FIRST_HIT_IS_VISIBLE)
    box = page.get_by_label(LABEL)
    box.fill("moon")
    box.press("Enter")
    page.wait_for_url("**q=moon&picture=*")
    page.get_by_role("link", name="Remove the picture").click()
    page.wait_for_url("**/?q=moon")
    expect(page.locator(".ax-query-picture")).to_have_count(0)


@pytest.mark.browser
def test_a_file_that_is_no_picture_is_told(own_app, page):
    go(page, own_app)
    page.evaluate(GIVE, ["paste", base64.b64encode(b"no picture").decode()])
    expect(page.get_by_role("alert")).to_contain_text("picture")
    assert "picture=" not in page.url


@pytest.mark.browser
def test_words_and_recent_searches_are_suggested(own_app, page):
    go(page, f"{own_app}/?q=harbour+lights")
    go(page, own_app)
    box = page.get_by_label(LABEL)
    box.click()
    page.keyboard.type("a small lightho")
    options = page.locator("#ax-suggestions option")
    expect(options.first).to_have_attribute("value", "a small lighthouse")
    box.fill("")
    page.keyboard.type("lights")
    expect(page.locator('#ax-suggestions option[value="harbour lights"]')).to_be_attached()


@pytest.mark.browser
def test_a_large_picture_is_made_smaller_before_it_is_sent(own_app, page, tmp_path):
    from PIL import Image

    file = tmp_path / "large.png"
    Image.effect_noise((2600, 1900), 90).save(file)
    assert file.stat().st_size > 4 << 20
    go(page, own_app)
    page.locator(".ax-file").set_input_files(file)
    page.wait_for_url("**picture=*")
    check(page)


@pytest.mark.browser
@pytest.mark.parametrize("address", ["?q=map", "captions", "captions?colour=blue", "similar"])
def test_the_first_picture_is_visible_without_scrolling(own_app, page, address):
    page.goto(f"{own_app}/{address}")
    check(page)
    assert page.evaluate(FIRST_HIT_IS_VISIBLE)
