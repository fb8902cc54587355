from __future__ import annotations

import pytest
from browsing import check
from page_reading import html_of
from playwright.sync_api import expect

from explorer.web.state.views import IllustrateView

TEXT = "Seen from above, the city at night is a web of lights along the rivers.\n\nNobody was at home."


def test_a_text_leads_to_the_figures_that_would_illustrate_it(open_page):
    app = open_page("illustrate")
    app.text_area(key="illustrate_text").set_value(TEXT).run()

    assert not app.exception
    assert "<blockquote>Seen from above" in html_of(app)
    assert 'class="ax-card"' in html_of(app)
    kept = "".join(app.query_params["text"])
    assert len(kept) == 64  # the address names the text

    again = open_page("illustrate", text=kept)
    assert again.text_area(key="illustrate_text").value == TEXT


def test_a_hostile_text_is_text(open_page):
    app = open_page("illustrate")
    app.text_area(key="illustrate_text").set_value(
        "<script>alert(1)</script> a city at night from above"
    ).run()

    assert "<script>" not in html_of(app)


def test_a_view_is_its_address():
    view = IllustrateView("abc")
    assert IllustrateView.of(view.params()) == view
    assert IllustrateView.of({}) == IllustrateView()
    assert IllustrateView().params() == {}


def test_an_old_link_whose_text_is_gone_says_so_and_leaves_the_field(open_page):
    app = open_page("illustrate", text="0" * 64)
    assert "no longer exists" in app.warning[0].value
    assert not app.error
    assert app.text_area(key="illustrate_text").value == ""


@pytest.mark.browser
def test_a_button_sends_the_text(app_url, page):
    page.goto(f"{app_url}/illustrate")
    page.get_by_label("Paste a paragraph or a page").fill(TEXT)
    page.get_by_role("button", name="Find pictures for this text").click()
    expect(page.locator(".ax-card[data-figure]").first).to_be_visible()
    check(page)
