"""How a typed query was understood, and how to write one."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from explorer import describe_token
from explorer.types import Answer
from explorer.web.state import links
from explorer.web.state.views import SearchView
from explorer.web.templating import render

_SYNTAX_EXAMPLES: Final = (
    ("map of the underground", "figures that fit these words"),
    ('"red bridge" +night', "only hits with exactly these words"),
    ('bridge -photo -"red bridge"', "only hits without these words"),
    ("2:bridge harbour", "“bridge” counts twice"),
    ("harbour id:1a2b3c4d", "also like this figure (-id: unlike it)"),
    ("map issue:36 after:2022-01 before:2023", "only in these issues"),
    ("map colour:blue shape:portrait no:text", "portrait pictures with blue, in which no text was read"),
    ("map has:caption kind:any document:a.html", "figures and items of this document, with a caption"),
)


def show(answer: Answer, view: SearchView) -> None:
    """Show the parts of a query that is more than words, each with a link that removes it, and corrected words."""
    query = answer.asked
    if query.is_plain and not answer.corrected:
        return
    tokens = [
        (
            describe_token(token),
            links.search(replace(view, words=query.without_token(token).line or None, page=1)),
        )
        for token in query.operators
    ]
    st.html(
        render(
            "query_explanation.html",
            words="" if query.is_plain else query.words,
            tokens=tokens,
            corrected=answer.corrected,
            exact_href=links.search(replace(view, exact=True, page=1)),
        )
    )


def show_query_help() -> None:
    """Show examples of queries, folded away behind a button."""
    with st.popover("Query syntax", icon=":material/help:", key="search_ways"):
        st.html(render("query_syntax.html", examples=_SYNTAX_EXAMPLES))
