"""Ingest, sync and enrich a library in the background."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path, PurePath
from typing import Final, Literal
from zipfile import is_zipfile

import streamlit as st

from explorer import Library
from explorer.errors import LibraryError
from explorer.types import EnrichReport, IngestReport, SyncReport
from explorer.web.state.background_job import BackgroundJob, JobMessages

STOPPED = "Stopped. Everything read so far is saved; start again to continue."
UNEXPECTED = (
    "Reading failed with an unexpected error. See the log of `explorer app`. Everything read so far is saved; start "
    "again to continue."
)
BUSY = "The library is already being updated. Wait until the update has finished, or stop it."

UPLOADS_FOLDER: Final = "uploads"
"""The folder in a library with uploaded archives. A sync reads them again."""
MAX_NAME_CHARS: Final = 100
_NOT_IN_NAMES: Final = re.compile(r"[^\w.-]+")

Report = IngestReport | EnrichReport | SyncReport
Section = Literal["archive", "changes", "texts"]


def safe_file_name(name: str) -> str:
    """Return a name for the file of an upload: its own name without folders and without special characters."""
    stem = _NOT_IN_NAMES.sub("-", PurePath(name.replace("\\", "/")).stem).strip("-.")[:MAX_NAME_CHARS]
    return f"{stem or 'archive'}.zip"


class IngestJob(BackgroundJob[Report]):
    """An ingest, a sync or an enrich of one library, one at a time.

    `section` is the section of the page that started the job and shows its progress.
    """

    def __init__(self, library: Path) -> None:
        super().__init__(f"reading into {library}", JobMessages(BUSY, STOPPED, UNEXPECTED))
        self._library = library
        self.section: Section | None = None

    def start(self, archive: Path | str) -> None:
        """Start to ingest an archive or a site. Raises LibraryError while the job is running."""
        self._start("archive", lambda library: self._ingest(library, archive))

    def start_upload(self, name: str, content: bytes) -> None:
        """Start to ingest an uploaded zip file, which is kept in the library.

        Raises as `start`, and LibraryError for a file that is no zip file.
        """
        if not is_zipfile(BytesIO(content)):
            raise LibraryError(f"{name} is not a zip file, or it is damaged. Choose another file.")
        self._start("archive", lambda library: self._ingest_upload(library, name, content))

    def start_sync(self) -> None:
        """Start to update the library from its archives. Raises LibraryError while the job is running."""
        self._start("changes", lambda library: library.archives.sync(progress=self, tell=self.set_remark))

    def start_enrich(self) -> None:
        """Start to read the texts in the pictures. Raises LibraryError while the job is running."""
        self._start("texts", lambda library: library.archives.enrich(progress=self, tell=self.set_remark))

    def _ingest(self, library: Library, archive: Path | str) -> IngestReport:
        return library.archives.ingest([archive], progress=self, tell=self.set_remark)

    def _ingest_upload(self, library: Library, name: str, content: bytes) -> IngestReport:
        file = library.path / UPLOADS_FOLDER / safe_file_name(name)
        if file.exists():
            raise LibraryError(
                f"The library already has an uploaded archive {file.name}. Rename the file, and try again."
            )
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        try:
            return self._ingest(library, file)
        except BaseException:
            if str(file) not in {location for _, location in library.status().archives}:
                file.unlink()  # nothing of it was read
            raise

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
