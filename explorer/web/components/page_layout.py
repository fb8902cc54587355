"""The layout of all pages: style, heading, and the start of an empty library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from explorer import Library
from explorer.web.components.first_run import show_first_run
from explorer.web.components.scripts import STATIC_FOLDER, run_script
from explorer.web.state import current
from explorer.web.state.error_messages import show_errors

STYLE: Final = STATIC_FOLDER / "style.css"


def show(title: str, body: Callable[[Library], None]) -> None:
    """Show a page: its heading, then its body, or the first steps if the library is empty."""
    st.set_page_config(page_title=f"{title} · Archive Explorer")
    st.html(STYLE)
    run_script("remember_place.js")
    st.title(title, anchor=False)
    with show_errors():
        if current.is_empty():
            show_first_run()
        else:
            body(current.library())
