"""Signing in with a real browser."""

import pytest
from browsing import served
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TOKEN = "correct horse battery staple"


@pytest.fixture(scope="module")
def closed_app(library_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("closed")
    (folder / "token").write_text(TOKEN)
    with served(library_folder, folder / "log.txt", "--token-file", str(folder / "token")) as url:
        yield url


def test_a_visitor_signs_in_once_and_no_script_reads_the_session(closed_app, page):
    page.goto(f"{closed_app}/captions")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Captions").first).to_be_visible()

    page.wait_for_timeout(500)
    [cookie] = [one for one in page.context.cookies() if one["name"] == "explorer_session"]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    assert "explorer_session" not in page.evaluate("document.cookie")

    page.goto(f"{closed_app}/similar")
    expect(page.locator('[data-testid="stFileUploader"]')).to_be_visible()
    expect(page.get_by_label("Token")).to_have_count(0)
    page.set_input_files(
        'input[type="file"]', {"name": "a.txt", "mimeType": "image/png", "buffer": b"no picture"}
    )
    expect(page.get_by_text("Sign in first")).to_have_count(0)
