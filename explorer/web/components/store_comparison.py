"""The comparison of vector stores: a button, and then a sentence of advice, a table, and recall by search time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from explorer.types import StoreComparison, StoreMeasurement, StoreResult
from explorer.web.components.job_progress import show_job_progress
from explorer.web.state.error_messages import escape_markdown, show_errors
from explorer.web.state.stores_job import StoresJob
from explorer.web.templating import render

if TYPE_CHECKING:
    import altair as alt

CHART_HEIGHT: Final = 320
TIME_TITLE: Final = "Median time of a search (ms)"
RECALL_TITLE: Final = "Recall@10"


def show(job: StoresJob) -> None:
    """Show the button that starts the comparison, its progress, and its result."""
    st.caption(
        "Loads the vectors of this library into several vector stores, and repeats your past searches in each. "
        "Nothing of the library changes. A large library takes minutes."
    )
    with show_errors():
        if st.button("Compare vector stores", key="stores_start", disabled=job.is_running):
            job.start()
            job.wait(0.5)  # most errors occur at once
    if job.is_running:
        show_job_progress(job, stop_key="stores_stop")
    elif job.error:
        st.error(escape_markdown(job.error))
    elif job.report:
        _show_result(job.report)


def _show_result(comparison: StoreComparison) -> None:
    st.html(render("paragraph.html", text=comparison.advice))
    rows = [
        (_name(result, comparison), _cells(result.measured))
        for result in comparison.stores
        if result.measured
    ]
    st.html(render("store_table.html", rows=rows))
    st.altair_chart(_chart(comparison), width="stretch")
    st.caption(
        escape_markdown(
            f"{comparison.subject}. Recall@10 against the exact search, with 95 % intervals. "
            "Memory is what the store adds to a process, its engine included."
        )
    )
    for result in comparison.stores:
        if result.reason:
            st.caption(escape_markdown(f"{result.label} was not measured: {result.reason}"))


def _name(result: StoreResult, comparison: StoreComparison) -> str:
    return f"{result.label} (in use)" if result.name == comparison.used else result.label


def _cells(values: StoreMeasurement) -> tuple[tuple[str, str], ...]:
    """Return the values of a row, each with a smaller line below it."""
    recall, filtered = values.recall, values.filtered_p50_ms
    return (
        (f"{values.load_s:.2f} s", f"open {values.open_s:.2f} s"),
        (_megabytes(values.disk_mb), ""),
        (_megabytes(values.memory_mb), ""),
        (f"{values.p50_ms:.2f} ms", f"p95 {values.p95_ms:.2f} ms"),
        (f"{recall.value:.3f}", f"{recall.low:.3f} to {recall.high:.3f}"),
        ("by row number only", "") if filtered is None else ("yes", f"p50 {filtered:.2f} ms"),
    )


def _megabytes(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} MB"


def _chart(comparison: StoreComparison) -> alt.LayerChart:
    """Return recall by search time: a point with its interval and its name for each store."""
    import altair as alt  # takes a third of a second, and only this result needs it

    points: list[dict[str, Any]] = [
        {
            "store": _name(result, comparison),
            "ms": result.measured.p50_ms,
            "recall": result.measured.recall.value,
            "low": result.measured.recall.low,
            "high": result.measured.recall.high,
            "in_use": result.name == comparison.used,
        }
        for result in comparison.stores
        if result.measured
    ]
    least = min((point["low"] for point in points), default=0.0)
    base = alt.Chart(alt.InlineData(values=points)).encode(
        x=alt.X("ms:Q", title=TIME_TITLE, scale=alt.Scale(type="log")),
        tooltip=[
            alt.Tooltip("store:N", title="Store"),
            alt.Tooltip("ms:Q", title="p50 in ms", format=".3f"),
            alt.Tooltip("recall:Q", title=RECALL_TITLE, format=".3f"),
        ],
    )
    recall = alt.Y("recall:Q", title=RECALL_TITLE, scale=alt.Scale(domain=[least, 1.0], zero=False))
    colour = alt.Color("store:N", title=None, legend=alt.Legend(orient="bottom", columns=3))
    intervals = base.mark_rule(opacity=0.4).encode(
        y=alt.Y("low:Q", title=RECALL_TITLE), y2="high:Q", color=colour
    )
    marks = base.mark_point(filled=True, size=90).encode(
        y=recall, color=colour, shape=alt.Shape("in_use:N", legend=None)
    )
    layered: alt.LayerChart = intervals + marks
    return layered.properties(height=CHART_HEIGHT)
