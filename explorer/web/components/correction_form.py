"""The form that corrects what a figure says, and what the archive says where somebody did."""

from __future__ import annotations

from typing import Final

import streamlit as st

from explorer import Library
from explorer.types import FigureRecord
from explorer.web.state import current
from explorer.web.state.error_messages import told
from explorer.web.templating import render

FIELDS: Final = {"caption": "Caption", "alt": "Alt text", "credit": "Credit"}


def correct_words(library: Library, figure: FigureRecord) -> None:
    """What was corrected, for everybody; the form only for who sits where the library is."""
    archive_says = library.editing.archive_says(figure.id)
    if archive_says:
        facts = {f"{FIELDS[field]} in the archive": text or "none" for field, text in archive_says.items()}
        st.html(render("facts.html", facts=facts, label="What was corrected"))
    if not current.is_visitor_on_this_machine():
        return
    with st.expander("Correct the words"), told():
        _ask(library, figure, is_corrected=bool(archive_says))


def _ask(library: Library, figure: FigureRecord, *, is_corrected: bool) -> None:
    shown = {field: getattr(figure, field) or "" for field in FIELDS}
    # Another form for other words: what was typed before must not come back over what is said now.
    with st.form(f"correct_{hash((figure.id, *shown.values()))}", border=False):
        written = {field: st.text_area(label, shown[field]) for field, label in FIELDS.items()}
        save = st.form_submit_button("Save", type="primary")
        reset = is_corrected and st.form_submit_button("Back to what the archive says")
    changed = {field: text for field, text in written.items() if text.strip() != shown[field]}
    if reset:
        library.editing.reset_correction(figure.id)
    elif save and changed:
        library.editing.correct(figure.id, **changed)
    else:
        return
    st.rerun()
