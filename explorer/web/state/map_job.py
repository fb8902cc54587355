"""Make the map of all figures in the background."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer import Library
from explorer.types import FigureMap, MapOrder
from explorer.web.state.background_job import BackgroundJob, JobMessages

MESSAGES = JobMessages(
    busy="A map is being made already. Wait until it is ready, or stop it.",
    stopped="Stopped. The map was not changed.",
    unexpected="The map could not be made because of an unexpected error. See the log of `explorer app`.",
)


class MapJob(BackgroundJob[FigureMap]):
    """One map at a time."""

    def __init__(self, library: Path) -> None:
        super().__init__(f"making a map of {library}", MESSAGES)
        self._library = library

    def start(self, order: MapOrder) -> None:
        """Start to make a map, or to place new figures on it. Raises LibraryError while the job is running."""
        self.begin(lambda: self._make(order))

    def _make(self, order: MapOrder) -> FigureMap:
        with Library.open(self._library) as library:
            return library.maps.update(order, progress=self)


@st.cache_resource(show_spinner=False)
def map_job_of(library: Path) -> MapJob:
    """Return the job that makes the maps of this library; the same one in every session."""
    return MapJob(library)
