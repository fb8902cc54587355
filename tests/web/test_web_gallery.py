"""The gallery in a real browser: rows of pictures, a picture over the page, keys, and more results on the way down."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from browsing import check, wait_until_drawn
from page_reading import HOSTILE_CAPTION
from playwright.sync_api import expect

from explorer.web.pages.captions import PER_PAGE

pytestmark = pytest.mark.browser

VISIBLE_PICTURES = """() => [...document.querySelectorAll('.ax-card .ax-ground')]
  .filter(it => it.getBoundingClientRect().top < innerHeight).length"""
ROWS = """() => {
  const rows = new Map();
  for (const it of document.querySelectorAll('.ax-grid .ax-ground')) {
    const box = it.getBoundingClientRect();
    const top = Math.round(box.top);
    rows.set(top, [...(rows.get(top) ?? []), box.height]);
  }
  return [...rows.values()];
}"""
CROPPED = """() => [...document.querySelectorAll('.ax-grid .ax-ground img')]
  .filter(it => getComputedStyle(it).objectFit !== 'contain').length"""
SCROLLED = "document.querySelector('.stMain').scrollTop"
IS_LARGE = "document.querySelector('dialog[open] img').naturalWidth > 320"


def go(page, address):
    """Open a page, and wait for the script of its gallery, which comes by a request of its own."""
    page.goto(address)
    check(page)
    expect(page.locator(".ax-size")).to_be_attached()


@pytest.fixture
def results(app_url, page):
    """The results of a search, drawn."""
    go(page, f"{app_url}/?q=map")
    return page.locator(".ax-card[data-figure] .ax-ground")


def test_pictures_stand_in_rows_of_one_height(results, page):
    rows = page.evaluate(ROWS)
    for heights in rows:
        assert max(heights) - min(heights) < 1
    assert page.evaluate(CROPPED) == 0
    if page.viewport_size["width"] == 1280:
        assert 8 <= page.evaluate(VISIBLE_PICTURES) <= 12
    else:
        assert {len(heights) for heights in rows[:2]} == {2}


def test_a_picture_opens_over_the_page_and_arrows_lead_on(results, page):
    results.nth(1).click()
    box = page.get_by_role("dialog")
    second, third = (results.nth(n).get_by_role("img").get_attribute("alt") for n in (1, 2))
    expect(box.get_by_role("img", name=second)).to_be_visible()
    page.wait_for_function(IS_LARGE)
    page.keyboard.press("ArrowRight")
    expect(box.get_by_role("img", name=third)).to_be_visible()
    assert "open=" in page.url
    box.get_by_role("button", name="Previous figure").click()
    expect(box.locator(".ax-caption")).to_have_text(second)
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    page.wait_for_function("!location.search.includes('open=')")
    expect(results.nth(1)).to_be_focused()


def test_back_closes_the_picture_and_the_list_stays_where_it_was(app_url, page):
    go(page, f"{app_url}/captions")
    page.locator(".ax-card[data-figure] .ax-ground").nth(12).click()  # scrolls down to it
    scrolled = page.evaluate(SCROLLED)
    assert scrolled > 0
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    wait_until_drawn(page)
    assert page.evaluate(SCROLLED) == pytest.approx(scrolled, abs=2)
    page.go_forward()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_link_opens_the_picture_over_its_results(results, page):
    results.nth(2).click()
    caption = page.locator("dialog .ax-caption").inner_text()
    page.reload()
    expect(page.locator("dialog .ax-caption")).to_have_text(caption)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.wait_for_url(lambda url: "open=" not in url)


def test_what_can_be_done_with_a_picture(results, page, library, tmp_path):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    figure = library.browse.figure(page.locator(".ax-card[data-figure]").first.get_attribute("data-figure"))
    results.first.click()
    box = page.get_by_role("dialog")
    with page.expect_download() as download:
        box.get_by_role("button", name="Download").click()
    assert sha256(Path(download.value.path()).read_bytes()).hexdigest() == figure.sha256
    assert download.value.suggested_filename == Path(figure.image).name
    box.get_by_role("button", name="Copy link").click()
    expect(box.get_by_role("status")).to_have_text("Link copied")
    assert f"figure?id={figure.id}" in page.evaluate("navigator.clipboard.readText()")
    box.get_by_role("button", name="Copy citation").click()
    expect(box.get_by_role("status")).to_have_text("Citation copied")
    cited = page.evaluate("navigator.clipboard.readText()")
    assert figure.caption.rstrip(".") in cited
    assert figure.issue_title in cited
    box.get_by_role("link", name="Similar").click()
    page.wait_for_url(f"**/similar?figure={figure.id}")


def test_a_box_on_the_picture_searches_for_that_part(results, page):
    results.first.click()
    page.wait_for_function(IS_LARGE)
    page.get_by_role("button", name="Find a part of it").click()
    box = page.locator("dialog img").bounding_box()
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.9 * box["height"], steps=4)
    page.mouse.up()
    page.wait_for_url("**/similar?figure=*&box=0.25*")
    expect(page.get_by_role("list", name="Figures found").first).to_be_visible()


def test_a_picture_can_be_enlarged_and_moved(results, page):
    results.first.click()
    picture = page.locator("dialog img")
    before = picture.bounding_box()
    page.keyboard.press("+")
    assert picture.bounding_box()["width"] == pytest.approx(1.5 * before["width"], rel=0.02)
    middle = before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
    left = picture.bounding_box()["x"]
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 30, middle[1], steps=3)
    page.mouse.up()
    assert picture.bounding_box()["x"] == pytest.approx(left + 30, abs=3)
    page.keyboard.press("0")
    assert picture.bounding_box()["width"] == pytest.approx(before["width"], rel=0.02)


def test_more_figures_come_while_the_visitor_scrolls(app_url, page, library):
    go(page, f"{app_url}/captions")
    cards = page.locator(".ax-card[data-figure]")
    expect(cards).to_have_count(PER_PAGE)
    page.evaluate(f"{SCROLLED} = 1e6")
    expect(cards.nth(PER_PAGE)).to_be_attached()
    page.wait_for_url("**/captions?page=*")  # the end may be near again, and a third page follows
    page.go_back()  # one step: more figures are no page of their own
    page.wait_for_function("!location.href.includes('captions')")


def test_keys_move_between_the_pictures_and_act(results, page):
    page.keyboard.press("j")
    expect(results.first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(results.nth(1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(results.nth(1)).not_to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_label("What do you remember of the picture?")).to_be_focused()
    page.get_by_label("What do you remember of the picture?").blur()
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.wait_for_url("**/similar?figure=*")


def test_a_caption_is_only_ever_text(app_url, page):
    page.on("dialog", lambda dialog: pytest.fail(f"a caption ran a script: {dialog.message}"))
    go(page, f"{app_url}/?q=trap")
    page.locator(".ax-card", has_text="alert(1)").first.locator(".ax-ground").click()
    expect(page.locator("dialog .ax-caption")).to_have_text(HOSTILE_CAPTION)
    assert page.locator("dialog script, dialog b").count() == 0


def test_the_size_of_the_pictures_is_kept(results, page):
    if page.viewport_size["width"] < 640:
        expect(page.get_by_label("Size of the pictures")).to_be_hidden()
        return
    before = results.first.bounding_box()["height"]
    page.get_by_label("Size of the pictures").fill("320")
    assert results.first.bounding_box()["height"] > 1.5 * before
    page.reload()
    check(page)
    assert results.first.bounding_box()["height"] > 1.5 * before
