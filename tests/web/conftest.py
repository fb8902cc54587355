"""A real library for the pages: some issues of the sample archive, and two of our own.

One of them is by somebody who means harm; the other lists so many captions that a list of them has pages.
"""

from __future__ import annotations

import shutil
from html import escape
from pathlib import Path

import pytest
import streamlit as st
from browsing import *  # noqa: F403
from library.made_fixtures import *  # noqa: F403  but for `library_folder`, which is another one here
from page_reading import HOSTILE_ALT, HOSTILE_CAPTION, HOSTILE_TITLE, LOST_PLATES, ROOT, SAMPLE, png
from streamlit.testing.v1 import AppTest

from explorer.library.library import Library
from explorer.web.state import current

POSTS = {"2024-03-01", "2024-12-06"}


@pytest.fixture(scope="session")
def library_folder(tmp_path_factory) -> Path:
    """Made once for all tests, which only read it."""
    archive = tmp_path_factory.mktemp("archive")
    shutil.copytree(SAMPLE / "posts", archive / "posts", ignore=_all_but(POSTS))
    shutil.copytree(SAMPLE / "images", archive / "images")
    _write_hostile_issue(archive / "trap")
    _write_long_issue(archive / "long")
    folder = tmp_path_factory.mktemp("library") / "library"
    with Library.create(folder) as library:
        library.archives.ingest([archive], encoder="lite")
    return folder


def _all_but(posts):
    def ignored(folder, names):
        return [name for name in names if name.endswith(".md") and name[:10] not in posts]

    return ignored


def _write_hostile_issue(folder: Path) -> None:
    folder.mkdir()
    (folder / "trap.png").write_bytes(png("purple"))
    (folder / "index.html").write_text(
        f"<html><head><title>{escape(HOSTILE_TITLE)}</title></head><body><h1>Trap</h1>"
        f'<p>Before it.</p><figure><img src="trap.png" alt="{escape(HOSTILE_ALT)}">'
        f"<figcaption>{escape(HOSTILE_CAPTION)}</figcaption></figure><p>After it.</p></body></html>",
        encoding="utf-8",
    )


def _write_long_issue(folder: Path) -> None:
    """Captions whose pictures are missing: many figures that take no time to embed."""
    folder.mkdir()
    figures = "".join(
        f'<figure><img src="lost/{n}.png"><figcaption>Lost plate {n}</figcaption></figure>'
        for n in range(LOST_PLATES)
    )
    (folder / "index.html").write_text(
        f"<html><head><title>The lost plates</title></head><body><h1>Plates</h1>{figures}</body></html>",
        encoding="utf-8",
    )


@pytest.fixture
def night(library):
    """A figure whose picture is there, with caption, credit and text around it."""
    return next(figure for figure in library.browse.figures() if figure.image == "images/night.jpg")


@pytest.fixture
def open_page(monkeypatch, library_folder):
    """Opens a page of the app as its address would; `library` shows another library."""

    def open_page(page="search", /, *, library=library_folder, at_home=True, **params):
        monkeypatch.setenv("EXPLORER_LIBRARY", str(library))
        # AppTest has no browser whose address could be asked for.
        monkeypatch.setattr(current, "is_visitor_on_this_machine", lambda: at_home)
        app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
        if page != "search":
            app.run().switch_page(f"explorer/web/pages/{page}.py")
        for name, value in params.items():
            app.query_params[name] = value
        return app.run()

    yield open_page
    st.cache_resource.clear()
