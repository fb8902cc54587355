"""Journeys through the real app in a real Chromium, on a wide and on a narrow screen."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from page_reading import ROOT, SAMPLE
from playwright.sync_api import expect, sync_playwright

pytestmark = pytest.mark.browser

EXPLORER = "from explorer.cli import main; raise SystemExit(main())"
SUMMITS = SAMPLE / "images" / "summits.png"
ALL_PICTURES_LOADED = (
    "document.images.length > 0 && [...document.images].every(it => it.complete && it.naturalWidth > 0)"
)
PICTURES_WITHOUT_WORDS = "[...document.images].filter(it => !it.alt.trim()).length"
OVERFLOW = (
    "Math.max(...[...document.querySelectorAll('html, .stMain')].map(it => it.scrollWidth)) - innerWidth"
)
PASTE = """async () => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 64;
  canvas.getContext('2d').fillRect(8, 8, 40, 40);
  const blob = await new Promise(done => canvas.toBlob(done, 'image/png'));
  const clipboard = new DataTransfer();
  clipboard.items.add(new File([blob], 'pasted.png', {type: 'image/png'}));
  document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: clipboard, bubbles: true}));
}"""


@pytest.fixture(scope="module")
def app_url(library_folder, tmp_path_factory):
    """The app as `explorer app` serves it, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log.txt"
    command = [sys.executable, "-c", EXPLORER, "app", "--library", str(library_folder), "--port", str(port)]
    with log.open("wb") as out:  # a file, not a pipe: a full pipe would stop the server
        server = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=out, env=os.environ, start_new_session=True
        )
    try:
        wait_until_healthy(server, f"http://127.0.0.1:{port}/_stcore/health", log)
        yield f"http://127.0.0.1:{port}"
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)  # the command, and the Streamlit that it started
            server.wait(20)


def wait_until_healthy(server: subprocess.Popen[bytes], url: str, log: Path, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"The app does not answer:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="module")
def chromium():
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("The browser tests need Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[1280, 390])
def page(request, chromium, tmp_path):
    context = chromium.new_context(viewport={"width": request.param, "height": 900})
    context.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    page = context.new_page()
    yield page
    page.screenshot(path=tmp_path / "last.png", full_page=True)  # pytest keeps it beside a failure
    context.close()


def check(page) -> None:
    """What holds for every view: its pictures are there and have words, nothing failed, nothing sticks out."""
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_visible()
    page.wait_for_function(ALL_PICTURES_LOADED)
    assert page.evaluate(PICTURES_WITHOUT_WORDS) == 0
    assert page.evaluate(OVERFLOW) <= 0
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


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
    found.get_by_text("Why").first.click()
    expect(found.get_by_text("The very words").first).to_be_visible()
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
    expect(page.get_by_role("img", name="The picture you brought")).to_be_visible()
    expect(page.get_by_role("img", name="The Anvil wins.").first).to_be_visible()
    check(page)
    page.reload()
    expect(page.get_by_role("img", name="The picture you brought")).to_be_visible()
    expect(page.get_by_role("img", name="The Anvil wins.").first).to_be_visible()


def test_a_pasted_picture_is_searched_by(app_url, page):
    page.goto(f"{app_url}/similar")
    expect(page.get_by_role("list", name="Figures to begin with")).to_be_visible()
    page.evaluate(PASTE)
    expect(page.get_by_role("img", name="The picture you brought")).to_be_visible()
    expect(page.get_by_role("list", name="Figures found").first).to_be_visible()
    check(page)


def test_a_box_dragged_on_a_picture_searches_for_that_part(app_url, page):
    page.goto(f"{app_url}/similar")
    page.locator("input[type=file]").set_input_files(SUMMITS)
    page.get_by_text("Search for a part of it").click()
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
    page.get_by_text("Search for a part of it").click()
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
    expect(page.get_by_text("Page 1 of 2")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Next →").click()
    expect(page.get_by_text("Page 2 of 2")).to_be_visible()
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
