"""Ingest, sync and enrich a library in the background."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import streamlit as st

from explorer import Library
from explorer.types import EnrichReport, IngestReport, SyncReport
from explorer.web.state.background_job import BackgroundJob, JobMessages

STOPPED = "Stopped. Everything read so far is saved; start again to continue."
UNEXPECTED = (
    "Reading failed with an unexpected error. See the log of `explorer app`. Everything read so far is saved; start "
    "again to continue."
)
BUSY = "The library is already being updated. Wait until the update has finished, or stop it."

Report = IngestReport | EnrichReport | SyncReport
Section = Literal["archive", "changes", "texts"]


class IngestJob(BackgroundJob[Report]):
    """An ingest, a sync or an enrich of one library, one at a time.

    `section` is the section of the page that started the job and shows its progress.
    """

    def __init__(self, library: Path) -> None:
        super().__init__(f"reading into {library}", JobMessages(BUSY, STOPPED, UNEXPECTED))
        self._library = library
        self.section: Section | None = None

    def start(self, archive: Path) -> None:
        """Start to ingest an archive. Raises LibraryError while the job is running."""
        self._start(
            "archive", lambda library: library.archives.ingest([archive], progress=self, tell=self.set_remark)
        )

    def start_sync(self) -> None:
        """Start to update the library from its archives. Raises LibraryError while the job is running."""
        self._start("changes", lambda library: library.archives.sync(progress=self, tell=self.set_remark))

    def start_enrich(self) -> None:
        """Start to read the texts in the pictures. Raises LibraryError while the job is running."""
        self._start("texts", lambda library: library.archives.enrich(progress=self, tell=self.set_remark))

    def _start(self, section: Section, work: Callable[[Library], Report]) -> None:
        self.begin(lambda: self._with_own_library(work))
        self.section = section

    def _with_own_library(self, work: Callable[[Library], Report]) -> Report:
        """Do the work with a library of its own, so that readers see its result only when it is complete."""
        with Library.create_for_ingest(self._library) as library:
            report = work(library)
            library.saved_searches.report()
            return report


@st.cache_resource(show_spinner=False)
def ingest_job_of(library: Path) -> IngestJob:
    """Return the job of this library; the same one in every session."""
    return IngestJob(library)
