"""The button that updates the library from its archives, and the trash with buttons that restore issues."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.types import KEPT_DAYS
from explorer.web.components.ingest_progress import show_progress
from explorer.web.state import current
from explorer.web.state.error_messages import escape_markdown, show_errors
from explorer.web.state.ingest_job import ingest_job_of

MAX_DISCARDED = 100


def show_sync_panel(library: Library) -> None:
    """Show the button, its result and the trash to the owner."""
    job = ingest_job_of(current.folder().absolute())
    with show_errors():
        if st.button("Update from the archives", key="library_sync", disabled=job.is_running):
            job.start_sync()
            job.wait(2)  # long enough if nothing has changed
            if job.is_running:
                st.rerun()
    show_progress(job, "changes")
    _show_trash(library)


def _show_trash(library: Library) -> None:
    discarded = library.archives.trash()
    if not discarded:
        return
    with st.expander(f"Trash ({len(discarded):,})"):
        st.caption(
            f"Issues that are no longer in their archives. They are kept for {KEPT_DAYS} days. "
            "A restored issue stays in the library, even if it is missing from its archive."
        )
        for issue in discarded[:MAX_DISCARDED]:
            words, button = st.columns([4, 1], vertical_alignment="center")
            words.markdown(
                escape_markdown(
                    f"{issue.title or issue.document}: {issue.figures} figures, gone since {issue.deleted[:10]}"
                )
            )
            if button.button("Restore", key=f"restore_{issue.id}", help=escape_markdown(issue.document)):
                with show_errors():
                    library.archives.restore(issue.id)
                    st.rerun()
        if len(discarded) > MAX_DISCARDED:
            st.caption("The whole list: explorer trash")
