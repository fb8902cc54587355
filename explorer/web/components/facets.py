"""Facets beside a list of figures: each value with the number of figures, as a link that filters by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import streamlit as st
from markupsafe import Markup

from explorer.types import FacetValue, Filters
from explorer.web.components import titles
from explorer.web.templating import render

Href = Callable[[Filters], str]
"""Returns the address of the page with other filters."""
TITLES: Final = {
    "picture_kind": "Kind of picture",
    "colour": "Colour",
    "orientation": "Shape",
    "text": "Text in the picture",
    "issue_id": "Issue",
    "credit": "Credit",
}
"""The titles of the facets, in their order. The years come first, as bars."""
SHOWN_VALUES: Final = 6
MAX_VALUES: Final = 40
_TEXT_LABELS: Final = {"yes": "With text", "no": "No text read"}


@dataclass(frozen=True, slots=True)
class FacetLink:
    """A value of a facet as a link. `swatch` is the colour that it shows."""

    href: str
    label: str
    count: int
    is_current: bool
    swatch: str = ""


def show(counts: Mapping[str, Sequence[FacetValue]], filters: Filters, href: Href) -> None:
    """Show the facets of a list in the side bar."""
    facets = {
        title: list(_links(name, counts.get(name, ())[:MAX_VALUES], filters, href))
        for name, title in TITLES.items()
    }
    # One value that all figures have would filter nothing.
    useful = {
        title: links
        for title, links in facets.items()
        if len(links) > 1 or any(link.is_current for link in links)
    }
    years = _years(counts.get("year", ()), filters, href)
    if useful or years:
        st.sidebar.html(render("facets.html", years=years, facets=useful, most=SHOWN_VALUES))


def _links(name: str, values: Sequence[FacetValue], filters: Filters, href: Href) -> Iterator[FacetLink]:
    for value in values:
        if name == "text":
            yield _link(
                "has_text", value.value == "yes", _TEXT_LABELS[value.value], value.count, filters, href
            )
            continue
        label = titles.shorten(value.label) if name == "issue_id" else value.label
        swatch = value.value if name == "colour" else ""
        yield replace(_link(name, value.value, label, value.count, filters, href), swatch=swatch)


def _link(
    filter_name: str, value: str | bool, label: str, count: int, filters: Filters, href: Href
) -> FacetLink:
    is_current = getattr(filters, filter_name) == value
    others: dict[str, Any] = {filter_name: None if is_current else value}
    return FacetLink(href(replace(filters, **others)), label, count, is_current)


def _years(values: Sequence[FacetValue], filters: Filters, href: Href) -> Markup:
    """Return a bar for each year."""
    if len(values) < 2:
        return Markup()
    highest = max(value.count for value in values)
    bars = []
    for value in values:
        year = value.value
        is_current = (filters.date_from, filters.date_to) == (year, year)
        dates = (None, None) if is_current else (year, year)
        address = href(replace(filters, date_from=dates[0], date_to=dates[1]))
        bars.append((address, year, value.count, value.count / highest, is_current))
    return render("histogram.html", bars=bars)
