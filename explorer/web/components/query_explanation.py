"""How a typed line was understood, and how one may be written."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Final

import streamlit as st

from explorer import describe_token
from explorer.types import Answer
from explorer.web.components.attributes import attribute
from explorer.web.state import links
from explorer.web.state.views import SearchView

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
    """What was understood where it is more than words, each part with a way to leave it out; what was forgiven."""
    html = _asked(answer, view) + _forgiven(answer, view)
    if html:
        st.html(html)


def ways_to_ask() -> None:
    """Examples of lines, folded away behind a button."""
    rows = "".join(
        f"<dt><code>{escape(line)}</code></dt><dd>{escape(found)}</dd>" for line, found in _WAYS_TO_ASK
    )
    with st.popover("How to ask", icon=":material/help:", key="search_ways"):
        st.html(f'<dl class="ax-facts ax-ways">{rows}</dl><p>Anything else is words.</p>')


def _asked(answer: Answer, view: SearchView) -> str:
    asked = answer.asked
    if asked.is_plain:
        return ""
    words = f"<li>looking for “{escape(asked.words)}”</li>" if asked.words else ""
    chips = "".join(
        f'<li class="ax-chip">{escape(describe_token(token))} <a href="{escape(href)}" target="_self" '
        f'aria-label="{attribute(f"Leave out: {describe_token(token)}")}">×</a></li>'
        for token in asked.operators
        for href in [links.search(replace(view, words=asked.without_token(token).line or None, page=1))]
    )
    return f'<ul class="ax-asked" aria-label="What was asked">{words}{chips}</ul>'


def _forgiven(answer: Answer, view: SearchView) -> str:
    if not answer.corrected:
        return ""
    also = ", ".join(f"<em>{escape(word)}</em>" for word in answer.corrected.values())
    only = links.anchor(
        links.search(replace(view, exact=True, page=1)), f"Only “{'”, “'.join(answer.corrected)}”"
    )
    return f'<p class="ax-forgiven">Showing also results for {also}. {only}</p>'
