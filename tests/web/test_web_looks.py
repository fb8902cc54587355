"""What can be read: contrast in both themes, and everything in its place on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import wait_until_drawn
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LOW_CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8").partition("\n")[2]
WCAG_AA = 4.5
CUT_OFF = """(root) => [...document.querySelectorAll(root + ' *')].filter(it => {
  const box = it.getBoundingClientRect();
  const frame = it.closest('.ax-card, [data-testid=stPopoverBody]').getBoundingClientRect();
  return it.textContent.trim() && (box.width < 8 || box.left < frame.left || box.right > frame.right);
}).map(it => `${it.tagName}: ${it.textContent}`)"""
phone = pytest.mark.parametrize("page", [390], indirect=True)
desk = pytest.mark.parametrize("page", [1280], indirect=True)


def low_contrast(page):
    wait_until_drawn(page)
    page.wait_for_function("document.getAnimations().every(it => it.playState !== 'running')")
    return page.evaluate(f"({LOW_CONTRAST})({WCAG_AA})")


@desk
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_stands_out(app_url, page, theme):
    page.emulate_media(color_scheme=theme)
    pages = [
        "",
        "?q=map",
        "?q=map%20-x",
        "?q=map&from=x",
        "captions",
        "similar",
        "illustrate",
        "library",
        "compare",
        "saved",
    ]
    for where in pages:
        page.goto(f"{app_url}/{where}")
        expect(page.locator(".stMainBlockContainer h1")).to_be_visible()
        assert low_contrast(page) == [], where


@desk
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_of_a_popover_stands_out(app_url, page, theme):
    page.emulate_media(color_scheme=theme)
    page.goto(f"{app_url}/?q=map")
    for name in ("Filters", "Query syntax", "Ranking weights"):
        page.get_by_role("button", name=name).click()
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
        assert low_contrast(page) == [], name
        page.keyboard.press("Escape")


@desk
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_around_a_picture_stands_out(app_url, page, theme):
    page.emulate_media(color_scheme=theme)
    page.goto(f"{app_url}/?q=map")
    wait_until_drawn(page)
    page.locator(".ax-more summary").first.click()
    assert low_contrast(page) == []
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    assert low_contrast(page) == []
    page.keyboard.press("Escape")
    page.locator(".ax-card[data-figure] .ax-ground").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert low_contrast(page) == []


@phone
def test_how_to_ask_is_shown_whole_on_a_phone(app_url, page):
    page.goto(f"{app_url}/?q=map")
    wait_until_drawn(page)
    page.get_by_role("button", name="Query syntax").click()
    expect(page.get_by_text("figures that fit these words")).to_be_visible()
    assert page.evaluate(CUT_OFF, ".ax-ways") == []


@phone
def test_why_is_shown_whole_on_a_phone(app_url, page):
    page.goto(f"{app_url}/?q=map")
    wait_until_drawn(page)
    folds = page.locator(".ax-more summary")
    expect(folds.nth(3)).to_be_visible()
    for fold in folds.all()[:4]:
        fold.click()
    assert page.locator(".ax-more[open] td").count() > 8
    assert page.evaluate(CUT_OFF, ".ax-more[open]") == []
