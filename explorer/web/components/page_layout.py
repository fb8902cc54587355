"""The layout of all pages: style, heading, and the start of an empty library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import Library
from explorer.web.components.first_run import show_first_run
from explorer.web.components.scripts import STATIC_FOLDER, run_script
from explorer.web.state import current
from explorer.web.state.error_messages import escape_markdown, show_errors

STYLE: Final = STATIC_FOLDER / "style.css"


def show(
    title: str, body: Callable[[Library], None], title_of: Callable[[Library], str] | None = None
) -> None:
    """Show a page: its heading, then its body, or the first steps if the library is empty.

    `title_of` returns the title of what the page shows, for example of an issue.
    """
    st.html(STYLE)
    run_script("remember_place.js")
    heading = st.empty()
    _show_title(heading, title)
    with show_errors():
        if current.is_empty():
            show_first_run()
            return
        library = current.library()
        if title_of is not None:
            _show_title(heading, title_of(library))
        body(library)


def _show_title(heading: DeltaGenerator, title: str) -> None:
    st.set_page_config(page_title=f"{title} · Archive Explorer")
    heading.title(escape_markdown(title), anchor=False)
