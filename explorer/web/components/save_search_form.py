"""The form that saves a search."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer import Library
from explorer.errors import QueryError
from explorer.web.state import current, links
from explorer.web.state.error_messages import escape_markdown, show_errors


def show_save_form(
    library: Library,
    *,
    words: str | None,
    like: Sequence[str] = (),
    unlike: Sequence[str] = (),
    not_saved: str = "",
) -> None:
    """Show the form, folded away, to the owner, if there is something to save. `not_saved` says what is left out."""
    if not current.is_visitor_on_this_machine() or not (like or words):
        return
    with st.popover("Save this search", icon=":material/bookmark_add:", key="saved"), show_errors():
        st.caption("When new figures match this search, the top of every page shows their number.")
        if not_saved:
            st.caption(not_saved)
        with st.form("save_search", border=False):
            name = st.text_input("Name", key="saved_name", max_chars=64)
            is_submitted = st.form_submit_button("Save", key="saved_save", type="primary")
        if is_submitted:
            _save(library, name.strip(), words, like, unlike)


def _save(library: Library, name: str, words: str | None, like: Sequence[str], unlike: Sequence[str]) -> None:
    if name in {saved.name for saved in library.saved_searches.list()}:
        raise QueryError(
            f"There is already a saved search {name!r}. Choose another name, or delete the saved search first."
        )
    with st.spinner("Searching …"):
        update = library.saved_searches.save(name, words=words, like=like, unlike=unlike)
    st.success(escape_markdown(f"Saved. {len(update.hits):,} figures match now."))
    st.html(links.anchor(links.SAVED, "All saved searches"))
