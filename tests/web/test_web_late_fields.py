"""Fields that the browser draws late, in a popover that is opened after some other question, hold what the address says."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from browsing import wait_until_drawn
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("page", [1280], indirect=True)]

RESTRICTED = {"from": ["2016"], "to": ["2030"], "caption": ["yes"]}
BOX = {
    "": "What do you remember of the picture?",
    "captions": "Words in caption, alt text, credit or heading",
}


def asked(page):
    return parse_qs(urlsplit(page.url).query)


def ask(page, field, text):
    box = page.get_by_label(field)
    box.fill(text)
    box.press("Enter")
    page.wait_for_url(f"**q={text}*")
    wait_until_drawn(page)


@pytest.mark.parametrize("where", BOX)
def test_filters_show_what_the_address_says_and_keep_it(app_url, page, where):
    page.goto(f"{app_url}/{where}?q=map&from=2016&to=2030&caption=yes")
    ask(page, BOX[where], "plate")
    page.get_by_role("button", name="Filters (3)").click()
    expect(page.get_by_label("From", exact=True)).to_have_value("2016")
    expect(page.get_by_label("Until", exact=True)).to_have_value("2030")
    expect(page.get_by_label("Caption", exact=True)).to_have_value("With caption")

    until = page.get_by_label("Until", exact=True)
    until.fill("2031")
    until.press("Enter")
    page.wait_for_url("**to=2031*")

    assert asked(page) == RESTRICTED | {"q": ["plate"], "to": ["2031"]}
    number = page.get_by_label("Issue number", exact=True)
    number.fill("36")
    number.press("Enter")
    page.wait_for_url("**number=36*")
    assert asked(page) == RESTRICTED | {"q": ["plate"], "to": ["2031"], "number": ["36"]}


def test_filters_follow_the_back_button(app_url, page):
    page.goto(f"{app_url}/?q=map&from=2016&number=12")
    ask(page, BOX[""], "plate")
    page.get_by_role("button", name="Filters (2)").click()
    number = page.get_by_label("Issue number", exact=True)
    expect(number).to_have_value("12")
    number.fill("")
    number.press("Enter")
    page.wait_for_url(lambda url: "number" not in url)
    expect(number).to_have_value("")
    page.go_back()
    expect(number).to_have_value("12")
    expect(page.get_by_label("From", exact=True)).to_have_value("2016")


def test_what_is_being_typed_meanwhile_is_not_taken_away(app_url, page):
    page.goto(f"{app_url}/?q=map&from=2016")
    page.get_by_role("button", name="Filters (1)").click()
    first = page.get_by_label("From", exact=True)
    first.fill("2017")
    first.press("Tab")
    page.keyboard.type("20")
    page.wait_for_url("**from=2017*")
    wait_until_drawn(page)
    expect(page.get_by_label("Until", exact=True)).to_have_value("20")


@pytest.mark.parametrize("where", ["?q=map&w=terms:2,meaning:0.5", "compare?w=terms:2,sentence:0.5"])
def test_weights_show_what_the_address_says_and_one_that_is_moved_leaves_the_others(app_url, page, where):
    page.goto(f"{app_url}/{where}")
    wait_until_drawn(page)
    if where.startswith("?"):
        ask(page, BOX[""], "plate")
    else:
        page.get_by_text("Past searches in A").click()
        wait_until_drawn(page)
    page.get_by_role("button", name="Ranking weights").last.click()
    words = page.get_by_role("slider", name="Same words")
    expect(words).to_have_value("2")
    expect(page.get_by_role("slider", name="Meaning of the text")).to_have_value("0.5")
    words.press("ArrowRight")
    page.wait_for_url("**w=*terms%3A2.1*")
    assert asked(page)["w"] == ["sentence:0.5,terms:2.1"]


def test_the_issue_of_the_captions_can_be_cleared(app_url, page, library):
    issue = next(one for one in library.browse.issues() if one.title == "The lost plates")
    page.goto(f"{app_url}/captions?issue={issue.id}&caption=yes")
    expect(page.get_by_text("Lost plate 1", exact=True)).to_be_visible()
    page.get_by_test_id("stSelectbox").filter(has_text="Issue").get_by_label("Clear value").click()
    page.wait_for_url(lambda url: "issue=" not in url)
    assert asked(page) == {"caption": ["yes"]}
