"""The forms that read an archive into the library, and the progress with the pictures as they arrive."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from explorer.types import Selection
from explorer.web.components import cards
from explorer.web.components.ingest_progress import show_progress
from explorer.web.state import current
from explorer.web.state.error_messages import show_errors
from explorer.web.state.ingest_job import IngestJob, ingest_job_of
from explorer.web.templating import render

MAX_ZIP_MB: Final = 500
ARRIVALS: Final = 12
NO_ADDRESS: Final = "Enter an address that begins with https:// or http://."


def show_archive_forms() -> None:
    """Show the forms and the progress to the owner."""
    job = ingest_job_of(current.folder().absolute())
    folder, upload, site = st.tabs(["A folder or file on this machine", "Upload a zip file", "A web site"])
    with folder, show_errors():
        _show_path_form(job)
    with upload, show_errors():
        _show_upload_form(job)
    with site, show_errors():
        _show_address_form(job)
    show_progress(job, "archive", below=_show_arrivals)


def _show_path_form(job: IngestJob) -> None:
    with st.form("add_archive", border=False):
        path = st.text_input(
            "A folder, zip or document on this machine",
            key="archive_path",
            placeholder="/home/you/newsletter",
        )
        is_submitted = st.form_submit_button("Read this archive", key="archive_read", type="primary")
    if not is_submitted:
        return
    if not path.strip():
        st.warning("Enter the path of a folder, a zip file or a document.")
        return
    job.start(Path(path.strip()).expanduser())
    job.wait(0.5)  # most errors occur at once and need no progress bar


def _show_upload_form(job: IngestJob) -> None:
    with st.form("upload_archive", border=False):
        file = st.file_uploader(
            f"A zip file of at most {MAX_ZIP_MB} MB",
            type=["zip"],
            key="archive_upload",
            max_upload_size=MAX_ZIP_MB,
        )
        is_submitted = st.form_submit_button("Read this zip file", key="archive_upload_read", type="primary")
    if not is_submitted:
        return
    if file is None:
        st.warning("Choose a zip file.")
        return
    job.start_upload(file.name, file.getvalue())
    job.wait(0.5)


def _show_address_form(job: IngestJob) -> None:
    with st.form("site_archive", border=False):
        address = st.text_input(
            "The address of a site, a sitemap or a feed",
            key="archive_address",
            placeholder="https://example.org/newsletter/",
        )
        st.caption("Its pages and pictures are copied at a polite rate.")
        is_submitted = st.form_submit_button("Read this site", key="archive_address_read", type="primary")
    if not is_submitted:
        return
    if not address.strip().startswith(("https://", "http://")):
        st.warning(NO_ADDRESS)
        return
    job.start(address.strip())
    job.wait(0.5)


def _show_arrivals() -> None:
    """Show the newest pictures that were read so far."""
    if current.is_empty():
        return
    library = current.library()
    figures = library.browse.figures(Selection(status="kept"), limit=ARRIVALS)
    if figures:
        figure_cards = [cards.figure_card(library, figure, back="") for figure in figures]
        heading = render(
            "heading.html", text="Read so far", quiet=f"{library.browse.count_figures():,} figures"
        )
        st.html(heading + cards.grid(figure_cards, label="Figures read so far"))
