"""Record the searches of the Search page in the library."""

from __future__ import annotations

from typing import Final

import streamlit as st

from explorer import Library
from explorer.types import Result
from explorer.web.state import audience, current, links
from explorer.web.state.views import SearchView

SAME_SEARCH_SECONDS: Final = 600.0
MAX_CACHED: Final = 1000


def record(library: Library, view: SearchView, result: Result) -> None:
    """Record a search and its time, unless the library is read-only."""
    if current.is_read_only():
        return
    record_timing(library, result)
    if view.words and not view.upload:
        search = SearchView(view.words, view.kind, view.filters)
        _record(library, search, str(library.path.absolute()), links.search(search))


def record_timing(library: Library, result: Result) -> None:
    """Record the time of a search of the owner. A visitor adds only to the history of searches."""
    if audience.is_owner():
        library.history.record_timing(result)


# A page runs again after every click and when a visitor returns to it: within some minutes that is one search.
@st.cache_data(ttl=SAME_SEARCH_SECONDS, max_entries=MAX_CACHED, show_spinner=False)
def _record(_library: Library, _search: SearchView, folder: str, address: str) -> None:  # noqa: ARG001  the cache's key
    _library.history.record(
        _search.words or "",
        kind=None if _search.kind == "figure" else _search.kind,
        filters=_search.filters,
    )
