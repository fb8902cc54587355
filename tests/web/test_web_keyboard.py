"""The journeys of a visitor with the keyboard alone: Tab, Enter, Space, arrows and letters. No test here clicks."""

from __future__ import annotations

import pytest
from browsing import served, wait_until_drawn
from library.made_archive import copied
from playwright.sync_api import expect

from explorer.library.library import Library

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("page", [1280], indirect=True)]

MOST_TABS = 150
MAX_NAME_CHARS = 100
# What a screen reader names the element with the focus, as far as the tests need it.
NAME = """() => {
  const it = document.activeElement;
  if (it === document.body) return "";
  return it.getAttribute("aria-label") || it.labels?.[0]?.textContent || it.textContent || "";
}"""


@pytest.fixture(scope="module")
def own_app(library_folder, tmp_path_factory):
    with Library.open(library_folder):
        folder = copied(library_folder, tmp_path_factory.mktemp("keyboard") / "library")
    with (
        Library.open(folder) as library,
        served(folder, tmp_path_factory.mktemp("server") / "log.txt") as url,
    ):
        yield url, library


def open_page(page, address):
    page.goto(address)
    wait_until_drawn(page)
    page.wait_for_timeout(500)  # the components come by requests of their own


def tab_to(page, name):
    """Press Tab until the element of this name has the focus."""
    seen = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        seen.append(" ".join(page.evaluate(NAME).split())[:MAX_NAME_CHARS])
        if name in seen[-1]:
            return
    pytest.fail(f"Tab does not reach {name!r}, only {list(dict.fromkeys(seen))}")


def shown(library):
    return next(figure for figure in library.browse.figures() if figure.sha256 and figure.caption)


def test_a_facet_is_chosen_and_taken_back(own_app, page):
    open_page(page, f"{own_app[0]}/captions")
    tab_to(page, "drawing")
    page.keyboard.press("Enter")
    page.wait_for_url("**/captions?is=drawing")
    wait_until_drawn(page)
    tab_to(page, "Clear all")
    page.keyboard.press("Enter")
    page.wait_for_url("**/captions")


def test_a_picture_is_opened_followed_and_closed(own_app, page):
    open_page(page, f"{own_app[0]}/captions")
    expect(page.locator(".ax-size")).to_be_attached()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".ax-lightbox[open]")).to_be_visible()
    first = page.url
    page.keyboard.press("ArrowRight")
    page.wait_for_function("first => location.href !== first", arg=first)
    page.keyboard.press("Escape")
    expect(page.locator(".ax-lightbox[open]")).to_have_count(0)
    assert page.evaluate("document.activeElement.className") == "ax-ground"


def test_a_caption_is_corrected(own_app, page):
    url, library = own_app
    figure = shown(library)
    open_page(page, f"{url}/figure?id={figure.id}")
    tab_to(page, "Correct the texts")
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    tab_to(page, "Caption")
    page.keyboard.press("Control+a")
    page.keyboard.type("Corrected by hand")
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    expect(page.locator("h1, h2, .ax-facts").filter(has_text="Corrected by hand").first).to_be_visible()
    assert library.browse.figure(figure.id).caption == "Corrected by hand"
    library.editing.reset_correction(figure.id)


def test_a_part_of_a_picture_is_searched_by_numbers(own_app, page):
    url, library = own_app
    open_page(page, f"{url}/figure?id={shown(library).id}")
    tab_to(page, "Search for a part of the picture")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Enter the edges as numbers")).to_be_visible()
    tab_to(page, "Enter the edges as numbers")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Search for this part")).to_be_visible()
    tab_to(page, "Search for this part")
    page.keyboard.press("Enter")
    page.wait_for_url("**/similar?*box=*")
    wait_until_drawn(page)
    expect(page.locator(".ax-card[data-figure]").first).to_be_attached()


def test_issues_are_read_one_after_another(own_app, page):
    url, library = own_app
    issue = library.browse.issues()[1]
    open_page(page, f"{url}/issues")
    tab_to(page, issue.title.rpartition(": ")[2])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/issue?id={issue.id}*")
    wait_until_drawn(page)
    tab_to(page, "Issue before")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/issue?id=" in url and issue.id not in url)


def test_a_search_is_saved(own_app, page):
    url, library = own_app
    open_page(page, url)
    page.keyboard.press("/")
    page.keyboard.type("moon")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=moon*")
    wait_until_drawn(page)
    tab_to(page, "Save this search")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_visible()
    tab_to(page, "Name")
    page.keyboard.press("Control+a")
    page.keyboard.type("The moon")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert library.saved_searches.get("The moon").words == "moon"
    library.saved_searches.delete("The moon")
