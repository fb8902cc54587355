"""What somebody typed or an archive says is shown as the text that it is, in messages too."""

from __future__ import annotations

import pytest
from browsing import wait_until_drawn
from page_reading import sentences
from playwright.sync_api import expect

HOSTILE = [
    "http://evil.example/x",
    "HTTPS://evil.example",
    "www.evil.example",
    "a@evil.example",
    "mailto:a@evil.example",
    "[x](http://evil.example)",
    "<http://evil.example>",
]


@pytest.mark.browser
@pytest.mark.parametrize("page", [1280], indirect=True)
@pytest.mark.parametrize("where", ["?q=map&from={}", "captions?to={}", "figure?id={}", "similar?like={}"])
def test_an_address_in_a_message_is_no_link(app_url, page, where):
    for hostile in HOSTILE:
        page.goto(f"{app_url}/{where.format(hostile)}")
        alert = page.get_by_role("alert").first
        expect(alert).to_be_visible()
        wait_until_drawn(page)
        assert page.locator(".stAlert a").count() == 0, hostile
        assert "evil.example" in alert.inner_text()


def test_the_text_of_an_address_stays_readable(open_page):
    [told] = sentences(open_page(q="map", **{"from": "http://evil.example"}))
    assert "http://evil.example" in told.replace("\u2060", "")
