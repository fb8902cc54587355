"""The address in the browser: the only state a page has, so that a link, a reload and the back button agree."""

from __future__ import annotations

import streamlit as st

from explorer.web.state.params import Params
from explorer.web.state.views import (
    CaptionsView,
    CompareView,
    IllustrateView,
    MapView,
    SearchView,
    SimilarView,
)


def params() -> Params:
    """Return the parameters of the address."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def go(view: SearchView | SimilarView | IllustrateView | CaptionsView | CompareView | MapView) -> None:
    """Show another view of the same page, as one step of the browser's history."""
    st.query_params.from_dict(view.params())


def fill(key: str, value: object) -> None:
    """Set the value of the widget `key` to the value in the address.

    Call it in every run, even if the value has not changed: a field in a popover is drawn when the popover is opened,
    perhaps many runs later, and the browser knows only the value of the last run. Text that is being typed stays.
    """
    st.session_state[key] = value
