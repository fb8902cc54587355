"""Links to what comes before and after: figures of an issue, pages of an issue, issues in time."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.web.templating import render


def show_steps(steps: Sequence[tuple[str, str]]) -> None:
    """Show links, each with its text and its address. Without links, show nothing."""
    if steps:
        st.html(render("steps.html", steps=steps))
