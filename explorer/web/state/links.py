"""Links between the pages. They are relative, so that the app works below any path of any server."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlencode

from markupsafe import Markup

from explorer.types import Filters
from explorer.web.state.params import Params
from explorer.web.state.views import CaptionsView, CompareView, SearchView, SimilarView
from explorer.web.templating import render

SEARCH: Final = "./"
SIMILAR: Final = "similar"
ILLUSTRATE: Final = "illustrate"
CAPTIONS: Final = "captions"
FIGURE: Final = "figure"
LIBRARY: Final = "library"
COMPARE: Final = "compare"
SAVED: Final = "saved"
_WAYS_BACK = {
    "search": SEARCH,
    **{page: page for page in (SIMILAR, ILLUSTRATE, CAPTIONS, FIGURE, SAVED)},
}


def search(view: SearchView) -> str:
    """The address of a search."""
    return _address(SEARCH, view.params())


def similar(view: SimilarView) -> str:
    """The address of what is similar."""
    return _address(SIMILAR, view.params())


def captions(view: CaptionsView) -> str:
    """The address of a list of figures."""
    return _address(CAPTIONS, view.params())


def compare(view: CompareView) -> str:
    """The address of a comparison."""
    return _address(COMPARE, view.params())


def issue(id: str) -> str:
    """The address of an issue's figures, in the order in which they stand in it."""
    return captions(CaptionsView(filters=Filters(issue_id=id)))


def figure(id: str, back: str = "") -> str:
    """The address of a figure; `back` (made by `way_back`) says where it was come from."""
    return _address(FIGURE, {"id": [id], **({"back": [back]} if back else {})})


def way_back(page: str, params: Params) -> str:
    """Where a visitor stands, to be handed to `figure`."""
    return f"{page}?{urlencode(params, doseq=True)}"


def back_to(way: str | None) -> str | None:
    """The address that `way_back` stood for; None when it was not made by it: an address is anybody's to write."""
    page, _, query = (way or "").partition("?")
    if page not in _WAYS_BACK:
        return None
    kept: dict[str, list[str]] = {}
    for name, value in parse_qsl(query):
        kept.setdefault(name, []).append(value)
    return _address(_WAYS_BACK[page], kept)


def words_of(way: str | None) -> str | None:
    """The words that were asked for where `way_back` leads; every page writes them alike."""
    return dict(parse_qsl((way or "").partition("?")[2])).get("q")


def anchor(href: str, text: str, *, about: str = "") -> Markup:
    """Return a link. `about` tells a screen reader which of several links with the same text this is."""
    return render("anchor.html", href=href, text=text, about=about)


def _address(page: str, params: Params) -> str:
    return f"{page}?{urlencode(params, doseq=True)}" if params else page
