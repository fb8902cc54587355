"""The progress and the result of a job, in the section of the page that started it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer.types import EnrichReport, IngestReport, SyncReport
from explorer.web.components.job_progress import show_job_progress
from explorer.web.state.error_messages import escape_markdown
from explorer.web.state.ingest_job import IngestJob, Section


def show_progress(job: IngestJob, section: Section, *, below: Callable[[], None] | None = None) -> None:
    """Show the progress or the result of the job, if this section started it. `below` shows more while it runs."""
    if job.section != section:
        return
    if job.is_running:
        show_job_progress(job, stop_key=f"{section}_stop", below=below)
    elif job.error:
        st.error(escape_markdown(job.error))
    elif isinstance(job.report, SyncReport):
        _show_changes(job.report)
    elif isinstance(job.report, IngestReport) and not job.report.issues:
        st.warning(
            f"No issue was found there: {job.report.problems:,} files could not be read, and {job.report.skipped:,} are no "
            "issues. Choose another folder or file."
        )
    elif job.report:
        st.success(_summary(job.report))


def _summary(report: IngestReport | EnrichReport) -> str:
    if isinstance(report, EnrichReport):
        encoded = f"Encoded {report.encoded:,} texts of long issues. " if report.encoded else ""
        read = f"Read {report.read:,} pictures in {report.seconds:.0f} s. {report.with_text:,} of them contain text."
        return encoded + read
    counts = {"issue": report.issues, "figure": report.figures, "item": report.items}
    contents = ", ".join(f"{count:,} {name}{'' if count == 1 else 's'}" for name, count in counts.items())
    return f"Read in {report.seconds:.0f} s. Now in the library: {contents}."


def _show_changes(report: SyncReport) -> None:
    for archive in report.archives:
        if archive.absent:
            st.warning(
                escape_markdown(
                    f"{archive.location}: {archive.absent.rstrip('.')}. Its issues stay in the library."
                )
            )
    changes = [archive.changes for archive in report.archives]
    counts = {
        "new": sum(len(change.new) for change in changes),
        "changed": sum(len(change.changed) for change in changes),
        "moved": sum(len(change.moved) for change in changes),
        "gone": sum(len(change.gone) for change in changes),
    }
    summary = ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count)
    st.success(f"Issues: {summary}." if summary else "Nothing has changed.")
