"""How a typed line was understood, and how one may be written."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from explorer import describe_token
from explorer.types import Answer
from explorer.web.state import links
from explorer.web.state.views import SearchView
from explorer.web.templating import render

_WAYS_TO_ASK: Final = (
    ("map of the underground", "whatever fits these words"),
    ('"red bridge" +night', "only where these words stand, as they are"),
    ('bridge -photo -"red bridge"', "only where these do not stand"),
    ("2:bridge harbour", "“bridge” counts twice"),
    ("harbour id:1a2b3c4d", "and like this figure; -id: unlike it"),
    ("map issue:36 after:2022-01 before:2023", "of these issues"),
    ("map has:caption kind:any document:a.html", "of these figures, or items as well"),
)


def show(answer: Answer, view: SearchView) -> None:
    """Show how the line was understood if it is more than words, each part with a link without it; and corrections."""
    asked = answer.asked
    if asked.is_plain and not answer.corrected:
        return
    tokens = [
        (
            describe_token(token),
            links.search(replace(view, words=asked.without_token(token).line or None, page=1)),
        )
        for token in asked.operators
    ]
    st.html(
        render(
            "query_explanation.html",
            words="" if asked.is_plain else asked.words,
            tokens=tokens,
            corrected=answer.corrected,
            exact_href=links.search(replace(view, exact=True, page=1)),
        )
    )


def ways_to_ask() -> None:
    """Show examples of lines, folded away behind a button."""
    with st.popover("How to ask", icon=":material/help:", key="search_ways"):
        st.html(render("query_syntax.html", examples=_WAYS_TO_ASK))
