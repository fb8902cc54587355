"""The start of an empty library: how to read an archive, here or on the command line."""

from __future__ import annotations

import streamlit as st

from explorer.web.components.add_archive import show_archive_form
from explorer.web.state import audience, current
from explorer.web.templating import render


def show_first_run() -> None:
    """Show that the library is empty, and the form that reads an archive."""
    if not audience.is_owner():
        _lead("There is nothing in this library yet. Come back later.")
        return
    _lead(
        "There is no archive in this library yet. Choose a folder or a zip file of documents (newsletter issues, blog "
        "posts, pages). The explorer finds every figure with its caption and the text around it, and makes them "
        "searchable. Nothing leaves this machine."
    )
    show_archive_form()
    _lead("Or on the command line:")
    st.code(f"explorer ingest PATH --library {current.folder()}", language="bash")


def _lead(text: str) -> None:
    st.html(render("paragraph.html", text=text, style="ax-lead"))
