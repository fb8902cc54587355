"""The form that reads an archive into the library, and how far it has come."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer.web.components.ingest_progress import show_progress
from explorer.web.state import current
from explorer.web.state.error_messages import told
from explorer.web.state.ingest_job import Reading, reading_into


def add_archive() -> None:
    """Form and progress, for the owner."""
    reading = reading_into(current.folder().absolute())
    with told():
        _ask(reading)
    show_progress(reading, "archive")


def _ask(reading: Reading) -> None:
    with st.form("add_archive", border=False):
        path = st.text_input(
            "A folder, zip or document on this machine",
            key="archive_path",
            placeholder="/home/you/newsletter",
        )
        wanted = st.form_submit_button("Read this archive", key="archive_read", type="primary")
    if not wanted:
        return
    if not path.strip():
        st.warning("Write where the archive lies: the path of a folder, a zip or a document.")
        return
    reading.start(Path(path.strip()).expanduser())
    reading.wait(0.5)  # most mistakes show at once, and need no progress bar
