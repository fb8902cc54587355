"""The library that the pages show, and whether the visitor is its owner."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from explorer import Library, is_library
from explorer.types import CATALOG_FILE

DEFAULT_FOLDER = "library"


def folder() -> Path:
    """Return the folder of the library from EXPLORER_LIBRARY, which is read at each call."""
    return Path(os.environ.get("EXPLORER_LIBRARY") or DEFAULT_FOLDER)


def library() -> Library:
    """Return the library, opened once for all visitors. Raises LibraryError if there is none."""
    return _open_library(folder(), _catalog_inode(folder()))


def library_name() -> str:
    """Return the name of the library: that of its folder."""
    return folder().resolve().name


def is_empty() -> bool:
    """Whether there is no library yet, or a library without issues."""
    return not is_library(folder()) or not library().browse.issues(limit=1)


def is_visitor_on_this_machine() -> bool:
    """Whether the browser runs on the machine of the app. Only such a visitor may name paths to read.

    False for everybody if others can reach the app too: behind a proxy every visitor seems to be on this machine.
    `explorer app` decides that by the address that it serves at; headers of requests do not count.
    """
    if is_read_only() or not os.environ.get("EXPLORER_THIS_MACHINE_ONLY"):
        return False
    return st.context.ip_address is None  # Streamlit has the connection's own address, and None for loopback


def is_read_only() -> bool:
    """Whether nobody may change anything: `explorer app --read-only`."""
    return bool(os.environ.get("EXPLORER_READ_ONLY"))


@st.cache_resource(max_entries=4, show_spinner=False)
def _open_library(path: Path, inode: int) -> Library:  # noqa: ARG001  `inode` tells a library from its successor
    return Library.open(path)


def _catalog_inode(path: Path) -> int:
    """Return a number that changes if the library is deleted and made anew: its open files would be the old ones."""
    catalog = path / CATALOG_FILE
    return catalog.stat().st_ino if catalog.exists() else 0
