"""What the last self-test of the library told."""

from __future__ import annotations

import streamlit as st

from explorer import Library
from explorer.web.components import summaries
from explorer.web.state import audience
from explorer.web.state.error_messages import as_text

LIST_WORDS = {
    "fused": "All ways together",
    "picture": "Only what the picture shows",
    "context": "Only what stands around it",
}


def last_selftest(library: Library) -> None:
    """Its numbers over all archives, or how to make one."""
    told = library.evaluation.last_selftest()
    if told is None:
        if not audience.is_owner():
            st.caption("None yet.")
            return
        st.caption("None yet. It asks for every figure by its caption, with the caption hidden:")
        st.code(f"explorer selftest --library {library.path}", language="bash")
        return
    rows = {LIST_WORDS.get(name, name): scores["all"] for name, scores in told["caption_to_figure"].items()}
    st.html(summaries.table(rows, label="The last self-test"))
    st.caption(
        as_text(
            f"{told['captions']:,} figures were asked for by their captions, each caption hidden. "
            f"{told['date'].partition('T')[0]}, encoder {told['encoder']}. Intervals hold 95 %."
        )
    )
