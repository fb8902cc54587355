"""Back leads to where a page was left: as far down, with the same sections unfolded."""

from __future__ import annotations

import pytest
from browsing import wait_until_drawn
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SCROLLED = "(document.querySelector('.stMain')?.scrollTop ?? -1)"


def scroll(page, to):
    """Where the page then is, when all above is drawn: the browser moves with what grows there."""
    wait_until_drawn(page)
    page.wait_for_function(f"document.querySelector('.stMain').scrollHeight > {to} + innerHeight")
    page.evaluate(f"document.querySelector('.stMain').scrollTop = {to}")
    tops = [None, None, None]
    while len(set(tops[-3:])) > 1 or tops[-1] is None:
        page.wait_for_timeout(400)
        tops.append(page.evaluate(SCROLLED))
    return tops[-1]


def is_at(page, top):
    page.wait_for_function(f"Math.abs({SCROLLED} - {top}) < 3")
    page.wait_for_timeout(1500)  # and stays there
    assert abs(page.evaluate(SCROLLED) - top) < 3


def open_figure(page):
    """The figure of the first card that is in view."""
    page.locator(".ax-card a", has_text="Open").nth(6).evaluate("it => it.click()")
    expect(page.get_by_role("heading", name="Similar figures")).to_be_visible()


@pytest.mark.parametrize("way", ["the browser's button", "the link"])
@pytest.mark.parametrize("where", ["captions", "?q=map", "captions?page=2"])
def test_back_from_a_figure_leads_to_where_the_list_was_left(app_url, page, where, way):
    page.goto(f"{app_url}/{where}")
    wait_until_drawn(page)
    expect(page.locator(".ax-card").nth(6)).to_be_attached()
    folds = page.locator(".ax-more summary")
    if where == "?q=map":
        folds.nth(2).evaluate("it => it.click()")
        expect(page.locator("details.ax-more").nth(2)).to_have_attribute("open", "")
    left = scroll(page, 320)
    open_figure(page)
    assert page.evaluate(SCROLLED) == 0
    if way == "the link":
        page.get_by_role("link", name="← Back").click()
    else:
        page.go_back()
    page.wait_for_url(lambda url: "figure" not in url)
    expect(page.locator(".ax-card").nth(6)).to_be_attached()
    is_at(page, left)
    opened = page.evaluate("[...document.querySelectorAll('.ax-more')].map(it => it.open)")
    assert [at for at, is_open in enumerate(opened) if is_open] == ([2] if where == "?q=map" else [])


def test_back_leads_to_unfolded_sections_of_streamlit(app_url, page):
    page.goto(f"{app_url}/library")
    wait_until_drawn(page)
    section = page.locator("details", has_text="All entries")
    section.locator("summary").click()
    expect(section).to_have_attribute("open", "")
    page.get_by_role("link", name="Saved searches").last.click()
    expect(page.get_by_role("heading", name="Saved searches")).to_be_visible()
    page.go_back()
    expect(page.locator("details", has_text="All entries")).to_have_attribute("open", "")


def test_back_to_another_question_leads_to_where_it_was_left(app_url, page):
    page.goto(f"{app_url}/?q=map")
    wait_until_drawn(page)
    page.get_by_text("Weaker matches").click()
    left = scroll(page, 100)
    box = page.get_by_label("What do you remember of the picture?")
    box.fill("lighthouse")
    box.press("Enter")
    page.wait_for_url("**q=lighthouse*")
    wait_until_drawn(page)
    page.go_back()
    expect(box).to_have_value("map")
    is_at(page, left)


def test_a_new_visit_begins_at_the_top(app_url, page):
    page.goto(f"{app_url}/captions")
    wait_until_drawn(page)
    scroll(page, 300)
    page.goto(f"{app_url}/")
    wait_until_drawn(page)
    page.goto(f"{app_url}/captions")
    wait_until_drawn(page)
    page.wait_for_timeout(800)
    assert page.evaluate(SCROLLED) == 0
