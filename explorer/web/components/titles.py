"""Titles of issues where there is little room: what many begin with alike is cut, so that they differ."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

import streamlit as st

from explorer import Library
from explorer.web.state import current

SHORTEST_CUT: Final = 12
LONGEST_WHOLE: Final = 20  # as many letters fit the card of a phone
MAX_TITLES: Final = 5000  # beyond it titles are shown as they are
KEPT_SECONDS: Final = 60.0
_BLANKS: Final = re.compile(r"\s+")


def short(title: str) -> str:
    """The title of an issue of this library without what it has in common with another's beginning."""
    return _of_library(str(current.folder().absolute())).get(title, title)


def shortened(titles: Iterable[str]) -> dict[str, str]:
    """For each title that begins as another does what is left of it: "… issue #3: Places"."""
    ordered = sorted(set(titles))
    shared = dict.fromkeys(ordered, 0)
    for one, other in pairwise(ordered):
        length = _shared_words(one, other)
        shared[one], shared[other] = max(shared[one], length), max(shared[other], length)
    return {
        title: f"… {title[length:]}"
        for title, length in shared.items()
        if length >= SHORTEST_CUT and len(title) > LONGEST_WHOLE
    }


def _shared_words(one: str, other: str) -> int:
    """How long the beginning is that both have, in whole words; 0 where one of them goes on where the other ends."""
    shared = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if shared == len(one) and not other[shared : shared + 1].isalnum():
        return 0
    return max((found.end() for found in _BLANKS.finditer(one, 0, shared)), default=0)


@st.cache_data(ttl=KEPT_SECONDS, max_entries=4, show_spinner=False)
def _of_library(folder: str) -> dict[str, str]:
    if not Library.is_at(folder):
        return {}
    issues = current.library().browse.issues(limit=MAX_TITLES + 1)
    return shortened(one.title for one in issues if one.title) if len(issues) <= MAX_TITLES else {}
