"""The field for the latency budget of searches, and the comparisons that it left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.types import LABELS
from explorer.web.state import address

KEY = "latency_budget"


def show(budget_ms: int | None, omitted: Sequence[str], *, on_change: Callable[[int | None], None]) -> None:
    """Show the field. `on_change` gets the new budget; None: no limit."""
    address.fill(KEY, budget_ms)
    st.number_input(
        "Time limit (ms)",
        key=KEY,
        min_value=1,
        step=10,
        placeholder="none",
        help="Comparisons that gain least for their time are left out.",
        on_change=lambda: on_change(st.session_state[KEY]),
    )
    if omitted:
        st.caption(f"Left out: {', '.join(LABELS[leg] for leg in omitted)}.")
