"""What a newcomer sees: how a library is made, on the command line or right here."""

from __future__ import annotations

import streamlit as st

from explorer.web.components.add_archive import add_archive
from explorer.web.state import audience, current


def first_run() -> None:
    """Says that there is nothing yet and what to do about it."""
    if not audience.is_owner():
        st.html("<p class='ax-lead'>There is nothing in this library yet. Come back later.</p>")
        return
    st.html(
        "<p class='ax-lead'>There is no archive in this library yet. Give the explorer a folder or a zip of "
        "documents (newsletter issues, blog posts, pages); it reads out every figure with its caption and "
        "what stands around it, and makes them findable. Nothing leaves this machine.</p>"
    )
    add_archive()
    st.html("<p class='ax-lead'>Or on the command line:</p>")
    st.code(f"explorer ingest PATH --library {current.folder()}", language="bash")
