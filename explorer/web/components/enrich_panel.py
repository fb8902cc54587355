"""The text that is not searched yet, in pictures and in long issues, and the button that reads and encodes it."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.web.components.ingest_progress import show_progress
from explorer.web.state import current
from explorer.web.state.error_messages import told
from explorer.web.state.ingest_job import Reading, reading_into


def read_texts(library: Library) -> None:
    """Counts for everybody; the button and how far the reading has come for the owner."""
    reading = reading_into(current.folder().absolute()) if current.is_visitor_on_this_machine() else None
    _offer(library, reading)
    if reading:
        show_progress(reading, "texts")


def _offer(library: Library, reading: Reading | None) -> None:
    with_text, unread = library.browse.ocr_counts()
    put_off = library.archives.pending_texts()
    carry = f"{with_text:,} pictures carry text that is searched." if with_text else ""
    may_carry = f"{unread:,} pictures may carry text that nobody has read yet." if unread else ""
    rest = (
        f"{put_off:,} texts of long issues are not encoded yet: a search finds only their words."
        if put_off
        else ""
    )
    st.caption(" ".join(filter(None, (carry, may_carry, rest))) or "No picture carries text.")
    if reading is None or not (unread or put_off):
        return
    tasks = (
        "encode the long issues" if put_off else "",
        "read the text in the pictures" if unread else "",
    )
    with told():
        label = " and ".join(filter(None, tasks)).capitalize()
        if st.button(label, key="texts_read", disabled=reading.is_running):
            reading.start_texts()
            st.rerun()
