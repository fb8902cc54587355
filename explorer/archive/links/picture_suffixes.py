"""Addresses of pictures: those with the suffix of a format that can be opened, in any case, with any query."""

from __future__ import annotations

import re

from images import PICTURE_SUFFIXES

ANY_SUFFIX = "|".join(PICTURE_SUFFIXES)
PICTURE_PATH = re.compile(rf"\.(?:{ANY_SUFFIX})(?:[?#].{{0,8000}})?$", re.IGNORECASE)

WIKI_LINK = "#wiki-link"
"""Appended to the address of a wiki link: a vault looks for its file in all folders."""
