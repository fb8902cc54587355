"""The progress of a background job."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.web.state.background_job import BackgroundJob
from explorer.web.state.error_messages import escape_markdown

REFRESH_SECONDS = 1.0


def show_job_progress(job: BackgroundJob[Any], *, stop_key: str) -> None:
    """Show the progress, refreshed each second without the rest of the page, and a button that stops the job."""
    st.fragment(_draw, run_every=REFRESH_SECONDS)(job, stop_key)


def _draw(job: BackgroundJob[Any], stop_key: str) -> None:
    if not job.is_running:
        st.rerun()
    step = job.step
    if step is None:
        st.progress(0.0, "Starting …")
    else:
        st.progress(
            step.done / max(step.total, 1), escape_markdown(f"{step.task}: {step.done:,} of {step.total:,}")
        )
    if job.remark:
        st.caption(escape_markdown(job.remark))
    st.button("Stop", key=stop_key, on_click=job.stop)
