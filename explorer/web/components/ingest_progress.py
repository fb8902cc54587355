"""How far a reading has come and what came of it, in the part of the page that asked for it."""

from __future__ import annotations

import streamlit as st

from explorer.types import EnrichReport, IngestReport, SyncReport
from explorer.web.components.job_progress import watch
from explorer.web.state.error_messages import as_text
from explorer.web.state.ingest_job import Place, Reading


def show_progress(reading: Reading, place: Place) -> None:
    """Shows the progress of what `place` asked for, its end, or nothing where another part of the page asked."""
    if reading.place != place:
        return
    if reading.is_running:
        watch(reading, stop_key=f"{place}_stop")
    elif reading.problem:
        st.error(as_text(reading.problem))
    elif isinstance(reading.report, SyncReport):
        _show_changes(reading.report)
    elif reading.report:
        st.success(_summary(reading.report))


def _summary(report: IngestReport | EnrichReport) -> str:
    if isinstance(report, EnrichReport):
        encoded = f"Encoded {report.encoded:,} texts of long issues. " if report.encoded else ""
        read = f"Read {report.read:,} pictures in {report.seconds:.0f} s. {report.with_text:,} of them carry text."
        return encoded + read
    counts = {"issue": report.issues, "figure": report.figures, "item": report.items}
    told = ", ".join(f"{count:,} {name}{'' if count == 1 else 's'}" for name, count in counts.items())
    return f"Read in {report.seconds:.0f} s. Now in the library: {told}."


def _show_changes(report: SyncReport) -> None:
    for archive in report.archives:
        if archive.absent:
            st.warning(as_text(f"{archive.location}: {archive.absent}. What was read of it stays."))
    changes = [archive.changes for archive in report.archives]
    counts = {
        "new": sum(len(it.new) for it in changes),
        "changed": sum(len(it.changed) for it in changes),
        "moved": sum(len(it.moved) for it in changes),
        "gone": sum(len(it.gone) for it in changes),
    }
    said = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    st.success(f"Issues: {said}." if said else "Nothing changed.")
