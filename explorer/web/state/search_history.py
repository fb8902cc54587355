"""The searches that are made on the Search page, kept in the library."""

from __future__ import annotations

from typing import Final

import streamlit as st

from explorer import Library
from explorer.web.state import current, links
from explorer.web.state.views import SearchView

SAME_SEARCH_SECONDS: Final = 600.0
MOST: Final = 1000


def remember(library: Library, view: SearchView) -> None:
    """Keeps what was asked, but for a library that is shown in public."""
    if view.words and not current.is_shown_in_public():
        asked = SearchView(view.words, view.kind, view.filters)
        _remember(library, asked, str(library.path.absolute()), links.search(asked))


# A page runs again with every click, and anew when a visitor comes back to it: within a while that is one search.
@st.cache_data(ttl=SAME_SEARCH_SECONDS, max_entries=MOST, show_spinner=False)
def _remember(_library: Library, _asked: SearchView, folder: str, address: str) -> None:  # noqa: ARG001  what is one search
    _library.history.record(
        _asked.words or "",
        kind=None if _asked.kind == "figure" else _asked.kind,
        filters=_asked.filters,
    )
