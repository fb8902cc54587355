"""The form that saves likes and dislikes as a saved search."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.errors import QueryError
from explorer.web.state import current, links
from explorer.web.state.error_messages import escape_markdown, show_errors
from explorer.web.state.views import SimilarView


def show_save_form(library: Library, view: SimilarView) -> None:
    """Show the form, folded away, to the owner, if there is something to save."""
    if not current.is_visitor_on_this_machine() or not (view.liked or view.words):
        return
    with st.popover("Save this search", icon=":material/bookmark_add:", key="saved"), show_errors():
        st.caption(
            "Saves the words, likes and dislikes of this search. The Search page then shows new matches."
        )
        if view.upload or view.box:
            st.caption("Uploaded pictures and parts of pictures are not saved.")
        with st.form("save_navigator", border=False):
            name = st.text_input("Name", key="saved_name", max_chars=64)
            is_submitted = st.form_submit_button("Save", key="saved_save", type="primary")
        if is_submitted:
            _save(library, name.strip(), view)


def _save(library: Library, name: str, view: SimilarView) -> None:
    if name in {saved.name for saved in library.saved_searches.list()}:
        raise QueryError(
            f"There is already a saved search {name!r}. Choose another name, or delete the saved search first."
        )
    with st.spinner("Searching …"):
        update = library.saved_searches.save(name, words=view.words, like=view.liked, unlike=view.unlike)
    st.success(
        escape_markdown(
            f"Saved. {len(update.hits):,} figures match now. New matches are shown on the Search page."
        )
    )
    st.html(links.anchor(links.SAVED, "All saved searches"))
