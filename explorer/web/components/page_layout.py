"""The layout of all pages: style, heading, and the start of an empty library."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

import streamlit as st

from explorer import Library
from explorer.errors import ExplorerError
from explorer.web.components.first_run import show_first_run
from explorer.web.components.scripts import STATIC_FOLDER, run_script
from explorer.web.state import current, links
from explorer.web.state.error_messages import escape_markdown, show_errors
from explorer.web.templating import render

STYLE: Final = STATIC_FOLDER / "style.css"


def show(
    title: str, body: Callable[[Library], None], title_of: Callable[[Library], str] | None = None
) -> None:
    """Show a page: its heading, then its body, or the first steps if the library is empty.

    `title_of` returns the title of what the page shows, for example of an issue.
    """
    if title_of is not None:
        title = _title_of_content(title_of) or title
    name = current.library_name()
    st.set_page_config(page_title=f"{title} · {name}")
    st.html(STYLE)
    st.html(render("library_name.html", name=name, unseen=_count_unseen(), href=links.SAVED))
    run_script("colour_scheme.js", "remember_place.js", "keyboard.js")
    st.title(escape_markdown(title), anchor=False)
    with show_errors():
        if current.is_empty():
            show_first_run()
        else:
            body(current.library())


def _count_unseen() -> int:
    """Return the number of new matches of the saved searches."""
    with suppress(ExplorerError):
        return 0 if current.is_empty() else current.library().saved_searches.unseen()
    return 0


def _title_of_content(title_of: Callable[[Library], str]) -> str | None:
    """Return the title of what the page shows; None if it cannot be shown: the body of the page reports why."""
    with suppress(ExplorerError):
        return None if current.is_empty() else title_of(current.library())
    return None
