"""What a newcomer sees: how a library is made, on the command line or right here."""

from __future__ import annotations

import streamlit as st

from explorer.web.components.add_archive import add_archive
from explorer.web.state import audience, current
from explorer.web.templating import render


def first_run() -> None:
    """Says that there is nothing yet and what to do about it."""
    if not audience.is_owner():
        _lead("There is nothing in this library yet. Come back later.")
        return
    _lead(
        "There is no archive in this library yet. Give the explorer a folder or a zip of documents (newsletter issues, "
        "blog posts, pages); it reads out every figure with its caption and what stands around it, and makes them "
        "findable. Nothing leaves this machine."
    )
    add_archive()
    _lead("Or on the command line:")
    st.code(f"explorer ingest PATH --library {current.folder()}", language="bash")


def _lead(text: str) -> None:
    st.html(render("paragraph.html", text=text, style="ax-lead"))
