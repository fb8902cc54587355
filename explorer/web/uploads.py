"""The pictures and texts that visitors brought to search with, kept a while so that the link of such a search works."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

import streamlit as st

from explorer.errors import QueryProblem

MAX_TOTAL_BYTES = 256 << 20


class Uploads:
    """What was brought by its content, in memory; the longest unused goes first when it is too much."""

    def __init__(self, max_total_bytes: int = MAX_TOTAL_BYTES) -> None:
        self._max_total_bytes = max_total_bytes
        self._brought: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, brought: bytes) -> str:
        """Keeps a picture or a text; the name under which `get` finds it, which nobody can guess who has not got it."""
        name = hashlib.sha256(brought).hexdigest()
        with self._lock:
            self._brought[name] = brought
            self._brought.move_to_end(name)
            while sum(map(len, self._brought.values())) > self._max_total_bytes and len(self._brought) > 1:
                self._brought.popitem(last=False)
        return name

    def get(self, name: str) -> bytes:
        """What was kept as `name`; QueryProblem when it is no longer kept."""
        with self._lock:
            if name not in self._brought:
                raise QueryProblem("What you brought for this search is no longer here. Bring it again.")
            self._brought.move_to_end(name)
            return self._brought[name]


@st.cache_resource(show_spinner=False)
def uploads() -> Uploads:
    """Those of this server."""
    return Uploads()
