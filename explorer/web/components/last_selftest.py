"""The result of the last self-test of the library."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.web.components import summaries
from explorer.web.state import audience
from explorer.web.state.error_messages import escape_markdown

LIST_WORDS = {
    "fused": "All comparisons together",
    "picture": "Only what the picture shows",
    "context": "Only the text around it",
}


def show_last_selftest(library: Library) -> None:
    """Show its metrics over all archives, or the command that makes one."""
    selftest = library.evaluation.last_selftest()
    if selftest is None:
        if not audience.is_owner():
            st.caption("No self-test has been run yet.")
            return
        st.caption(
            "No self-test has been run yet. "
            "It searches for every figure by its caption, with the caption hidden. To run it:"
        )
        st.code(f"explorer selftest --library {library.path}", language="bash")
        return
    rows = {
        LIST_WORDS.get(name, name): scores["all"] for name, scores in selftest["caption_to_figure"].items()
    }
    st.html(summaries.table(rows, label="The last self-test"))
    st.caption(
        escape_markdown(
            f"{selftest['captions']:,} figures were searched for by their captions, each caption hidden. "
            f"{selftest['date'].partition('T')[0]}, encoder {selftest['encoder']}. Means with 95 % intervals."
        )
    )
