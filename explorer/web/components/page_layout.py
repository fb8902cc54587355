"""What all pages share: their style, their heading, and what they show before there is anything to show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from explorer import Library
from explorer.web.components.first_run import first_run
from explorer.web.components.scripts import STATIC_FOLDER, run_script
from explorer.web.state import current
from explorer.web.state.error_messages import told

STYLE: Final = STATIC_FOLDER / "style.css"


def show(title: str, body: Callable[[Library], None]) -> None:
    """A page: its heading, then its body, or what to do first where the library is empty."""
    st.set_page_config(page_title=f"{title} · Archive Explorer")
    st.html(STYLE)
    run_script("remember_place.js")
    st.title(title, anchor=False)
    with told():
        if current.is_empty():
            first_run()
        else:
            body(current.library())
