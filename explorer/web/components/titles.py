"""Short titles of issues: a beginning that several titles share is cut, so that the titles differ."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from threading import Lock
from typing import Final

from cachetools import TTLCache, cached

from explorer import is_library
from explorer.web.state import current

SHORTEST_CUT: Final = 12
LONGEST_UNCUT: Final = 20  # as many characters fit on a card on a phone
MAX_TITLES: Final = 5000  # beyond it titles are shown as they are
CACHE_SECONDS: Final = 60.0
_BLANKS: Final = re.compile(r"\s+")


def shorten(title: str) -> str:
    """Return the title of an issue without a beginning that other titles of the library share."""
    return _short_titles(str(current.folder().absolute())).get(title, title)


def shorten_titles(titles: Iterable[str]) -> dict[str, str]:
    """Return the short forms of the titles that share a beginning: "… issue #3: Places"."""
    ordered = sorted(set(titles))
    shared = dict.fromkeys(ordered, 0)
    for title, following in pairwise(ordered):
        length = _shared_prefix_length(title, following)
        shared[title], shared[following] = max(shared[title], length), max(shared[following], length)
    return {
        title: f"… {title[length:]}"
        for title, length in shared.items()
        if length >= SHORTEST_CUT and len(title) > LONGEST_UNCUT
    }


def _shared_prefix_length(a: str, b: str) -> int:
    """Return the length of the shared beginning in whole words; 0 if `b` continues `a`."""
    shared = next(
        (index for index, (in_a, in_b) in enumerate(zip(a, b, strict=False)) if in_a != in_b), len(a)
    )
    if shared == len(a) and not b[shared : shared + 1].isalnum():
        return 0
    return max((match.end() for match in _BLANKS.finditer(a, 0, shared)), default=0)


# A page asks for hundreds of titles. `st.cache_data` takes 0.4 ms for each of them.
@cached(TTLCache(maxsize=4, ttl=CACHE_SECONDS), lock=Lock())
def _short_titles(folder: str) -> dict[str, str]:
    if not is_library(folder):
        return {}
    issues = current.library().browse.issues(limit=MAX_TITLES + 1)
    return shorten_titles(issue.title for issue in issues if issue.title) if len(issues) <= MAX_TITLES else {}
