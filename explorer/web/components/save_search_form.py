"""The form that keeps what is liked and disliked as a saved search."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.errors import QueryError
from explorer.web.state import current, links
from explorer.web.state.error_messages import as_text, told
from explorer.web.state.views import SimilarView


def save_search(library: Library, view: SimilarView) -> None:
    """The form, folded away; only for who sits where the library is, and where there is something to keep."""
    if not current.is_visitor_on_this_machine() or not (view.liked or view.words):
        return
    with st.popover("Save this search", icon=":material/bookmark_add:", key="saved"), told():
        st.caption("Keeps what you like and dislike here, and tells you what is new of it.")
        if view.upload or view.box:
            st.caption("A picture that you brought, or a part of one, is not kept.")
        with st.form("save_navigator", border=False):
            name = st.text_input("Its name", key="saved_name", max_chars=64)
            wanted = st.form_submit_button("Save", key="saved_save", type="primary")
        if wanted:
            _save(library, name.strip(), view)


def _save(library: Library, name: str, view: SimilarView) -> None:
    if name in {one.name for one in library.saved_searches.list()}:
        raise QueryError(f"There is a saved search {name!r}. Take another name, or delete that one first.")
    with st.spinner("Looking at what passes …"):
        seen = library.saved_searches.save(name, words=view.words, like=view.liked, unlike=view.unlike)
    st.success(as_text(f"Saved. {len(seen.hits):,} figures pass now; it tells what comes."))
    st.html(links.anchor(links.SAVED, "All saved searches"))
