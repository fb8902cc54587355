"""What the pages stand on: the library that is shown, and whether its owner sits in front of it."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from explorer import Library
from explorer.types import CATALOG_FILE

DEFAULT_FOLDER = "library"


def folder() -> Path:
    """The library's folder: EXPLORER_LIBRARY, read anew each time."""
    return Path(os.environ.get("EXPLORER_LIBRARY") or DEFAULT_FOLDER)


def library() -> Library:
    """The library in that folder, opened once for everybody; LibraryError when there is none."""
    return _opened(folder(), _made(folder()))


def is_empty() -> bool:
    """Whether there is nothing to show yet: no library, or one that has read no issue."""
    return not Library.is_at(folder()) or not library().browse.issues(limit=1)


def is_visitor_on_this_machine() -> bool:
    """Whether the browser runs where the app does. A path that a stranger names is not ours to read.

    Where others reach the app too, nobody's does: a server in front of the app makes every visitor one of this machine.
    `explorer app` says which it is, by the address that it serves at; no header of a request counts.
    """
    if is_shown_in_public() or not os.environ.get("EXPLORER_THIS_MACHINE_ONLY"):
        return False
    return st.context.ip_address is None  # Streamlit has the connection's own address, and None for loopback


def is_shown_in_public() -> bool:
    """Whether nothing may be changed by anybody: `explorer app --read-only`."""
    return bool(os.environ.get("EXPLORER_READ_ONLY"))


@st.cache_resource(max_entries=4, show_spinner=False)
def _opened(path: Path, made: int) -> Library:  # noqa: ARG001  `made` tells a library from its successor
    return Library.open(path)


def _made(path: Path) -> int:
    """Another number when the library is deleted and made again: its open files would be those of the old one."""
    catalog = path / CATALOG_FILE
    return catalog.stat().st_ino if catalog.exists() else 0
