"""Pictures pasted into the page go the way of chosen files."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

SCRIPT = Path(__file__).parents[1] / "static" / "paste.js"


def take_pasted_pictures() -> None:
    """Hands a picture pasted anywhere on the page to its file uploader, which does not listen for that itself."""
    st.html(f"<script>{SCRIPT.read_text(encoding='utf-8')}</script>", unsafe_allow_javascript=True)
