"""What all pages share: their style, their heading, and what they show before there is anything to show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from explorer import Library
from explorer.web.components.first_run import first_run
from explorer.web.state import current
from explorer.web.state.error_messages import told

STYLE = Path(__file__).parents[1] / "static" / "style.css"
PLACE = Path(__file__).parents[1] / "static" / "remember_place.js"


def show(title: str, body: Callable[[Library], None]) -> None:
    """A page: its heading, then its body, or what to do first where the library is empty."""
    st.set_page_config(page_title=f"{title} · Archive Explorer")
    st.html(STYLE)
    st.html(f"<script>{PLACE.read_text(encoding='utf-8')}</script>", unsafe_allow_javascript=True)
    st.title(title, anchor=False)
    with told():
        if current.is_empty():
            first_run()
        else:
            body(current.library())
