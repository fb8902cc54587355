"""How an address says that it is a picture's: by a suffix that can be opened, whatever its case and query."""

from __future__ import annotations

import re

from images import PICTURE_SUFFIXES

ANY_SUFFIX = "|".join(PICTURE_SUFFIXES)
PICTURE_PATH = re.compile(rf"\.(?:{ANY_SUFFIX})(?:[?#].{{0,8000}})?$", re.IGNORECASE)

WIKI_LINK = "#wiki-link"
"""What is put behind the address of a wiki link: a vault looks for its file in all folders."""
