"""What a visitor calls a file is shown as the text that it is, and names nothing on the server's disk."""

import pytest
from browsing import wait_until_drawn
from page_reading import SAMPLE
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("page", [1280], indirect=True)]

NAMES = [
    "<img src=x onerror=window.harmed=1>",
    '"><script>window.harmed=1</script>',
    "[here](http://evil.example)",
    "$\\href{javascript:window.harmed=1}{x}$ :red[x]",
    "../../../../tmp/harm",
    "a\u202egnp.exe",
    "x" * 230,
]


def upload(page, name, kind, data):
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": kind, "buffer": data})


def check_harmless(page):
    assert page.evaluate("window.harmed") is None
    assert page.locator("img[src=x], .stMain script:has-text('harmed')").count() == 0
    assert page.locator(".stMain a[href*=evil], .stMain a[href^=javascript]").count() == 0
    assert page.locator(".stAlert a").count() == 0


def test_a_picture_with_a_name_of_markup_is_searched_with(app_url, page, library_folder):
    picture = (SAMPLE / "images" / "night.jpg").read_bytes()
    for name in NAMES:
        page.goto(f"{app_url}/similar")
        wait_until_drawn(page)
        upload(page, f"{name}.jpg", "image/jpeg", picture)
        expect(page.get_by_alt_text("The picture you uploaded").first).to_be_visible()
        wait_until_drawn(page)
        check_harmless(page)
        upload(page, f"{name}.png", "image/png", b"no picture at all")
        expect(page.get_by_role("alert").first).to_be_visible()
        check_harmless(page)
    assert [file for file in library_folder.parent.rglob("*") if "harm" in file.name] == []


def test_a_message_shows_the_name_of_a_file_as_text(app_url, page):
    """The message of a file of questions names it."""
    for name in NAMES:
        page.goto(f"{app_url}/compare")
        page.get_by_text("A file of queries").click()
        wait_until_drawn(page)
        upload(page, f"{name}.jsonl", "application/jsonl", b"no question\n")
        wait_until_drawn(page)
        page.get_by_label("B: the folder of another library").fill("/nowhere")
        page.get_by_role("button", name="Compare", exact=True).click()
        alert = page.get_by_role("alert").first
        expect(alert).to_be_visible()
        check_harmless(page)
