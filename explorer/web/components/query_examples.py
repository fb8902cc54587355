"""The pictures and items that hits shall resemble or not, each with a link that removes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import streamlit as st
from markupsafe import Markup

from explorer import Library, preview_picture
from explorer.types import FigureRecord, ItemRecord
from explorer.web.components import cards, picture_part
from explorer.web.components.thumbnails import image, picture
from explorer.web.state import links
from explorer.web.state.uploads import uploads
from explorer.web.state.views import SimilarView
from explorer.web.templating import render


@dataclass(frozen=True, slots=True)
class Example:
    """A picture or item, its role in the search, and links; `has_ground` gives it the background of a picture."""

    shown: Markup
    role: str
    actions: Sequence[Markup] = ()
    has_ground: bool = True


def show(library: Library, view: SimilarView) -> None:
    """Show the examples, and below them the offer to search for a part of the picture."""
    uploaded = (
        image(preview_picture(uploads().get(view.upload), "large"), "The picture you uploaded")
        if view.upload
        else None
    )
    examples = list(_examples(library, view, uploaded))
    if examples:
        st.html(example_list(examples, label="Search by"))
    if uploaded:
        picture_part.show_part_search(uploaded, view)
    elif view.figure:
        record = library.browse.find(view.figure)
        if isinstance(record, FigureRecord) and record.sha256:
            picture_part.show_part_search(picture(library, record, "large"), view)


def example_list(examples: Sequence[Example], *, label: str, is_small: bool = False) -> Markup:
    """Return a list of examples; `label` names it to a screen reader."""
    return render("example_list.html", examples=examples, label=label, is_small=is_small)


def _examples(library: Library, view: SimilarView, uploaded: Markup | None) -> Iterator[Example]:
    if uploaded:
        yield _in_part(uploaded, "Your picture", view, replace(view, upload=None, box=None))
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


def _in_part(shown: Markup, name: str, view: SimilarView, without: SimilarView) -> Example:
    """Return a picture, with a frame and a link back to the whole if the search is for a part of it."""
    if not view.box:
        return Example(shown, name, [_link_to(without, "Remove", name)])
    role = f"{name}, in part"
    remove_box = _link_to(replace(view, box=None), "Remove the box", name)
    return Example(
        picture_part.framed(shown, view.box), role, [remove_box, _link_to(without, "Remove", role)]
    )


def _record(library: Library, id: str, role: str, without: SimilarView) -> Example:
    record = library.browse.find(id)
    if isinstance(record, ItemRecord):
        shown, name = cards.item_name(record), f"{role} this item"
    else:
        shown, name = picture(library, record), f"{role} this figure"
    return Example(shown, name, [_link_to(without, "Remove", name)])


def _link_to(view: SimilarView, text: str, about: str) -> Markup:
    return links.anchor(links.similar(replace(view, page=1)), text, about=about)
