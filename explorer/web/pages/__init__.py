"""The pages of the app, a file each. To add a page: a module here with `page(library)`, and a row of PAGES."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page: its module, which is also its address, and its title."""

    name: str
    title: str
    is_in_menu: bool = True


PAGES: Final = (
    PageSpec("search", "Search"),
    PageSpec("similar", "Similar"),
    PageSpec("illustrate", "Illustrate"),
    PageSpec("issues", "Issues"),
    PageSpec("captions", "Captions"),
    PageSpec("map", "Map"),
    PageSpec("collections", "Collections"),
    PageSpec("library", "Library"),
    PageSpec("compare", "Measure and compare", is_in_menu=False),
    PageSpec("saved", "Saved searches", is_in_menu=False),
    PageSpec("desk", "Caption desk", is_in_menu=False),
    PageSpec("figure", "Figure", is_in_menu=False),
    PageSpec("issue", "Issue", is_in_menu=False),
    PageSpec("collection", "Collection", is_in_menu=False),
)
"""The address of the first page has no name."""
