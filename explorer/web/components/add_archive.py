"""The form that reads an archive into the library, and its progress."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer.web.components.ingest_progress import show_progress
from explorer.web.state import current
from explorer.web.state.error_messages import show_errors
from explorer.web.state.ingest_job import IngestJob, ingest_job_of


def show_archive_form() -> None:
    """Show the form and the progress to the owner."""
    job = ingest_job_of(current.folder().absolute())
    with show_errors():
        _show_form(job)
    show_progress(job, "archive")


def _show_form(job: IngestJob) -> None:
    with st.form("add_archive", border=False):
        path = st.text_input(
            "A folder, zip or document on this machine",
            key="archive_path",
            placeholder="/home/you/newsletter",
        )
        is_submitted = st.form_submit_button("Read this archive", key="archive_read", type="primary")
    if not is_submitted:
        return
    if not path.strip():
        st.warning("Enter the path of a folder, a zip file or a document.")
        return
    job.start(Path(path.strip()).expanduser())
    job.wait(0.5)  # most errors occur at once and need no progress bar
