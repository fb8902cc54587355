"""Show errors as one sentence, never as a traceback."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from explorer.errors import ExplorerError
from explorer.web.state import audience

UNEXPECTED = (
    "An unexpected error occurred. Try again. If it happens again, see the log of `explorer app`, and add it to a "
    "bug report."
)
# The markup of Markdown and of Streamlit's additions to it: $formulas$, :colours[], :emoji:.
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+!|~$:&-])")
# Addresses of pages and people. Markdown makes links even of escaped ones; an invisible joiner prevents that.
_AUTOLINK = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
_WORD_JOINER = "\u2060"

log = logging.getLogger(__name__)


@contextmanager
def show_errors() -> Iterator[None]:
    """Show an error of the block as one sentence. Exceptions with which Streamlit stops a run pass through."""
    try:
        yield
    except ExplorerError as error:
        st.error(escape_markdown(audience.adapt_message(error)))
    except Exception:  # the visitor gets no traceback
        log.exception("A page failed")
        st.error(escape_markdown(audience.adapt_message(UNEXPECTED)))


def escape_markdown(untrusted: str) -> str:
    """Return Markdown that shows exactly this text, with no address in it made a link."""
    unlinked = _AUTOLINK.sub(_WORD_JOINER, " ".join(untrusted.split()))
    return _MARKUP.sub(r"\\\1", unlinked)
