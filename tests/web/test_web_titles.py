from __future__ import annotations

from datetime import date

import pytest
from page_reading import html_of

from explorer.web.components.titles import shorten_titles


@pytest.mark.parametrize(
    ("titles", "shown"),
    [
        (
            [
                "Figures Monthly, issue #3: Places",
                "Figures Monthly, issue #12: Tides",
                "Figures Monthly, issue #1: Ink",
            ],
            ["… #3: Places", "… #12: Tides", "… #1: Ink"],
        ),
        (
            ["The Weekly Letter – May", "The Weekly Letter – June", "On bridges"],
            ["… May", "… June", "On bridges"],
        ),
        (["Maps of May", "Maps of June"], ["Maps of May", "Maps of June"]),  # short enough to be read
        (
            ["A long common title", "A long common title, again"],
            ["A long common title", "A long common title, again"],
        ),
        (["Записки о картах: север", "Записки о картах: запад"], ["… север", "… запад"]),
        (["One issue alone of this name"], ["One issue alone of this name"]),
        ([], []),
    ],
)
def test_titles_that_begin_alike_are_shown_by_what_differs(titles, shown):
    short = shorten_titles(titles)
    assert [short.get(title, title) for title in titles] == shown


def test_shown_titles_stay_different():
    titles = [f"The same long beginning of every title, number {n}" for n in range(300)]
    assert len(set(shorten_titles(titles).values())) == len(titles)


def test_cards_show_number_and_month_and_tell_the_whole(open_page, library):
    shown = html_of(open_page("captions"))
    issues = [one for one in library.browse.issues() if one.title.startswith("Figures Monthly")]
    assert len(issues) > 1
    for issue in issues:
        month = date.fromisoformat(issue.date)
        assert f"#{issue.number} · {month:%b %Y}</span>" in shown
        assert f"<p>{issue.title}, {issue.date}</p>" in shown
