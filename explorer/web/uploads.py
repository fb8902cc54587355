"""The pictures that visitors brought to search with, kept for a while so that the link of such a search works."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

import streamlit as st

from explorer.errors import QueryProblem

MAX_TOTAL_BYTES = 256 << 20


class Uploads:
    """Pictures by content, in memory; the longest unused go first when they are too many."""

    def __init__(self, max_total_bytes: int = MAX_TOTAL_BYTES) -> None:
        self._max_total_bytes = max_total_bytes
        self._pictures: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, picture: bytes) -> str:
        """Keeps a picture; the name under which `get` finds it, which nobody can guess who has not got it."""
        name = hashlib.sha256(picture).hexdigest()
        with self._lock:
            self._pictures[name] = picture
            self._pictures.move_to_end(name)
            while sum(map(len, self._pictures.values())) > self._max_total_bytes and len(self._pictures) > 1:
                self._pictures.popitem(last=False)
        return name

    def get(self, name: str) -> bytes:
        """The picture `name`; QueryProblem when it is no longer kept."""
        with self._lock:
            if name not in self._pictures:
                raise QueryProblem("The picture of this search is no longer here. Bring it again.")
            self._pictures.move_to_end(name)
            return self._pictures[name]


@st.cache_resource(show_spinner=False)
def uploads() -> Uploads:
    """Those of this server."""
    return Uploads()
