"""Run the scripts of `static/` in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from explorer.web.templating import render

STATIC_FOLDER: Final = Path(__file__).parents[1] / "static"


def run_script(*names: str) -> None:
    """Run scripts of `static/`, as one element of the page."""
    st.html(render("script.html", code=read_scripts(*names)), unsafe_allow_javascript=True)


def read_scripts(*names: str) -> str:
    """Return scripts of `static/` as one."""
    return "\n".join((STATIC_FOLDER / name).read_text(encoding="utf-8") for name in names)
