"""Journeys through the real app in a real Chromium, on a wide and on a narrow screen."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from browsing import check, wait_until_drawn
from page_reading import SAMPLE
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SUMMITS = SAMPLE / "images" / "summits.png"
PASTE = """async () => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 64;
  canvas.getContext('2d').fillRect(8, 8, 40, 40);
  const blob = await new Promise(done => canvas.toBlob(done, 'image/png'));
  const clipboard = new DataTransfer();
  clipboard.items.add(new File([blob], 'pasted.png', {type: 'image/png'}));
  document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: clipboard, bubbles: true}));
}"""


def test_words_find_a_figure_that_opens_and_lead_back(app_url, page):
    page.goto(app_url)
    expect(page.get_by_role("list", name="The latest figures")).to_be_visible()
    check(page)
    box = page.get_by_label("What do you remember of the picture?")
    box.fill("subway map in five colours")
    box.press("Enter")
    found = page.get_by_role("list", name="Figures found").first
    expect(found.get_by_role("img", name="Five lines, nine places to change, three angles.")).to_be_visible()
    check(page)
    found.locator(".ax-more summary").first.click()
    expect(found.get_by_text("Same words").first).to_be_visible()
    found.get_by_role("link", name="Open: Five lines").click()
    expect(page.get_by_role("heading", name="Similar figures")).to_be_visible()
    check(page)
    page.get_by_role("link", name="← Back").click()
    expect(page.get_by_label("What do you remember of the picture?")).to_have_value(
        "subway map in five colours"
    )
    check(page)


def test_the_browsers_back_button_goes_back(app_url, page):
    page.goto(f"{app_url}/?q=lighthouse")
    box = page.get_by_label("What do you remember of the picture?")
    expect(box).to_have_value("lighthouse")
    check(page)
    box.fill("a subway map")
    box.press("Enter")
    page.wait_for_url("**/?q=a+subway+map")
    expect(page.get_by_role("img", name="Five lines").first).to_be_visible()
    page.go_back()
    expect(box).to_have_value("lighthouse")


def test_an_uploaded_picture_finds_its_figure(app_url, page):
    page.goto(f"{app_url}/similar")
    expect(page.get_by_role("list", name="Figures to begin with")).to_be_visible()
    check(page)
    page.locator("input[type=file]").set_input_files(SUMMITS)
    expect(page.get_by_role("img", name="The picture you uploaded")).to_be_visible()
    expect(page.get_by_role("img", name="The Anvil wins.").first).to_be_visible()
    check(page)
    page.reload()
    expect(page.get_by_role("img", name="The picture you uploaded")).to_be_visible()
    expect(page.get_by_role("img", name="The Anvil wins.").first).to_be_visible()


def test_a_pasted_picture_is_searched_by(app_url, page):
    page.goto(f"{app_url}/similar")
    expect(page.get_by_role("list", name="Figures to begin with")).to_be_visible()
    expect(page.get_by_test_id("stFileUploader")).to_be_visible()  # its code comes by a request of its own
    page.evaluate(PASTE)
    expect(page.get_by_role("img", name="The picture you uploaded")).to_be_visible()
    expect(page.get_by_role("list", name="Figures found").first).to_be_visible()
    check(page)


def test_a_box_dragged_on_a_picture_searches_for_that_part(app_url, page):
    page.goto(f"{app_url}/similar")
    page.locator("input[type=file]").set_input_files(SUMMITS)
    page.get_by_text("Search for a part of the picture").click()
    picture = page.locator(".ax-drag img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    check(page)
    drag(page, picture.bounding_box(), (0.6, 0.1), (0.85, 0.9))
    page.wait_for_url("**box=*")
    expect(page.get_by_text("Your picture, in part")).to_be_visible()
    expect(page.get_by_role("img", name="The Anvil wins.").first).to_be_visible()
    check(page)
    page.get_by_role("link", name="Remove the box").click()
    expect(page.get_by_text("Your picture, in part")).to_have_count(0)
    check(page)


def test_a_figures_own_page_searches_for_a_part_of_it(app_url, page, night):
    page.goto(f"{app_url}/figure?id={night.id}")
    expect(page.get_by_role("heading", name="Similar figures")).to_be_visible()
    expect(page.locator(".ax-drag")).to_have_count(0)
    page.get_by_text("Search for a part of the picture").click()
    picture = page.locator(".ax-drag img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    check(page)
    drag(page, picture.bounding_box(), (0.1, 0.1), (0.6, 0.9))
    page.wait_for_url("**box=*")
    expect(page.get_by_text("This figure, in part")).to_be_visible()
    check(page)


def drag(page, on, start, end):
    def at(place):
        return on["x"] + place[0] * on["width"], on["y"] + place[1] * on["height"]

    page.mouse.move(*at(start))
    page.mouse.down()
    page.mouse.move(*at(end), steps=5)
    page.mouse.up()


def test_captions_are_browsed_page_by_page(app_url, page):
    page.goto(f"{app_url}/captions")
    expect(page.get_by_text("Page 1 of 4")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Next →").click()
    expect(page.get_by_text("Pages 1 to 2 of 4")).to_be_visible()
    page.get_by_text("List", exact=True).click()
    page.wait_for_url("**/captions?as=list")
    filter_box = page.get_by_label("Words in caption, alt text, credit or heading")
    filter_box.fill("anvil")
    filter_box.press("Enter")
    expect(page.get_by_role("list", name="Figures").get_by_role("listitem")).to_have_count(1)
    check(page)


def test_a_hostile_caption_runs_nothing(app_url, page):
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"{app_url}/captions?q=bold")
    expect(page.get_by_text("<script>alert(1)</script> **bold**").first).to_be_visible()
    check(page)
    assert dialogs == []


def test_nothing_is_asked_of_anybody_else(app_url, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{app_url}/similar")
    expect(page.get_by_role("list", name="Figures to begin with")).to_be_visible()
    check(page)
    here = (app_url, app_url.replace("http:", "ws:"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(here)] == []


@pytest.mark.parametrize("where", ["", "captions", "similar", "figure?id=none", "library"])
def test_every_request_of_a_page_is_answered(app_url, page, where):
    refused = []
    page.on("response", lambda answer: answer.status >= 400 and refused.append((answer.status, answer.url)))
    page.goto(f"{app_url}/{where}")
    wait_until_drawn(page)
    assert refused == []


def test_pages_lead_to_each_other_from_any_of_them(app_url, page):
    page.goto(f"{app_url}/captions?q=anvil")
    wait_until_drawn(page)
    if page.viewport_size["width"] < 600:
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Library").click()
    expect(page.get_by_role("heading", name="The library")).to_be_visible()
    assert page.url == f"{app_url}/library"
    page.reload()
    expect(page.get_by_role("heading", name="The library")).to_be_visible()


def test_no_page_asks_another_host(app_url, page, night):
    hosts = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("websocket", lambda socket: hosts.add(urlsplit(socket.url).netloc))
    pages = [
        "",
        "?q=map",
        "similar",
        "illustrate",
        "issues",
        "captions",
        "map",
        "library",
        "compare",
        "saved",
    ]
    for where in (*pages, f"figure?id={night.id}", f"issue?id={night.issue_id}"):
        page.goto(f"{app_url}/{where}")
        wait_until_drawn(page)
    page.goto(f"{app_url}/captions?open={night.id}")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert hosts - {""} == {urlsplit(app_url).netloc}  # data: addresses have no host
