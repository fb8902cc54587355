"""What narrows a list: chips that take a filter back, bars of years, and figures without a picture apart."""

from __future__ import annotations

import re

from page_reading import LOST_PLATES, html_of

from explorer.library.library import Library
from explorer.types import Filters, Selection, TextLine


def chips(app):
    """The filters that a page shows, each with the address without it."""
    return dict(re.findall(r'<li class="ax-chip">(.*?) <a href="([^"]*)"', html_of(app)))


def years(facets):
    return {value.value: value.count for value in facets["year"]}


def test_each_filter_is_a_chip_that_takes_it_back(open_page):
    app = open_page("captions", caption="yes", **{"from": "2024"})
    assert chips(app) == {
        "in issues from 2024 on": "captions?caption=yes",
        "with a caption": "captions?from=2024",
    }
    assert '<a href="captions" target="_self">Clear all</a>' in html_of(app)


def test_a_search_shows_its_filters_and_keeps_its_words(open_page):
    app = open_page(q="map", caption="yes")
    assert chips(app) == {"with a caption": "./?q=map"}


def test_an_issue_is_named_by_its_title(open_page, library):
    issue = next(issue for issue in library.browse.issues() if issue.number == 3)
    assert list(chips(open_page("captions", issue=issue.id))) == [f"in {issue.title}"]
    gone = open_page("captions", issue="gone")
    assert list(chips(gone)) == ["in an issue that is no longer here"]


def test_without_filters_there_are_no_chips(open_page):
    assert "Clear all" not in html_of(open_page("captions"))


def test_years_are_bars_that_lead_to_their_figures(open_page, tmp_path):
    for year, figures in (("2019", 1), ("2021", 3)):
        text = "".join(f"![Plate {number}](lost/{number}.png)\n\n" for number in range(figures))
        (tmp_path / f"{year}.md").write_text(f"---\ntitle: Of {year}\ndate: {year}-05-01\n---\n\n{text}")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([tmp_path / "2019.md", tmp_path / "2021.md"], encoder="lite")
        assert years(library.browse.facets()) == {"2019": 1, "2021": 3}
        assert years(library.browse.facets(Selection(text="Plate 2"))) == {"2021": 1}
        only_one = Selection(date_from="2021", date_to="2021")
        assert years(library.browse.facets(only_one)) == {"2019": 1, "2021": 3}  # another year can be chosen
    shown = html_of(open_page("captions", library=tmp_path / "library"))
    assert 'href="captions?from=2021&amp;to=2021" target="_self" title="2021: 3"' in shown
    assert 'style="height:33.3%"' in shown
    one_year = html_of(open_page("captions", library=tmp_path / "library", **{"from": "2021", "to": "2021"}))
    assert 'title="2021: 3" aria-current="page"' in one_year
    assert "2019" in one_year  # the other years stay in reach


def test_figures_without_a_picture_come_after_the_pictures(open_page):
    shown = html_of(open_page("captions", page="4"))
    apart = shown.index("captions whose picture is missing")
    assert shown.rindex("<img") < apart
    assert shown.index("Lost plate 0") > apart
    assert shown.count("The picture is not in the archive") >= LOST_PLATES


def test_the_number_of_results_is_told(open_page):
    assert re.search(r'role="status">\d+ results?(, \d+ weaker)?<', html_of(open_page(q="lighthouse")))


def test_every_page_names_the_library(open_page, library):
    for page in ("search", "captions", "issues", "library"):
        assert f'<p class="ax-library">{library.path.name}</p>' in html_of(open_page(page))


def facet_links(app):
    """The values of the facets that a page shows: label, number of figures, and address with this filter."""
    links = re.findall(
        r'<a href="([^"]*)" target="_self"(?: aria-current="true")?>(?:<span class="ax-swatch[^>]*></span>)?'
        r'<span class="ax-value">(.*?)</span><span class="ax-quiet">([\d,]+)</span>',
        html_of(app),
    )
    return {label: (int(count), href) for href, label, count in links}


def test_facets_count_what_their_links_list(open_page, library):
    found = facet_links(open_page("captions"))
    assert {"landscape", "white", "grey"} <= found.keys()
    for label, (count, href) in found.items():
        if href.startswith("captions?colour="):
            assert library.browse.count_figures(Selection(colour=label)) == count
        if href.startswith("captions?shape="):
            assert library.browse.count_figures(Selection(orientation=label)) == count
        if href.startswith("captions?is="):
            assert library.browse.count_figures(Selection(picture_kind=label)) == count


def test_the_kind_of_picture_is_a_facet(open_page):
    count, href = facet_links(open_page("captions"))["drawing"]
    assert (count > 0, href) == (True, "captions?is=drawing")
    assert chips(open_page("captions", **{"is": "drawing"})) == {"drawings": "captions"}
    assert chips(open_page("captions", **{"is": "unsure"})) == {"of an unsure kind": "captions"}


def test_a_chosen_value_is_a_chip_and_its_link_takes_it_back(open_page):
    app = open_page("captions", colour="white")
    assert chips(app) == {"with white": "captions"}
    links = facet_links(app)
    assert links["white"][1] == "captions"
    assert links["grey"][1] == "captions?colour=grey"


def test_a_search_has_facets_of_its_hits(open_page, library):
    links = facet_links(open_page(q="map"))
    assert links
    assert all(href.startswith("./?q=map") for _, href in links.values())
    chosen = open_page(q="map", shape="landscape")
    assert chips(chosen) == {"landscape pictures": "./?q=map"}


def test_text_in_pictures_is_a_facet_when_it_was_read(open_page, own_folder, night):
    before, _ = facet_links(open_page("captions", library=own_folder)).get("With text", (0, ""))
    with Library.open(own_folder) as library:
        line = TextLine("Three words here", 0.9, (0.1, 0.1, 0.9, 0.2))
        library._context.catalog.pictures.save_text(night.sha256, "recipe", [line])
        shown = library.browse.count_figures(Selection(sha256=night.sha256))
    links = facet_links(open_page("captions", library=own_folder))
    assert links["With text"] == (before + shown, "captions?text=yes")
    with Library.open(own_folder) as library:
        without = library.browse.count_figures(Selection(has_text=False))
    for choice in ("yes", "no"):  # the facet counts what the other filters leave
        links = facet_links(open_page("captions", library=own_folder, text=choice))
        assert (links["With text"][0], links["No text read"][0]) == (before + shown, without)


def test_credits_are_a_facet_with_their_corrections(open_page, own_folder, night):
    with Library.open(own_folder) as library:
        library.editing.correct(night.id, credit="<b>Ben</b>")
        assert library.browse.count_figures(Selection(credit="<b>Ben</b>")) == 1
        [hit] = library.search("night", filters=Filters(credit="<b>Ben</b>")).hits
        assert hit.id == night.id
    assert "&lt;b&gt;Ben&lt;/b&gt;" in facet_links(open_page("captions", library=own_folder))
