"""Elements by the names of their attributes, where the names are known only by a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode


@dataclass(frozen=True, slots=True)
class AttributeSearch:
    """A search in the source of a page, within bounds: hostile pages have names without end."""

    written: re.Pattern[bytes]
    """Finds an attribute; its first group is the name."""
    unless: re.Pattern[str] | None
    """Names to leave out."""
    max_names: int
    max_elements: int
    """Elements for each name."""

    def elements_of(self, page: LexborHTMLParser) -> Iterator[tuple[str, LexborNode]]:
        """Yield each name that was found and an element with that attribute."""
        names = dict.fromkeys(found[1].decode().lower() for found in self.written.finditer(page.raw_html))
        wanted = (name for name in names if self.unless is None or not self.unless.search(name))
        for name in islice(wanted, self.max_names):
            for node in page.css(f"[{name}]")[: self.max_elements]:
                yield name, node
