"""The form that changes the name and the notes of a collection, and deletes it."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.types import Collection
from explorer.web.state.error_messages import show_errors


def show_collection_form(library: Library, collection: Collection) -> None:
    """Show a button that opens the form."""
    with st.popover("Name and notes", icon=":material/edit:"), show_errors():
        _show_form(library, collection)
    with st.popover("Delete", icon=":material/delete:"), show_errors():
        st.caption("This deletes the collection. Its figures stay in the library.")
        if st.button("Delete this collection"):
            library.collections.delete(collection.id)
            st.switch_page("explorer/web/pages/collections.py")


def _show_form(library: Library, collection: Collection) -> None:
    # A new form for new texts: what was typed before must not replace them.
    with st.form(f"collection_{hash((collection.id, collection.name, collection.notes))}", border=False):
        name = st.text_input("Name", collection.name)
        notes = st.text_area("Notes", collection.notes)
        saves = st.form_submit_button("Save", type="primary")
    if saves and (name.strip() != collection.name or notes.strip() != collection.notes):
        library.collections.edit(collection.id, new_name=name, notes=notes)
        st.rerun()
