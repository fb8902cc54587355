"""The gallery of a page: its pictures open over the page, and more results come while the visitor scrolls.

The cards of the figures are HTML of the page. The component in the browser (static/gallery.js, static/lightbox.js) adds
to them what needs a script.
"""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

import streamlit as st

from explorer import Library
from explorer.types import FigureRecord
from explorer.web.components import citation
from explorer.web.components.scripts import STATIC_FOLDER
from explorer.web.state import links
from explorer.web.state.views import SimilarView

KEY: Final = "gallery"
# A component has one module; these are its parts.
_SCRIPTS: Final = ("lightbox.js", "gallery.js")
_MOUNT: Final = st.components.v2.component(
    "explorer_gallery",
    js="\n".join((STATIC_FOLDER / name).read_text(encoding="utf-8") for name in _SCRIPTS),
    isolate_styles=False,
)


@st.fragment
def show_gallery(
    library: Library, figures: Sequence[FigureRecord], *, back: str = "", more: str | None = None
) -> None:
    """Let the pictures of these figures, which the page shows as cards, open over the page.

    `back`, from `links.encode_back`, is this page. `more` is its address with more results, if there are any. Call it
    once per page.
    """
    by_id = {figure.id: figure for figure in figures}
    result = _MOUNT(
        key=KEY,
        data={
            "figures": [_describe(figure, back) for figure in by_id.values()],
            "more": more,
            "sent": _wanted_picture(library, by_id),
        },
        on_wanted_change=_ignore,
        on_more_change=_ignore,
    )
    if result.more:
        st.rerun()


def _ignore() -> None:
    """Do nothing: the values that the browser sends are read when the component is shown again."""


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


def _wanted_picture(library: Library, figures: Mapping[str, FigureRecord]) -> dict[str, Any] | None:
    """Return the large picture or the original that the browser asked for."""
    wanted = (st.session_state.get(KEY) or {}).get("wanted")
    if not isinstance(wanted, dict) or not isinstance(wanted.get("id"), str):
        return None
    figure = figures.get(wanted["id"])
    if figure is None or figure.sha256 is None:
        return None
    is_original = wanted.get("what") == "original"
    path = library.browse.picture_path(figure.sha256, "original" if is_original else "large")
    try:
        content = path.read_bytes()
    except OSError:
        return None
    name = PurePosixPath(figure.image or "").name or f"{figure.sha256[:12]}.webp"
    kind = (mimetypes.guess_type(name)[0] if is_original else "image/webp") or "application/octet-stream"
    return {
        "number": wanted.get("number"),
        "id": figure.id,
        "what": wanted.get("what"),
        "name": name,
        "source": f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}",
    }
