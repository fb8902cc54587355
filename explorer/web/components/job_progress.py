"""How far work in the background has come."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.web.state.background_job import Background
from explorer.web.state.error_messages import as_text

REFRESH_SECONDS = 1.0


def watch(work: Background[Any], *, stop_key: str) -> None:
    """Progress, drawn anew each second while the rest of the page stays, and a button that stops the work."""
    st.fragment(_draw, run_every=REFRESH_SECONDS)(work, stop_key)


def _draw(work: Background[Any], stop_key: str) -> None:
    if not work.is_running:
        st.rerun()
    step = work.step
    if step is None:
        st.progress(0.0, "Starting …")
    else:
        st.progress(step.done / max(step.total, 1), as_text(f"{step.what}: {step.done:,} of {step.total:,}"))
    if work.remark:
        st.caption(as_text(work.remark))
    st.button("Stop", key=stop_key, on_click=work.stop)
