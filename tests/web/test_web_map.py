"""The Map page: made in the background, and in a real browser how a box, an area and the pointer find figures."""

from __future__ import annotations

import pytest
from browsing import check, served, wait_until_drawn
from library.made_archive import copied
from page_reading import html_of
from playwright.sync_api import expect

from explorer.library.library import Library

MARGIN, PADDING_PX = 0.04, 20


@pytest.fixture
def with_map(own_folder):
    with Library.open(own_folder) as library:
        library.maps.update("visual")
    return own_folder


@pytest.fixture
def figure_map(with_map):
    with Library.open(with_map) as library:
        return library.maps.get("visual")


# --- the page, without a browser ------------------------------------------------------------------------------


def test_the_areas_are_listed_with_their_figures(open_page, with_map, figure_map):
    app = open_page("map", library=with_map)
    assert not app.exception
    shown = html_of(app)
    assert 'aria-label="Areas of the map"' in shown
    assert all(f"map?area={number}" in shown for number in range(1, len(figure_map.areas) + 1))
    assert "Draw a box on the map" in app.caption[0].value
    assert "selected" not in shown


def test_an_area_shows_its_figures(open_page, with_map, figure_map):
    expected = {point.figure for point in figure_map.points if point.area == 0}
    shown = html_of(open_page("map", library=with_map, area="1"))
    assert f"{len(expected)} figure" in shown
    assert {
        point.figure for point in figure_map.points if f'data-figure="{point.figure}"' in shown
    } == expected


def test_a_box_of_the_address_shows_its_figures(open_page, with_map, figure_map):
    expected = {point.figure for point in figure_map.points if point.x <= 0.5}
    shown = html_of(open_page("map", library=with_map, box="0,0,0.5,1"))
    assert {
        point.figure for point in figure_map.points if f'data-figure="{point.figure}"' in shown
    } == expected


@pytest.mark.parametrize(
    "params", [{"box": "1,1,0,0"}, {"area": "0"}, {"area": "x", "by": "x", "colour": "x"}]
)
def test_an_address_that_is_not_valid_selects_nothing(open_page, with_map, params):
    app = open_page("map", library=with_map, **params)
    assert not app.exception
    assert "selected" not in html_of(app)


def test_an_area_that_the_map_does_not_have_is_empty(open_page, with_map):
    assert "0 figures selected" in html_of(open_page("map", library=with_map, area="99"))


def test_words_are_searched_within_the_selection(open_page, with_map, figure_map):
    inside = {point.figure for point in figure_map.points if point.x <= 0.5}
    shown = html_of(open_page("map", library=with_map, box="0,0,0.5,1", q="boat"))
    found = {point.figure for point in figure_map.points if f'data-figure="{point.figure}"' in shown}
    assert found
    assert found <= inside


def test_a_map_is_made_when_the_owner_opens_the_page(open_page, own_folder):
    for _ in range(100):
        app = open_page("map", library=own_folder)
        assert not app.exception
        if "Areas of the map" in html_of(app):
            break
    with Library.open(own_folder) as library:
        assert library.maps.is_current(library.maps.get("visual"))


def test_visitors_from_elsewhere_make_no_map(open_page, own_folder):
    app = open_page("map", library=own_folder, at_home=False)
    assert "There is no map of this library yet" in app.info[0].value
    assert not (own_folder / "maps").exists()


# --- in a browser ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def own_app(library_folder, tmp_path_factory):
    """The map of a library, and the address of its app."""
    with Library.open(library_folder):
        folder = copied(library_folder, tmp_path_factory.mktemp("map") / "library")
    with Library.open(folder) as library:
        figure_map = library.maps.update("visual")
    with served(folder, tmp_path_factory.mktemp("server") / "log.txt") as url:
        yield figure_map, url


def open_map(page, url, query=""):
    page.goto(f"{url}/map{query}")
    expect(page.locator("canvas.marks")).to_be_visible()
    wait_until_drawn(page)
    page.locator("canvas.marks").scroll_into_view_if_needed()


def place_of(page, x, y):
    """The place on the screen of a position on the map."""
    box = page.locator("canvas.marks").bounding_box()
    across = (x + MARGIN) / (1 + 2 * MARGIN)
    down = 1 - (y + MARGIN) / (1 + 2 * MARGIN)
    return box["x"] + box["width"] * across, box["y"] + (box["height"] - PADDING_PX) * down


@pytest.mark.browser
def test_a_box_lists_its_figures_and_is_a_link(own_app, page):
    figure_map, url = own_app
    open_map(page, url)
    page.mouse.move(*place_of(page, -0.02, -0.02))
    page.mouse.down()
    page.mouse.move(*place_of(page, 0.2, 0.2), steps=4)
    page.mouse.move(*place_of(page, 0.6, 1.02), steps=4)
    page.mouse.up()
    page.wait_for_url("**/map?box=*")
    expect(page.locator(".ax-card[data-figure]").first).to_be_visible()
    shown = set(
        page.locator(".ax-card[data-figure]").evaluate_all("them => them.map(it => it.dataset.figure)")
    )
    assert {it.figure for it in figure_map.points if it.x <= 0.58} <= shown
    assert shown <= {it.figure for it in figure_map.points if it.x <= 0.62}
    page.reload()
    expect(page.locator(".ax-card[data-figure]")).to_have_count(len(shown))
    check(page)


@pytest.mark.browser
@pytest.mark.parametrize("page", [1280], indirect=True)
def test_the_picture_below_the_pointer_is_shown(own_app, page):
    figure_map, url = own_app
    open_map(page, url)
    expect(page.locator("[data-testid='stApp']")).to_be_visible()
    point = figure_map.points[0]
    across, down = place_of(page, point.x, point.y)
    page.mouse.move(across - 40, down - 40)
    page.mouse.move(across, down, steps=5)
    picture = page.locator("#vg-tooltip-element img.ax-map-picture")
    expect(picture).to_be_visible()
    assert picture.evaluate("it => it.complete && it.naturalWidth > 0")


@pytest.mark.browser
def test_an_area_is_chosen_with_the_keyboard_and_searched_within(own_app, page):
    figure_map, url = own_app
    open_map(page, url)
    area = page.get_by_role("navigation", name="Areas of the map").get_by_role("link").first
    area.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/map?area=*")
    largest = max(map(len, figure_map.figures_by_area()))
    expect(page.locator(".ax-card[data-figure]")).to_have_count(largest)
    page.get_by_label("Search within the selection").fill("boat")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=boat*")
    expect(page.locator(".ax-card[data-figure]").first).to_be_attached()
    check(page)


@pytest.mark.browser
@pytest.mark.parametrize("page", [1280], indirect=True)
def test_the_map_is_arranged_by_texts_and_coloured_by_years_and_kinds(own_app, page):
    _, url = own_app
    open_map(page, url)
    page.get_by_role("radio", name="By texts").click()
    page.wait_for_url("**/map?by=meaning")
    expect(page.locator("canvas.marks")).to_be_visible()
    wait_until_drawn(page)
    page.get_by_role("radio", name="Years").click()
    page.wait_for_url("**colour=year*")
    expect(page.locator("canvas.marks")).to_be_visible()
    wait_until_drawn(page)
    page.get_by_role("radio", name="Kinds of pictures").click()
    page.wait_for_url("**colour=kind*")
    expect(page.locator("canvas.marks")).to_be_visible()
