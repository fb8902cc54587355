"""The fields that restrict a search or a list: dates, issue number, caption."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from explorer.web.state import address
from explorer.web.state.views import Restrictions

_CAPTION_WORDS = {"any": "With or without caption", "yes": "With caption", "no": "Without caption"}
_CAPTION = {"any": None, "yes": True, "no": False}
_DATE_FORM = "2024, 2024-03 or 2024-03-09"


def show(now: Restrictions, *, prefix: str, on_change: Callable[[], None]) -> None:
    """The fields, folded away behind a button; their keys begin with `prefix`."""
    captioned = next(name for name, value in _CAPTION.items() if value is now.captioned)
    address.fill(f"{prefix}_from", now.date_from or "")
    address.fill(f"{prefix}_to", now.date_to or "")
    address.fill(f"{prefix}_number", now.number)
    address.fill(f"{prefix}_captioned", captioned)
    active = len(replace(now, issue=None).params())
    with st.popover(
        f"Filters ({active})" if active else "Filters", icon=":material/tune:", key=f"{prefix}_filters"
    ):
        st.text_input("From", key=f"{prefix}_from", placeholder=_DATE_FORM, on_change=on_change)
        st.text_input("Until", key=f"{prefix}_to", placeholder=_DATE_FORM, on_change=on_change)
        st.number_input(
            "Issue number",
            value=None,
            key=f"{prefix}_number",
            min_value=1,
            step=1,
            placeholder="any",
            on_change=on_change,
        )
        st.selectbox(
            "Caption",
            list(_CAPTION_WORDS),
            key=f"{prefix}_captioned",
            format_func=_CAPTION_WORDS.__getitem__,
            on_change=on_change,
        )


def chosen(now: Restrictions, *, prefix: str) -> Restrictions:
    """What the fields hold; what they do not show stays as it was."""
    state = st.session_state
    return replace(
        now,
        date_from=state[f"{prefix}_from"].strip() or None,
        date_to=state[f"{prefix}_to"].strip() or None,
        number=state[f"{prefix}_number"],
        captioned=_CAPTION[state[f"{prefix}_captioned"]],
    )
