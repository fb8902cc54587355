"""The gallery: pictures open over the page, more results come while scrolling, and figures are kept in collections.

The cards of the figures are HTML of the page. The component in the browser (static/gallery.js, static/lightbox.js,
static/collect.js) adds to them what needs a script.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from explorer import Library
from explorer.types import FigureRecord
from explorer.web.components import citation
from explorer.web.components.gallery_requests import (
    Everything,
    answer_picture,
    change_collection,
    last_answer,
)
from explorer.web.components.scripts import read_scripts
from explorer.web.state import audience, links
from explorer.web.state.views import SimilarView

KEY: Final = "gallery"
# A component has one module; these are its parts.
_SCRIPTS: Final = ("element.js", "lightbox.js", "collect.js", "gallery.js")
_MOUNT: Final = st.components.v2.component(
    "explorer_gallery",
    js=read_scripts(*_SCRIPTS),
    isolate_styles=False,
)


# In a component of its own, outside of the fragment of the gallery: Streamlit then runs the page at once.
_MOUNT_MORE: Final = st.components.v2.component(
    "explorer_more", js=read_scripts("more.js"), isolate_styles=False
)


def show_gallery(
    library: Library,
    figures: Sequence[FigureRecord],
    *,
    back: str = "",
    more: str | None = None,
    everything: Everything | None = None,
    total: int | None = None,
    collection: str | None = None,
) -> None:
    """Let the pictures of these figures, which the page shows as cards, open over the page. Call it once per page.

    Args:
        library: The library of the figures.
        figures: The figures of the cards.
        back: This page, from `links.encode_back`.
        more: The address of this page with more results, if there are any.
        everything: Returns the ids of all results, so that all can be kept. None: the page shows all of them.
        total: The number of all results, if it is known.
        collection: The id of the collection that the page shows.
    """
    _MOUNT_MORE(key="gallery_more", on_more_change=_ignore)
    _show(library, figures, back, more, everything, total, collection)


@st.fragment
def _show(
    library: Library,
    figures: Sequence[FigureRecord],
    back: str,
    more: str | None,
    everything: Everything | None,
    total: int | None,
    collection: str | None,
) -> None:
    """Show the gallery. What it asks for does not run the page again."""
    by_id = {figure.id: figure for figure in figures}
    request = (st.session_state.get(KEY) or {}).get("request")
    request = request if isinstance(request, dict) else {}
    if change_collection(library, request, everything) and collection:
        st.rerun()
    answers = [answer_picture(library, request, by_id), last_answer()]
    _MOUNT(
        key=KEY,
        data={
            "figures": [_describe(figure, back) for figure in by_id.values()],
            "more": more,
            "answers": [answer for answer in answers if answer],
            "collections": _collections(library),
            "collection": collection,
            **({"total": total} if everything else {}),
        },
        on_request_change=_ignore,
    )


def _ignore() -> None:
    """Do nothing: the values that the browser sends are read when the component is shown again."""


def _collections(library: Library) -> list[dict[str, Any]] | None:
    """Return the collections in which the visitor may keep figures; None if the visitor may not."""
    if not audience.is_owner():
        return None
    return [
        {"id": each.id, "name": each.name, "figures": each.figures} for each in library.collections.list()
    ]


def _describe(figure: FigureRecord, back: str) -> dict[str, Any]:
    return {
        "id": figure.id,
        "label": figure.label,
        "credit": figure.credit,
        "issue": citation.issue_name(figure),
        "issueHref": links.issue(figure.issue_id, figure.item_id),
        "before": figure.before,
        "after": figure.after,
        "width": figure.width,
        "height": figure.height,
        "href": links.figure(figure.id, back),
        "similar": links.similar(SimilarView(figure=figure.id)),
        "citation": citation.citation(figure),
    }
