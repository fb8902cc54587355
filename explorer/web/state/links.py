"""Links between the pages. They are relative, so that the app works below any path of a server."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlencode

from markupsafe import Markup

from explorer.types import Filters
from explorer.web.state.params import Params
from explorer.web.state.views import (
    CaptionsView,
    CollectionView,
    CompareView,
    IssuesView,
    IssueView,
    MapView,
    SearchView,
    SimilarView,
)
from explorer.web.templating import render

SEARCH: Final = "./"
SIMILAR: Final = "similar"
ILLUSTRATE: Final = "illustrate"
CAPTIONS: Final = "captions"
FIGURE: Final = "figure"
ISSUES: Final = "issues"
ISSUE: Final = "issue"
COLLECTIONS: Final = "collections"
COLLECTION: Final = "collection"
MAP: Final = "map"
LIBRARY: Final = "library"
COMPARE: Final = "compare"
SAVED: Final = "saved"
DESK: Final = "desk"
_BACK_PAGES: Final = {
    "search": SEARCH,
    **{page: page for page in (SIMILAR, ILLUSTRATE, CAPTIONS, FIGURE, ISSUES, ISSUE, COLLECTION, SAVED, MAP)},
}


def search(view: SearchView) -> str:
    """Return the address of a search."""
    return _address(SEARCH, view.params())


def similar(view: SimilarView) -> str:
    """Return the address of a search for similar figures."""
    return _address(SIMILAR, view.params())


def captions(view: CaptionsView) -> str:
    """Return the address of a list of figures."""
    return _address(CAPTIONS, view.params())


def collection(id: str, *, similar: bool = False, page: int = 1) -> str:
    """Return the address of a collection, or of figures like those of it."""
    return _address(COLLECTION, CollectionView(id, page, similar).params())


def figure_map(view: MapView) -> str:
    """Return the address of a map of figures."""
    return _address(MAP, view.params())


def compare(view: CompareView) -> str:
    """Return the address of a comparison."""
    return _address(COMPARE, view.params())


def issues(view: IssuesView) -> str:
    """Return the address of a list of issues."""
    return _address(ISSUES, view.params())


def issue(id: str, item: str | None = None) -> str:
    """Return the address of an issue, or of an item in it."""
    return _address(ISSUE, IssueView(id, item).params())


def figures_of_issue(id: str) -> str:
    """Return the address of the figures of an issue, in their order in the issue."""
    return captions(CaptionsView(filters=Filters(issue_id=id)))


def figure(id: str, back: str = "") -> str:
    """Return the address of a figure; `back`, from `encode_back`, is the page to return to."""
    return _address(FIGURE, {"id": [id], **({"back": [back]} if back else {})})


def encode_back(page: str, params: Params) -> str:
    """Return the present page as a value for `back` of `figure`."""
    return f"{page}?{urlencode(params, doseq=True)}"


def decode_back(back: str | None) -> str | None:
    """Return the address of a value of `encode_back`; None for any other value, since anybody can write an address."""
    page, _, query = (back or "").partition("?")
    if page not in _BACK_PAGES:
        return None
    params: dict[str, list[str]] = {}
    for name, value in parse_qsl(query):
        params.setdefault(name, []).append(value)
    return _address(_BACK_PAGES[page], params)


def words_in_back(back: str | None) -> str | None:
    """Return the words of the search that `back` leads to; every page has them under the same key."""
    return dict(parse_qsl((back or "").partition("?")[2])).get("q")


def anchor(href: str, text: str, *, about: str = "") -> Markup:
    """Return a link. `about` tells a screen reader which of several links with the same text this is."""
    return render("anchor.html", href=href, text=text, about=about)


def _address(page: str, params: Params) -> str:
    return f"{page}?{urlencode(params, doseq=True)}" if params else page
