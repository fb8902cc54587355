"""The form that reads an archive into the library, and how far it has come."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer.ingest.enriching import EnrichReport
from explorer.ingest.report import IngestReport
from explorer.web import state
from explorer.web.reading import Reading, reading_into
from explorer.web.sentences import as_text, told
from explorer.web.watching import watch


def add_archive() -> None:
    """Form and progress; visitors from elsewhere are told where archives are added."""
    if not state.is_visitor_on_this_machine():
        st.info("Archives are added on the machine that serves this page: explorer ingest PATH")
        return
    reading = reading_into(state.folder().absolute())
    with told():
        _ask(reading)
    if reading.is_running:
        watch(reading, stop_key="archive_stop")
    else:
        _show_end(reading)


def _ask(reading: Reading) -> None:
    with st.form("add_archive", border=False):
        path = st.text_input(
            "A folder, zip or document on this machine",
            key="archive_path",
            placeholder="/home/you/newsletter",
        )
        wanted = st.form_submit_button("Read this archive", key="archive_read", type="primary")
    if not wanted:
        return
    if not path.strip():
        st.warning("Write where the archive lies: the path of a folder, a zip or a document.")
        return
    reading.start(Path(path.strip()).expanduser())
    reading.wait(0.5)  # most mistakes show at once, and need no progress bar


def _show_end(reading: Reading) -> None:
    if reading.problem:
        st.error(as_text(reading.problem))
    elif isinstance(reading.report, IngestReport | EnrichReport):
        st.success(_summary(reading.report))


def _summary(report: IngestReport | EnrichReport) -> str:
    if isinstance(report, EnrichReport):
        return f"Read {report.read:,} pictures in {report.seconds:.0f} s. {report.with_text:,} of them carry text."
    counts = {"issue": report.issues, "figure": report.figures, "item": report.items}
    told = ", ".join(f"{count:,} {name}{'' if count == 1 else 's'}" for name, count in counts.items())
    return f"Read in {report.seconds:.0f} s. Now in the library: {told}."
