"""What changed in the archives since they were read, taken in by a button; and what is gone, brought back by another."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.types import KEPT_DAYS
from explorer.web.components.ingest_progress import show_progress
from explorer.web.state import current
from explorer.web.state.error_messages import as_text, told
from explorer.web.state.ingest_job import reading_into

MAX_DISCARDED = 100


def keep_up(library: Library) -> None:
    """The button and what came of it, and the trash, for the owner."""
    reading = reading_into(current.folder().absolute())
    with told():
        if st.button("Take in what changed", key="library_sync", disabled=reading.is_running):
            reading.start_sync()
            reading.wait(2)  # where nothing changed it is over by then
            if reading.is_running:
                st.rerun()
    show_progress(reading, "changes")
    _show_trash(library)


def _show_trash(library: Library) -> None:
    discarded = library.archives.trash()
    if not discarded:
        return
    with st.expander(f"Gone from the archives ({len(discarded):,})"):
        st.caption(f"Kept for {KEPT_DAYS} days. What is brought back stays, even while its archive lacks it.")
        for one in discarded[:MAX_DISCARDED]:
            words, button = st.columns([4, 1], vertical_alignment="center")
            words.markdown(
                as_text(f"{one.title or one.document}: {one.figures} figures, gone since {one.deleted[:10]}")
            )
            if button.button("Bring back", key=f"restore_{one.id}", help=as_text(one.document)):
                with told():
                    library.archives.restore(one.id)
                    st.rerun()
        if len(discarded) > MAX_DISCARDED:
            st.caption("The whole list: explorer trash")
