from __future__ import annotations

import re

import pytest
from browsing import check, wait_until_drawn
from page_reading import html_of
from playwright.sync_api import expect

from explorer.library.library import Library


@pytest.fixture
def places(library):
    return next(issue for issue in library.browse.issues() if issue.number == 3)


def test_the_issues_page_shows_a_cover_of_each_issue_by_year(open_page, library):
    shown = html_of(open_page("issues"))
    issues = library.browse.issues()
    assert shown.count('class="ax-cover"') == len(issues)
    assert all(f"issue?id={issue.id}" in shown for issue in issues)
    years = [issue.date[:4] for issue in issues if issue.date]
    assert all(f"<h2>{year}</h2>" in shown for year in years)


def test_a_year_shows_its_issues_only(open_page, library, places):
    shown = html_of(open_page("issues", year="2024"))
    assert f"issue?id={places.id}" in shown
    others = [issue for issue in library.browse.issues() if not (issue.date or "").startswith("2024")]
    assert not any(f"issue?id={issue.id}" in shown for issue in others)
    assert "no issue here" in open_page("issues", year="1950").info[0].value


def test_an_issue_is_read_in_its_order(open_page, library, places):
    app = open_page("issue", id=places.id)
    assert not app.exception
    shown = html_of(app)
    parts = [part for section in library.issues.sections(places.id) for part in section.content]
    marks = [part[:20] if isinstance(part, str) else f"figure?id={part.id}" for part in parts]
    positions = [shown.index(mark) for mark in marks]
    assert positions == sorted(positions)
    assert app.title[0].value.endswith("Places that are not there")


def test_the_page_of_an_issue_has_contents_and_neighbours(open_page, library, places):
    shown = html_of(open_page("issue", id=places.id))
    for section in library.issues.sections(places.id):
        assert section.item.heading in (None, places.title) or f"item={section.item.id}" in shown
    older, newer = library.issues.neighbours(places.id)
    assert all(f"issue?id={id}" in shown for id in (older, newer) if id)


@pytest.mark.parametrize("params", [{}, {"id": "no-such-issue"}], ids=["no id", "unknown id"])
def test_no_issue_is_told(open_page, params):
    app = open_page("issue", **params)
    assert not app.exception
    assert len(app.info) + len(app.error) == 1


def test_only_the_owner_gets_the_original(open_page, places):
    assert [it.proto.label for it in open_page("issue", id=places.id).get("download_button")] == [
        "Download the original document"
    ]
    assert not open_page("issue", at_home=False, id=places.id).get("download_button")


def test_an_item_leads_to_its_place_in_the_issue(open_page, library):
    shown = html_of(open_page("search", q="contour line", kind="item"))
    found = re.search(r"issue\?id=([\w-]+)&amp;item=([\w-]+)", shown)
    assert found
    assert library.browse.item(found[2]).issue_id == found[1]


def test_a_figure_leads_to_the_figures_beside_it_and_to_its_place(open_page, library, places):
    from explorer.types import Selection

    figures = library.browse.figures(Selection(issue_id=places.id), order="issue")
    app = open_page("figure", id=figures[1].id)
    shown = html_of(app)
    assert f"figure?id={figures[0].id}" in shown
    assert f"figure?id={figures[2].id}" in shown
    assert f"issue?id={places.id}&amp;item={figures[1].item_id}" in shown
    assert figures[1].label.startswith(app.title[0].value.replace("\\", "").removesuffix(" …"))


@pytest.mark.browser
def test_issues_can_be_read_from_cover_to_cover(app_url, page, library, places):
    page.goto(f"{app_url}/issues")
    cover = page.locator(f'.ax-cover a[href*="{places.id}"]')
    expect(cover).to_be_visible()
    check(page)
    cover.click()
    wait_until_drawn(page)
    expect(page.get_by_role("heading", name="Places that are not there")).to_be_visible()
    check(page)
    items = [section.item for section in library.issues.sections(places.id)]
    last = page.locator(f'[data-item="{items[-1].id}"]')
    page.get_by_role("link", name=items[-1].heading, exact=True).click()
    expect(last).to_be_in_viewport()
    assert page.url.endswith(f"item={items[-1].id}")


@pytest.mark.browser
def test_the_address_of_an_item_opens_at_the_item(app_url, page, library, places):
    item = library.issues.sections(places.id)[-1].item
    page.goto(f"{app_url}/issue?id={places.id}&item={item.id}")
    expect(page.locator(f'[data-item="{item.id}"] h2')).to_be_in_viewport()


def test_an_issue_without_headings_has_no_contents(open_page, tmp_path):
    (tmp_path / "note.md").write_text("Only a paragraph, and nothing that could be a heading of it.\n")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest(tmp_path / "note.md", encoder="lite")
        (issue,) = library.browse.issues()
    app = open_page("issue", library=tmp_path / "library", id=issue.id)
    assert not app.error
    assert "Only a paragraph" in html_of(app)
    assert "In this issue" not in html_of(app)


def test_an_issue_whose_archive_is_gone_tells_where_it_was(open_page, tmp_path):
    (tmp_path / "note.md").write_text("# A note\n\nSome words about a whale.\n")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest(tmp_path / "note.md", encoder="lite")
        (issue,) = library.browse.issues()
    (tmp_path / "note.md").unlink()
    app = open_page("issue", library=tmp_path / "library", id=issue.id)
    assert "was moved or deleted" in app.caption[0].value
    assert not app.get("download_button")
    visited = open_page("issue", library=tmp_path / "library", at_home=False, id=issue.id)
    assert not visited.caption
