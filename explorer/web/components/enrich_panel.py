"""The text in pictures and long issues that is not searched yet, and the button that reads and encodes it."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.web.components.ingest_progress import show_progress
from explorer.web.state import current
from explorer.web.state.error_messages import show_errors
from explorer.web.state.ingest_job import IngestJob, ingest_job_of


def show_enrich_panel(library: Library) -> None:
    """Show the counts to everybody, and the button and the progress to the owner."""
    job = ingest_job_of(current.folder().absolute()) if current.is_visitor_on_this_machine() else None
    _show_counts(library, job)
    if job:
        show_progress(job, "texts")


def _show_counts(library: Library, job: IngestJob | None) -> None:
    with_text, unread = library.browse.ocr_counts()
    pending = library.archives.pending_texts()
    sentences = (
        f"{with_text:,} pictures contain text. It is searchable." if with_text else "",
        f"{unread:,} pictures may contain text that has not been read yet." if unread else "",
        f"{pending:,} texts of long issues are not encoded yet: they are found only by exact words."
        if pending
        else "",
    )
    st.caption(" ".join(filter(None, sentences)) or "No picture contains text.")
    if job is None or not (unread or pending):
        return
    tasks = (
        "encode the long issues" if pending else "",
        "read the text in the pictures" if unread else "",
    )
    with show_errors():
        label = " and ".join(filter(None, tasks)).capitalize()
        if st.button(label, key="texts_read", disabled=job.is_running):
            job.start_enrich()
            st.rerun()
