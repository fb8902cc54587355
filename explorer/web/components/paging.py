"""Pages of results. A page is added below the ones before it while the visitor scrolls, up to a few pages together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from explorer.web.templating import render

PageAddress = Callable[[int], str]
"""Returns the address of a page by its number."""
PAGES_TOGETHER: Final = 5
"""Then a link leads on: the browser gets all pictures that are shown at one time."""


@dataclass(frozen=True, slots=True)
class Paging:
    """The results that are shown for the page `page`: those of this page, and of the pages that it was added to."""

    page: int
    per_page: int

    @property
    def first(self) -> int:
        """The first page that is shown."""
        return self.page - (self.page - 1) % PAGES_TOGETHER

    @property
    def offset(self) -> int:
        """The number of results before the first one that is shown."""
        return (self.first - 1) * self.per_page

    @property
    def shown(self) -> int:
        """The largest number of results that are shown."""
        return (self.page - self.first + 1) * self.per_page

    def more(self, href: PageAddress, *, has_next: bool) -> str | None:
        """Return the address with the next page added; None if there is none, or enough are shown."""
        return href(self.page + 1) if has_next and self.page % PAGES_TOGETHER else None

    def links(self, href: PageAddress, *, has_next: bool, last: int | None = None) -> Markup:
        """Return links to the results before and after these; `last` is None if the number of pages is unknown."""
        return page_links(
            href(self.first - 1) if self.first > 1 else None,
            href(self.page + 1) if has_next else None,
            first=self.first,
            current=self.page,
            last=last,
        )


def page_links(
    previous: str | None, following: str | None, *, first: int, current: int, last: int | None = None
) -> Markup:
    """Return links to the previous and the next page, and the numbers of the pages that are shown."""
    if not previous and not following and first == current:
        return Markup()
    return render(
        "page_links.html", previous=previous, next=following, first=first, current=current, last=last
    )
