"""The pictures and texts that visitors brought to search with, kept a while so that the link of such a search works."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict

import streamlit as st

from explorer.errors import QueryError

MAX_BYTES = 64 << 20
MAX_TOTAL_BYTES = 256 << 20
MAX_BROUGHT = 1000
KEPT_SECONDS = 24 * 3600.0


class Uploads:
    """What was brought by its content, in memory, for a day; the longest unused goes first when it is too much."""

    def __init__(self, max_total_bytes: int = MAX_TOTAL_BYTES) -> None:
        self._max_total_bytes = max_total_bytes
        self._brought: OrderedDict[str, bytes] = OrderedDict()
        self._used: dict[str, float] = {}
        self._lock = threading.Lock()

    def keep(self, brought: bytes) -> str:
        """Keeps a picture or a text; the name under which `get` finds it, which nobody can guess who has not got it.

        QueryError when it is too much.
        """
        if len(brought) > MAX_BYTES:
            raise QueryError(f"That has {len(brought):,} bytes, more than the {MAX_BYTES:,} that are taken.")
        name = hashlib.sha256(brought).hexdigest()
        with self._lock:
            self._brought[name] = brought
            self._touch(name)
            while self._is_too_much():
                self._used.pop(self._brought.popitem(last=False)[0])
        return name

    def get(self, name: str) -> bytes:
        """What was kept as `name`; QueryError when it is no longer kept."""
        with self._lock:
            if time.monotonic() - self._used.get(name, float("-inf")) > KEPT_SECONDS:
                raise QueryError(
                    "What was brought for this search is no longer here: it is kept for a day at most, and not when "
                    "the server starts anew. Bring it again."
                )
            self._touch(name)
            return self._brought[name]

    def _touch(self, name: str) -> None:
        self._brought.move_to_end(name)
        self._used[name] = time.monotonic()

    def _is_too_much(self) -> bool:
        if len(self._brought) < 2:
            return False
        is_old = time.monotonic() - self._used[next(iter(self._brought))] > KEPT_SECONDS
        is_much = sum(map(len, self._brought.values())) > self._max_total_bytes
        return is_old or is_much or len(self._brought) > MAX_BROUGHT


@st.cache_resource(show_spinner=False)
def uploads() -> Uploads:
    """Those of this server."""
    return Uploads()
