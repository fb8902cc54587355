"""What the Similar page is asked for: pictures and items to resemble or not, each with a way to take it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import streamlit as st

from explorer import Library, preview_picture
from explorer.types import FigureRecord, ItemRecord
from explorer.web.components import cards, picture_part
from explorer.web.components.thumbnails import image, picture
from explorer.web.state import links
from explorer.web.state.uploads import uploads
from explorer.web.state.views import SimilarView


def show(library: Library, view: SimilarView) -> None:
    """What hits shall resemble, and what not; below it the offer to ask for a part of the picture."""
    brought = (
        image(preview_picture(uploads().get(view.upload), "large"), "The picture you brought")
        if view.upload
        else ""
    )
    parts = "".join(_parts(library, view, brought))
    if parts:
        st.html(f'<ul class="ax-given" aria-label="What is asked for">{parts}</ul>')
    if brought:
        picture_part.offer(brought, view)
    elif view.figure:
        record = library.browse.find(view.figure)
        if isinstance(record, FigureRecord) and record.sha256:
            picture_part.offer(picture(library, record, "large"), view)


def _parts(library: Library, view: SimilarView, brought: str) -> Iterator[str]:
    if brought:
        yield _in_part(brought, "Your picture", view, replace(view, upload=None, box=None))
    if view.figure_in_part:
        shown = picture(library, library.browse.figure(view.figure_in_part))
        yield _in_part(shown, "This figure", view, replace(view, figure=None, box=None))
    elif view.figure:
        yield _record(library, view.figure, "Like", replace(view, figure=None))
    for id in view.like:
        without = tuple(other for other in view.like if other != id)
        yield _record(library, id, "Like", replace(view, like=without))
    for id in view.unlike:
        without = tuple(other for other in view.unlike if other != id)
        yield _record(library, id, "Unlike", replace(view, unlike=without))


def _in_part(shown: str, what: str, view: SimilarView, without: SimilarView) -> str:
    """A picture, and where only a part of it is asked for, a frame and a way back to the whole."""
    if not view.box:
        return _given(shown, what, _taken_back(without, "Remove", what))
    role = f"{what}, in part"
    whole = _taken_back(replace(view, box=None), "Remove the box", what)
    return _given(
        picture_part.framed(shown, view.box), role, f"{whole}{_taken_back(without, 'Remove', role)}"
    )


def _record(library: Library, id: str, role: str, without: SimilarView) -> str:
    record = library.browse.find(id)
    if isinstance(record, ItemRecord):
        shown, said = cards.item_name(record), f"{role} this item"
    else:
        shown, said = picture(library, record), f"{role} this figure"
    return _given(shown, said, _taken_back(without, "Remove", said))


def _given(shown: str, role: str, actions: str) -> str:
    """One thing that is asked for; `shown` and `actions` are HTML."""
    return f'<li><span class="ax-ground">{shown}</span><span>{role}</span>{actions}</li>'


def _taken_back(without: SimilarView, text: str, role: str) -> str:
    return links.anchor(links.similar(replace(without, page=1)), text, about=role)
