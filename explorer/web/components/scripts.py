"""Run the scripts of `static/` in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from explorer.web.templating import render

STATIC_FOLDER: Final = Path(__file__).parents[1] / "static"


def run_script(name: str) -> None:
    """Run a script of `static/`."""
    code = (STATIC_FOLDER / name).read_text(encoding="utf-8")
    st.html(render("script.html", code=code), unsafe_allow_javascript=True)
