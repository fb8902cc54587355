"""Compare vector stores with the vectors of the library in the background."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer import Library
from explorer.types import StoreComparison
from explorer.web.state.background_job import BackgroundJob, JobMessages

MESSAGES = JobMessages(
    busy="The vector stores are being measured already. Wait until that has finished, or stop it.",
    stopped="Stopped. Nothing was measured.",
    unexpected="The comparison failed with an unexpected error. See the log of `explorer app`.",
)


class StoresJob(BackgroundJob[StoreComparison]):
    """One comparison of stores at a time."""

    def __init__(self, library: Path) -> None:
        super().__init__(f"comparing the vector stores of {library}", MESSAGES)
        self._library = library

    def start(self) -> None:
        """Start the comparison. Raises LibraryError while the job is running."""
        self.begin(self._compare)

    def _compare(self) -> StoreComparison:
        with Library.open(self._library) as library:
            return library.evaluation.compare_stores(progress=self)


@st.cache_resource(show_spinner=False)
def stores_job_of(library: Path) -> StoresJob:
    """Return the job that compares vector stores for this library; the same one in every session."""
    return StoresJob(library)
