"""The filters of a search or a list as chips, each with a link that removes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from explorer import Library, active_filters
from explorer.errors import QueryError
from explorer.types import NO_FILTERS, Filters, FilterSpec, FilterValue
from explorer.web.templating import render


def show(library: Library, filters: Filters, href: Callable[[Filters], str]) -> None:
    """Show the active filters; `href` returns the address of the page with other filters."""
    chips = [
        (_describe(library, spec, value), href(replace(filters, **{spec.name: None})))
        for spec, value in active_filters(filters)
    ]
    if chips:
        st.html(render("filter_chips.html", chips=chips, clear=href(NO_FILTERS)))


def _describe(library: Library, spec: FilterSpec, value: FilterValue) -> str:
    if spec.name != "issue_id":
        return spec.words(value)
    try:
        issue = library.issues.get(str(value))
    except QueryError:
        return "in an issue that is no longer here"
    return f"in {issue.title or issue.document}"
