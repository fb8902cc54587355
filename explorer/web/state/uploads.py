"""The pictures and texts that visitors brought to search with, kept a while so that the link of such a search works."""

from __future__ import annotations

import hashlib
import threading

import streamlit as st
from cachetools import TTLCache

from explorer.errors import QueryError

MAX_BYTES = 64 << 20
MAX_TOTAL_BYTES = 256 << 20
MAX_BROUGHT = 1000
KEPT_SECONDS = 24 * 3600.0


class Uploads:
    """What was brought by its content, in memory, for a day; the longest unused goes first when it is too much."""

    def __init__(self, max_total_bytes: int = MAX_TOTAL_BYTES, kept_seconds: float = KEPT_SECONDS) -> None:
        smallest = max_total_bytes // MAX_BROUGHT  # so that the number is bounded as well
        self._brought: TTLCache[str, bytes] = TTLCache(
            max_total_bytes,
            kept_seconds,
            getsizeof=lambda it: min(max(len(it), smallest), max_total_bytes),
        )
        self._lock = threading.Lock()

    def keep(self, brought: bytes) -> str:
        """Keep a picture or a text, and return its name for `get`.

        The name is its SHA-256, which nobody can guess who does not have it. Raises QueryError if it is too large.
        """
        if len(brought) > MAX_BYTES:
            raise QueryError(f"That has {len(brought):,} bytes, more than the {MAX_BYTES:,} that are taken.")
        name = hashlib.sha256(brought).hexdigest()
        with self._lock:
            self._brought[name] = brought
        return name

    def get(self, name: str) -> bytes:
        """Return what was kept as `name`, and keep it for another day. Raises QueryError if it is no longer kept."""
        with self._lock:
            brought = self._brought.get(name)
            if brought is None:
                raise QueryError(
                    "What was brought for this search is no longer here: it is kept for a day at most, and not when "
                    "the server starts anew. Bring it again."
                )
            self._brought[name] = brought
            return brought


@st.cache_resource(show_spinner=False)
def uploads() -> Uploads:
    """Those of this server."""
    return Uploads()
