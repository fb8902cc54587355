"""How many pictures carry text, and the button that has the others read."""

from __future__ import annotations

import streamlit as st

from explorer.library import Library
from explorer.web import state
from explorer.web.reading import Reading, reading_into
from explorer.web.reading_progress import show_progress
from explorer.web.sentences import told


def read_texts(library: Library) -> None:
    """Counts for everybody; the button and how far the reading has come for the owner."""
    reading = reading_into(state.folder().absolute()) if state.is_visitor_on_this_machine() else None
    _offer(library, reading)
    if reading:
        show_progress(reading, "texts")


def _offer(library: Library, reading: Reading | None) -> None:
    with_text, unread = library.texts_read()
    put_off = library.texts_put_off()
    carry = f"{with_text:,} pictures carry text that is searched." if with_text else ""
    may_carry = f"{unread:,} pictures may carry text that nobody has read yet." if unread else ""
    rest = f"{put_off:,} texts of long issues are found by their words alone so far." if put_off else ""
    st.caption(" ".join(filter(None, (carry, may_carry, rest))) or "No picture carries text.")
    if not unread and not put_off:
        return
    if reading is None:
        return
    with told():
        if st.button("Read the text in the pictures", key="texts_read", disabled=reading.is_running):
            reading.start_texts()
            st.rerun()
