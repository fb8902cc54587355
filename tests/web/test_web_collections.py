"""Collections in the app: their pages, and in a real browser how figures are selected, kept and put in order."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from browsing import check, served, wait_until_drawn
from library.made_archive import copied
from page_reading import html_of, sentences
from playwright.sync_api import expect

from explorer.library.library import Library


@pytest.fixture
def ids(library):
    return [figure.id for figure in library.browse.figures() if figure.sha256][:5]


@pytest.fixture
def with_collection(own_folder, ids):
    with Library.open(own_folder) as library:
        library.collections.create("Night skies", ids[:3], notes="For the talk.\n<b>Slide 3</b>")
    return own_folder


def collection_of(folder, name="Night skies"):
    with Library.open(folder) as library:
        return library.collections.get(name)


def ids_of(folder, name="Night skies"):
    with Library.open(folder) as library:
        return [figure.id for figure in library.collections.figures(name)]


# --- the pages, without a browser -----------------------------------------------------------------------------


def test_the_collections_are_listed(open_page, with_collection):
    shown = html_of(open_page("collections", library=with_collection))
    assert "Night skies" in shown
    assert "3 figures" in shown
    assert f"collection?id={collection_of(with_collection).id}" in shown


def test_a_library_without_collections_says_how_to_make_one(open_page):
    assert "choose “Keep”" in html_of(open_page("collections"))
    assert "Keep" not in html_of(open_page("collections", at_home=False))


def test_a_collection_shows_its_figures_and_notes(open_page, with_collection, ids):
    app = open_page("collection", library=with_collection, id=collection_of(with_collection).id)
    shown = html_of(app)
    assert not app.exception
    assert app.title[0].value == "Night skies"
    assert "&lt;b&gt;Slide 3&lt;/b&gt;" in shown
    assert [shown.index(f'data-figure="{id}"') for id in ids[:3]] == sorted(
        shown.index(f'data-figure="{id}"') for id in ids[:3]
    )


def test_similar_figures_are_shown_on_a_page_of_their_own(open_page, with_collection, ids):
    app = open_page(
        "collection", library=with_collection, id=collection_of(with_collection).id, similar="yes"
    )
    assert app.title[0].value == "Figures like those of Night skies"
    assert 'aria-label="Figures found"' in html_of(app)
    assert f'data-figure="{ids[0]}"' not in html_of(app)


def test_name_and_notes_are_changed(open_page, with_collection):
    app = open_page("collection", library=with_collection, id=collection_of(with_collection).id)
    app.text_input[0].set_value("Stars")
    app.text_area[0].set_value("New")
    next(one for one in app.button if one.label == "Save").click().run()
    assert (collection_of(with_collection, "Stars").notes, app.title[0].value) == ("New", "Stars")


def test_a_collection_that_is_gone_is_told(open_page, with_collection):
    [error] = sentences(open_page("collection", library=with_collection, id="nothing"))
    assert "no collection 'nothing'" in error
    assert "No collection is selected" in open_page("collection", library=with_collection).info[0].value


def test_visitors_from_elsewhere_see_a_collection_and_change_nothing(open_page, with_collection):
    app = open_page(
        "collection", library=with_collection, id=collection_of(with_collection).id, at_home=False
    )
    assert not app.button
    assert not app.text_input
    assert 'class="ax-earlier"' not in html_of(app)


# --- in a browser ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def own_app(library_folder, tmp_path_factory):
    """The folder of a library that these tests change, and the address of its app."""
    with Library.open(library_folder):
        folder = copied(library_folder, tmp_path_factory.mktemp("collections") / "library")
    with served(folder, tmp_path_factory.mktemp("server") / "log.txt") as url:
        yield folder, url


@pytest.fixture
def night_skies(own_app, ids):
    """A new collection of three figures in the library of the app."""
    folder, _ = own_app
    with Library.open(folder) as library:
        for collection in library.collections.list():
            library.collections.delete(collection.id)
        library.collections.create("Night skies", ids[:3])
    return folder


def go(page, address):
    page.goto(address)
    check(page)
    expect(page.locator(".ax-collecting")).to_be_attached()


def pictures(page):
    return page.locator(".ax-card[data-figure] .ax-ground")


def shown_ids(page):
    return page.locator(".ax-card[data-figure]").evaluate_all("them => them.map(it => it.dataset.figure)")


def kept_message(page, text):
    expect(page.locator(".ax-toast")).to_contain_text(text)


@pytest.mark.browser
def test_selected_pictures_are_kept_in_a_new_collection(own_app, night_skies, page):
    go(page, f"{own_app[1]}/captions")
    marks = page.locator(".ax-select")
    marks.nth(0).click()
    marks.nth(3).click(modifiers=["Shift"])
    bar = page.get_by_role("group", name="Selected figures")
    expect(bar).to_contain_text("4 figures selected")
    bar.get_by_role("button", name="Keep …").click()
    page.get_by_label("New collection").fill("Harbours <b>")
    page.get_by_role("button", name="Create").click()
    kept_message(page, "4 figures kept in “Harbours <b>”.")
    expect(bar).to_be_hidden()
    assert ids_of(night_skies, "Harbours <b>") == shown_ids(page)[:4]
    page.get_by_role("link", name="Open the collection").click()
    expect(page.get_by_role("heading", name="Harbours <b>")).to_be_visible()
    expect(pictures(page)).to_have_count(4)
    check(page)


@pytest.mark.browser
def test_all_results_are_kept_also_those_that_are_not_shown(own_app, night_skies, page, library):
    go(page, f"{own_app[1]}/captions")
    total = library.browse.count_figures()
    page.locator(".ax-select").first.click()
    page.get_by_role("button", name=f"Select all {total}").click()
    expect(page.get_by_role("group", name="Selected figures")).to_contain_text(
        f"All {total} figures selected"
    )
    page.get_by_role("button", name="Keep …").click()
    page.get_by_role("dialog").get_by_role("button", name="Night skies").click()
    kept_message(page, f"{total - 3} figures kept in “Night skies”; 3 were there already.")
    assert set(ids_of(night_skies)) == {figure.id for figure in library.browse.figures()}


@pytest.mark.browser
def test_keys_select_and_keep_a_picture(own_app, night_skies, page, ids):
    go(page, f"{own_app[1]}/captions")
    place = next(n for n, id in enumerate(shown_ids(page)) if id == ids[3])
    pictures(page).nth(place).focus()
    page.keyboard.press("x")
    expect(page.get_by_role("group", name="Selected figures")).to_contain_text("1 figure selected")
    page.keyboard.press("c")
    page.get_by_role("dialog").get_by_role("button", name="Night skies").press("Enter")
    kept_message(page, "1 figure kept in “Night skies”.")
    assert ids_of(night_skies) == [*ids[:3], ids[3]]


@pytest.mark.browser
def test_a_picture_is_kept_from_the_lightbox_and_a_taken_name_is_told(own_app, night_skies, page, ids):
    go(page, f"{own_app[1]}/captions")
    page.locator(f'.ax-card[data-figure="{ids[4]}"] .ax-ground').click()
    page.locator(".ax-lightbox").get_by_role("button", name="Keep").click()
    page.get_by_label("New collection").fill("Night skies")
    page.keyboard.press("Enter")
    kept_message(page, "already has a collection")
    page.keyboard.press("c")
    page.locator(".ax-keep").get_by_role("button", name="Night skies").click()
    kept_message(page, "1 figure kept")
    expect(page.locator(".ax-lightbox")).to_be_visible()
    assert ids_of(night_skies)[-1] == ids[4]


@pytest.mark.browser
def test_the_page_of_a_figure_names_its_collections_and_keeps_it(own_app, night_skies, page, ids):
    go(page, f"{own_app[1]}/figure?id={ids[0]}")
    expect(page.locator(".ax-kept").get_by_role("link", name="Night skies")).to_be_visible()
    page.get_by_role("button", name="Keep in a collection").click()
    page.get_by_label("New collection").fill("Second")
    page.keyboard.press("Enter")
    kept_message(page, "1 figure kept in “Second”.")
    assert ids_of(night_skies, "Second") == [ids[0]]


@pytest.mark.browser
def test_figures_of_a_collection_are_put_in_order_and_removed(own_app, night_skies, page, ids):
    go(page, f"{own_app[1]}/collection?id={collection_of(night_skies).id}")
    cards = page.locator(".ax-card[data-figure]")
    cards.nth(2).locator(".ax-more summary").click()
    cards.nth(2).get_by_role("button", name="Earlier").click()
    expect(cards.nth(1)).to_have_attribute("data-figure", ids[2])
    assert ids_of(night_skies) == [ids[0], ids[2], ids[1]]

    pictures(page).nth(0).drag_to(pictures(page).nth(2))
    expect(cards.nth(2)).to_have_attribute("data-figure", ids[0])
    assert ids_of(night_skies) == [ids[2], ids[1], ids[0]]

    cards.nth(0).locator(".ax-select").click()
    page.get_by_role("button", name="Remove from the collection").click()
    expect(cards).to_have_count(2)
    assert ids_of(night_skies) == [ids[1], ids[0]]
    check(page)


@pytest.mark.browser
def test_a_collection_is_downloaded_and_deleted(own_app, night_skies, page):
    go(page, f"{own_app[1]}/collection?id={collection_of(night_skies).id}")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download all (zip)").click()
    assert download.value.suggested_filename == "Night skies.zip"
    with zipfile.ZipFile(Path(download.value.path())) as archive:
        assert "contact-sheet.html" in archive.namelist()
        archive.extractall(sheet := Path(download.value.path()).with_name("sheet"))
    contact = page.context.new_page()
    contact.goto((sheet / "contact-sheet.html").as_uri())
    contact.wait_for_function("[...document.images].length === 3")
    contact.locator("img").last.scroll_into_view_if_needed()
    contact.wait_for_function("[...document.images].every(it => it.complete && it.naturalWidth > 0)")
    contact.close()

    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete this collection").click()
    page.wait_for_url("**/collections")
    expect(page.get_by_text("There are no collections yet.")).to_be_visible()
    wait_until_drawn(page)


@pytest.mark.browser
def test_a_visitor_without_the_right_to_change_cannot_keep(library_folder, tmp_path, page):
    with served(library_folder, tmp_path / "log.txt", "--read-only") as url:
        page.goto(f"{url}/captions")
        check(page)
        expect(page.locator(".ax-size")).to_be_attached()
        expect(page.locator(".ax-select").first).to_be_hidden()
        pictures(page).first.click()
        expect(page.locator(".ax-lightbox")).to_be_visible()
        expect(page.locator(".ax-lightbox").get_by_role("button", name="Keep")).to_have_count(0)
