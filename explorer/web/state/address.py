"""The address in the browser: the only state a page has, so that a link, a reload and the back button agree."""

from __future__ import annotations

import streamlit as st

from explorer.web.state.params import Params
from explorer.web.state.views import CaptionsView, CompareView, IllustrateView, SearchView, SimilarView


def params() -> Params:
    """What the address says."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def go(view: SearchView | SimilarView | IllustrateView | CaptionsView | CompareView) -> None:
    """Another view of the same page, as one step of the browser's history."""
    st.query_params.from_dict(view.params())


def fill(key: str, value: object) -> None:
    """Lets the widget `key` show what the address says.

    It is said with every run, not only where it changed: a field in a popover is drawn when that is opened, maybe many
    runs later, and the browser knows of it only what the last run said. What is being typed stays.
    """
    st.session_state[key] = value
