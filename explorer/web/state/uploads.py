"""Uploaded pictures and texts, kept for a day so that the link of such a search works."""

from __future__ import annotations

import hashlib
import threading

import streamlit as st
from cachetools import TTLCache

from explorer.errors import QueryError

MAX_BYTES = 64 << 20
MAX_TOTAL_BYTES = 256 << 20
MAX_UPLOADS = 1000
LIFETIME_SECONDS = 24 * 3600.0


class Uploads:
    """Uploads by the hash of their content, in memory, for a day. The least recently used is removed first."""

    def __init__(
        self, max_total_bytes: int = MAX_TOTAL_BYTES, lifetime_seconds: float = LIFETIME_SECONDS
    ) -> None:
        min_size = max_total_bytes // MAX_UPLOADS  # bounds the number of uploads as well
        self._uploads: TTLCache[str, bytes] = TTLCache(
            max_total_bytes,
            lifetime_seconds,
            getsizeof=lambda content: min(max(len(content), min_size), max_total_bytes),
        )
        self._lock = threading.Lock()

    def add(self, content: bytes) -> str:
        """Add a picture or a text, and return its name for `get`.

        The name is its SHA-256, which only somebody who has the content can know. Raises QueryError if it is too large.
        """
        if len(content) > MAX_BYTES:
            raise QueryError(
                f"The upload has {len(content):,} bytes. The maximum is {MAX_BYTES:,}. Upload a smaller file."
            )
        name = hashlib.sha256(content).hexdigest()
        with self._lock:
            self._uploads[name] = content
        return name

    def get(self, name: str) -> bytes:
        """Return an upload, and keep it for another day. Raises QueryError if it is no longer here."""
        with self._lock:
            content = self._uploads.get(name)
            if content is None:
                raise QueryError(
                    "The upload of this search no longer exists. "
                    "Uploads are deleted after a day and when the server restarts. "
                    "Upload it again."
                )
            self._uploads[name] = content
            return content


@st.cache_resource(show_spinner=False)
def uploads() -> Uploads:
    """Return the uploads of this server."""
    return Uploads()
