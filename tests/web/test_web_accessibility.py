"""axe-core finds no violation on any page, in any state and in either theme, and everything can be done with the keyboard."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import served, wait_until_drawn
from library.made_archive import copied
from playwright.sync_api import expect

from explorer.library.library import Library

pytestmark = pytest.mark.browser

desk = pytest.mark.parametrize("page", [1280], indirect=True)
themes = pytest.mark.parametrize("theme", ["light", "dark"])


@pytest.fixture(scope="module")
def own_app(library_folder, tmp_path_factory):
    """The address of the app of a library with a collection and a saved search, and the library."""
    with Library.open(library_folder):
        folder = copied(library_folder, tmp_path_factory.mktemp("accessible") / "library")
    with Library.open(folder) as library:
        figures = [figure.id for figure in library.browse.figures() if figure.sha256][:3]
        library.collections.create("Night skies", figures)
        library.saved_searches.save("Maps", words="map")
        with served(folder, tmp_path_factory.mktemp("server") / "log.txt") as url:
            yield url, library


def addresses(library):
    figure = next(figure for figure in library.browse.figures() if figure.sha256)
    [collection] = library.collections.list()
    return [
        "", "?q=map", "?q=map&kind=any", "?q=map%20-x", "?q=map&from=x", "?q=map&page=x", "captions", "captions?as=list",
        "captions?colour=blue", "similar", f"similar?figure={figure.id}", "illustrate", "issues",
        f"issue?id={figure.issue_id}", f"figure?id={figure.id}", "figure?id=nothing", "collections",
        f"collection?id={collection.id}", f"collection?id={collection.id}&similar=yes", "library", "compare", "saved", "desk",
        "map", "map?area=1",
    ]  # fmt: skip


def violations(page):
    page.wait_for_function("document.getAnimations().every(it => it.playState !== 'running')")
    found = Axe().run(page).response["violations"]
    return [(it["id"], node["target"], node["html"][:200]) for it in found for node in it["nodes"]]


@themes
def test_no_page_violates_a_rule(own_app, page, theme):
    if page.viewport_size["width"] < 640 and theme == "dark":
        pytest.skip("the colours are those of the wide page")
    page.emulate_media(color_scheme=theme)
    url, library = own_app
    for address in addresses(library):
        page.goto(f"{url}/{address}")
        wait_until_drawn(page)
        expect(page.locator(".stMainBlockContainer h1")).to_be_visible()
        page.wait_for_timeout(500)  # the components come by requests of their own
        assert violations(page) == [], address


@desk
@themes
def test_no_state_of_a_page_violates_a_rule(own_app, page, theme):
    page.emulate_media(color_scheme=theme)
    page.goto(f"{own_app[0]}/?q=map")
    wait_until_drawn(page)
    expect(page.locator(".ax-collecting")).to_be_attached()
    for name in ("Filters", "Query syntax", "Ranking weights", "Save this search"):
        page.get_by_role("button", name=name).click()
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
        assert violations(page) == [], name
        page.keyboard.press("Escape")
    page.locator(".ax-more summary").first.click()
    assert violations(page) == [], "more about a picture"
    page.locator(".ax-card .ax-ground").first.click()
    expect(page.locator(".ax-lightbox")).to_be_visible()
    assert violations(page) == [], "a picture over the page"
    page.locator(".ax-lightbox").get_by_role("button", name="Keep").click()
    expect(page.locator(".ax-keep")).to_be_visible()
    assert violations(page) == [], "keep a picture"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".ax-lightbox")).to_have_count(0)
    page.locator(".ax-select").first.click()
    assert violations(page) == [], "a selection"
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    assert violations(page) == [], "the keys"


@desk
def test_a_search_and_a_collection_need_no_mouse(own_app, page):
    page.goto(own_app[0])
    wait_until_drawn(page)
    expect(page.locator(".ax-collecting")).to_be_attached()
    page.keyboard.press("/")
    page.keyboard.type("lighthouse")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=lighthouse*")
    wait_until_drawn(page)
    expect(page.locator(".ax-card[data-figure]").first).to_be_attached()
    page.locator("body").press("Tab")  # out of the field: letters are keys again
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("c")
    expect(page.locator(".ax-keep")).to_be_visible()
    page.get_by_label("New collection").focus()
    page.keyboard.type("By hand")
    page.keyboard.press("Enter")
    expect(page.locator(".ax-toast")).to_contain_text("1 figure kept in “By hand”.")
    own_app[1].collections.delete("By hand")


@pytest.mark.parametrize("page", [640], indirect=True)
def test_no_page_scrolls_sideways_at_200_percent(own_app, page):
    """A window of 1280 px at 200 % shows 640 CSS px."""
    url, library = own_app
    for address in addresses(library):
        page.goto(f"{url}/{address}")
        wait_until_drawn(page)
        widest = page.evaluate(
            "Math.max(...[...document.querySelectorAll('html, .stMain')].map(it => it.scrollWidth)) - innerWidth"
        )
        assert widest <= 0, address


@pytest.mark.parametrize("address", ["?q=map", "captions", "figure", "collection"])
def test_targets_are_large_enough_for_a_finger(own_app, chromium, address):
    url, library = own_app
    found = next((it for it in addresses(library) if it.startswith(f"{address}?id=")), address)
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{url}/{found}")
    wait_until_drawn(page)
    page.wait_for_timeout(500)
    small = page.evaluate(
        """() => [...document.querySelectorAll(
            '.ax-card a, .ax-card button, .ax-card summary, .ax-facets a, .ax-choose, .ax-keep-figure')]
          .filter(it => it.checkVisibility({ opacityProperty: true }))
          .map(it => [it.getBoundingClientRect().height, it.outerHTML.slice(0, 100)])
          .filter(([height]) => height && height < 44)"""
    )
    context.close()
    assert small == []
