"""The form that corrects the words of a figure, and the original words of a corrected figure."""

from __future__ import annotations

from typing import Final

import streamlit as st

from explorer import Library
from explorer.types import FigureRecord
from explorer.web.state import current
from explorer.web.state.error_messages import show_errors
from explorer.web.templating import render

FIELDS: Final = {"caption": "Caption", "alt": "Alt text", "credit": "Credit"}


def show_correction_form(library: Library, figure: FigureRecord) -> None:
    """Show the original words to everybody, and the form to the owner."""
    originals = library.editing.archive_says(figure.id)
    if originals:
        facts = {f"{FIELDS[field]} in the archive": text or "none" for field, text in originals.items()}
        st.html(render("facts.html", facts=facts, label="Texts before the correction"))
    if not current.is_visitor_on_this_machine():
        return
    with st.expander("Correct the texts"), show_errors():
        _show_form(library, figure, is_corrected=bool(originals))


def _show_form(library: Library, figure: FigureRecord, *, is_corrected: bool) -> None:
    present = {field: getattr(figure, field) or "" for field in FIELDS}
    # A new form for new words: text that was typed before must not replace the present words.
    with st.form(f"correct_{hash((figure.id, *present.values()))}", border=False):
        edited = {field: st.text_area(label, present[field]) for field, label in FIELDS.items()}
        save = st.form_submit_button("Save", type="primary")
        reset = is_corrected and st.form_submit_button("Restore the texts of the archive")
    changed = {field: text for field, text in edited.items() if text.strip() != present[field]}
    if reset:
        library.editing.reset_correction(figure.id)
    elif save and changed:
        library.editing.correct(figure.id, **changed)
    else:
        return
    st.rerun()
