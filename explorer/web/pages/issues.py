"""The Issues page: the covers of all issues, year by year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby

import streamlit as st
from markupsafe import Markup

from explorer import Library
from explorer.types import FigureRecord, IssueRecord, Selection
from explorer.web.components import page_layout, titles
from explorer.web.components.paging import page_links
from explorer.web.components.thumbnails import picture
from explorer.web.state import address, links
from explorer.web.state.views import IssuesView
from explorer.web.templating import render

PER_PAGE = 60
HUES = 360


def page(library: Library) -> None:
    """Show links to the years, and a page of covers."""
    view = IssuesView.of(address.params())
    years = library.issues.count_by_year()
    selection = Selection(date_from=view.year, date_to=view.year)
    begin = (view.page - 1) * PER_PAGE
    issues = library.browse.issues(selection, limit=PER_PAGE + 1, offset=begin)
    if not issues:
        st.info("There is no issue here. Choose another year.", icon=":material/info:")
    shown = issues[:PER_PAGE]
    covers = library.issues.covers([issue.id for issue in shown])
    previous = links.issues(replace(view, page=view.page - 1)) if view.page > 1 else None
    following = links.issues(replace(view, page=view.page + 1)) if len(issues) > PER_PAGE else None
    st.html(
        _year_links(years, view)
        + Markup().join(_year(library, year, group, covers) for year, group in groupby(shown, _year_of))
        + page_links(previous, following, first=view.page, current=view.page)
    )


def _year_links(years: Mapping[str, int], view: IssuesView) -> Markup:
    choices = [("All years", None, None), *((year, year, count) for year, count in years.items())]
    return render(
        "year_links.html",
        years=[
            (links.issues(IssuesView(year)), text, count, year == view.year) for text, year, count in choices
        ],
    )


def _year_of(issue: IssueRecord) -> str:
    return issue.date[:4] if issue.date else "Without a date"


def _year(
    library: Library, year: str, issues: Iterable[IssueRecord], covers: Mapping[str, FigureRecord]
) -> Markup:
    issue_covers = [_cover(library, issue, covers.get(issue.id)) for issue in issues]
    return render("heading.html", text=year) + render(
        "covers.html", covers=issue_covers, label=f"Issues of {year}"
    )


def _cover(library: Library, issue: IssueRecord, figure: FigureRecord | None) -> Markup:
    """Return the cover of an issue: its first large figure, else its title on a colour of its own."""
    title = issue.title or issue.document
    return render(
        "cover.html",
        href=links.issue(issue.id),
        picture=picture(library, figure) if figure else None,
        title=title,
        short_title=titles.shorten(title),
        number=issue.number,
        hue=sum(title.encode()) % HUES,
        date=issue.date,
        figures=issue.figures,
    )


if __name__ == "__main__":
    page_layout.show("Issues", page)
