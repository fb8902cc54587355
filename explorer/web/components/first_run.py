"""The start of an empty library: the sample, or an archive of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from explorer.web.components.add_archive import show_archive_forms
from explorer.web.state import audience, current
from explorer.web.state.error_messages import show_errors
from explorer.web.state.ingest_job import ingest_job_of
from explorer.web.templating import render

SAMPLE: Final = Path(__file__).parents[3] / "examples" / "sample-archive"
"""The sample archive, in a checkout of the project."""


def show_first_run() -> None:
    """Show that the library is empty, and the ways to read an archive."""
    if not audience.is_owner():
        _lead("There is nothing in this library yet. Come back later.")
        return
    _lead(
        "There is no archive in this library yet. Choose documents (newsletter issues, blog posts, pages). The explorer "
        "finds every figure with its caption and the text around it, and makes them searchable. Nothing leaves this "
        "machine."
    )
    job = ingest_job_of(current.folder().absolute())
    if SAMPLE.is_dir() and not job.is_running:
        with show_errors():
            if st.button(
                "Try the sample", icon=":material/auto_awesome:", help="A small newsletter with 65 pictures."
            ):
                job.start(SAMPLE)
                job.wait(0.5)
    show_archive_forms()
    _lead("Or on the command line:")
    st.code(f"explorer ingest PATH --library {current.folder()}", language="bash")


def _lead(text: str) -> None:
    st.html(render("paragraph.html", text=text, style="ax-lead"))
