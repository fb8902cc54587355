"""The progress of a background job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.web.state.background_job import BackgroundJob, Step
from explorer.web.state.error_messages import escape_markdown

REFRESH_SECONDS = 1.0


def show_job_progress(
    job: BackgroundJob[Any], *, stop_key: str, below: Callable[[], None] | None = None
) -> None:
    """Show the progress, refreshed each second without the rest of the page, and a button that stops the job.

    `below` shows what there is so far.
    """
    st.fragment(_draw, run_every=REFRESH_SECONDS)(job, stop_key, below)


def _draw(job: BackgroundJob[Any], stop_key: str, below: Callable[[], None] | None) -> None:
    if not job.is_running:
        st.rerun()
    step = job.step
    if step is None:
        st.progress(0.0, "Starting …")
    else:
        st.progress(step.done / max(step.total, 1), escape_markdown(sentence(step)))
    if job.remark:
        st.caption(escape_markdown(job.remark))
    st.button("Stop", key=stop_key, on_click=job.stop)
    if below is not None:
        below()


def sentence(step: Step) -> str:
    """Return a sentence about the progress: what is done, and the time until the rest is done."""
    done = f"{step.task}: {step.done:,} of {step.total:,}"
    remaining = step.remaining_seconds
    if remaining is None:
        return done
    unit, number = ("min", remaining / 60) if remaining >= 90 else ("s", remaining)
    return f"{done}, about {number:.0f} {unit} left"
