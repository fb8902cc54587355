"""What goes wrong, said in a sentence: no visitor meets a traceback."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from explorer.errors import ExplorerError
from explorer.web.state import audience

UNEXPECTED = (
    "Something went wrong that the explorer did not expect. Try again. If it happens again, "
    "the log of `explorer app` says more, and is what a bug report needs."
)
# What Markdown, and Streamlit's own additions to it ($formulas$, :colours[], :emoji:), take as a command.
_COMMANDS = re.compile(r"([\\`*_{}\[\]()<>#+!|~$:&-])")
# What Markdown makes a link of though it is escaped: addresses of pages and of people. A joiner in it is seen by nobody.
_LINKED = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
_WORD_JOINER = "\u2060"

log = logging.getLogger(__name__)


@contextmanager
def told() -> Iterator[None]:
    """Shows what the block raises as one sentence. What Streamlit itself raises to stop a run passes through."""
    try:
        yield
    except ExplorerError as error:
        st.error(as_text(audience.told(error)))
    except Exception:  # the last one before the visitor
        log.exception("A page failed")
        st.error(as_text(audience.told(UNEXPECTED)))


def as_text(untrusted: str) -> str:
    """Markdown that shows exactly this text, and makes no link of an address in it."""
    unlinked = _LINKED.sub(_WORD_JOINER, " ".join(untrusted.split()))
    return _COMMANDS.sub(r"\\\1", unlinked)
