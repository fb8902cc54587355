"""Archives read into a library, what changed in them, and the texts of its pictures, in the background."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import streamlit as st

from explorer import Library
from explorer.types import EnrichReport, IngestReport, SyncReport
from explorer.web.state.background_job import Background, Sentences

STOPPED = "Stopped. What was read until then is kept; read again to go on."
UNEXPECTED = (
    "Reading failed in a way that the explorer did not expect; the log of `explorer app` says more. What was "
    "read until then is kept; read again to go on."
)
BUSY = "The library is being read already. Wait until it is done, or stop it."

Report = IngestReport | EnrichReport | SyncReport
Place = Literal["archive", "changes", "texts"]


class Reading(Background[Report]):
    """An ingest, a sync or an enrich of one library, one at a time.

    `place` is the part of the page that started it, and shows the progress.
    """

    def __init__(self, library: Path) -> None:
        super().__init__(f"reading into {library}", Sentences(BUSY, STOPPED, UNEXPECTED))
        self._library = library
        self.place: Place | None = None

    def start(self, archive: Path) -> None:
        """Begins to read an archive; LibraryError while anything is being read."""
        self._start(
            "archive", lambda library: library.archives.ingest([archive], progress=self, tell=self.tell)
        )

    def start_sync(self) -> None:
        """Begins to take in what changed in the archives; LibraryError while anything is being read."""
        self._start("changes", lambda library: library.archives.sync(progress=self, tell=self.tell))

    def start_texts(self) -> None:
        """Begins to read the texts in the pictures; LibraryError while anything is being read."""
        self._start("texts", lambda library: library.archives.enrich(progress=self, tell=self.tell))

    def _start(self, place: Place, work: Callable[[Library], Report]) -> None:
        self.begin(lambda: self._with_its_own_library(work))
        self.place = place

    def _with_its_own_library(self, work: Callable[[Library], Report]) -> Report:
        """What the work writes by and by is not seen by those who read, until it is whole."""
        with Library.create_for_ingest(self._library) as library:
            return work(library)


@st.cache_resource(show_spinner=False)
def reading_into(library: Path) -> Reading:
    """The one that reads into this library."""
    return Reading(library)
