"""The Saved searches page: the saved searches and their new matches."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from explorer import Library
from explorer.errors import QueryError
from explorer.types import FigureRecord, Hit, ItemRecord, SavedSearch, SearchUpdate
from explorer.web.components import cards, page_layout
from explorer.web.components.gallery import show_gallery
from explorer.web.components.hits import figures_of
from explorer.web.components.query_examples import Example, example_list
from explorer.web.components.thumbnails import picture
from explorer.web.state import audience, current, links
from explorer.web.state.error_messages import escape_markdown, show_errors
from explorer.web.state.views import SearchView, SimilarView
from explorer.web.templating import render

SHOWN = 48
HOW_TO = (
    "A saved search shows the figures that match it and were not there before. Search, or choose figures that you like on "
    "the page Similar, and press “Save this search”."
)


def page(library: Library) -> None:
    """Show each saved search with its new matches, and buttons to run and delete it."""
    st.html(render("back_link.html", href=links.LIBRARY, text="← The library"))
    searches = library.saved_searches.list()
    if not searches:
        how_to = render("paragraph.html", text=HOW_TO, style="ax-lead")
        st.html(how_to + links.anchor(links.SIMILAR, "Choose figures"))
        return
    if audience.is_owner() and st.button("Mark all as seen", icon=":material/done_all:"):
        library.saved_searches.mark_seen()
        st.rerun()
    gallery = st.container()
    with st.spinner("Looking for new matches …"):
        updates = {update.saved_search.name: update for update in library.saved_searches.updates()}
    shown: list[FigureRecord] = []
    for saved in searches:
        with st.container(border=True), show_errors():
            shown += _show(library, saved, updates.get(saved.name))
    if shown:
        with gallery:
            show_gallery(library, shown, back=links.encode_back("saved", {}))


def _show(library: Library, saved: SavedSearch, update: SearchUpdate | None) -> list[FigureRecord]:
    """Show a saved search, and return the figures that are shown."""
    count = f"{len(update.new):,} new" if update else "nothing new"
    st.html(render("heading.html", text=saved.name, quiet=count) + _description(library, saved))
    with st.container(horizontal=True):
        is_run = current.is_visitor_on_this_machine() and st.button(
            "Run", key=f"run_{saved.name}", help="Shows all matches. New matches then count as seen."
        )
        if current.is_visitor_on_this_machine():
            _show_delete(library, saved)
    if is_run:
        return _show_all(library, library.saved_searches.run(saved.name))
    return _show_hits(library, _new_hits(update), "New", saved.name) if update else []


def _description(library: Library, saved: SavedSearch) -> Markup:
    """Return its likes and dislikes, and when it was last run."""
    examples = [
        *(_example(library, id, "liked") for id in saved.like),
        *(_picture_file(path) for path in saved.pictures),
        *(_example(library, id, "disliked") for id in saved.unlike),
    ]
    facts = [
        f"words “{saved.words}”" if saved.words else "",
        f"minimum score {saved.threshold:g}",
        f"last run {_format_time(saved.last_run)}" if saved.last_run else "never run",
    ]
    view = SimilarView(words=saved.words, like=saved.like, unlike=saved.unlike)
    has_examples = bool(saved.like or saved.unlike or saved.pictures)
    href = links.similar(view) if has_examples else links.search(SearchView(words=saved.words))
    search = links.anchor(href, "Open this search", about=saved.name) if view.has_query else ""
    return (
        (example_list(examples, label="Likes and dislikes", is_small=True) if examples else Markup())
        + render("paragraph.html", text=", ".join(filter(None, facts)), style="ax-quiet")
        + search
    )


def _format_time(timestamp: str) -> str:
    return timestamp.replace("T", " ").removesuffix("+00:00")


def _picture_file(path: str) -> Example:
    name = render("name.html", name=audience.display_path(path))
    return Example(name, "liked", has_ground=False)


def _example(library: Library, id: str, role: str) -> Example:
    try:
        record = library.browse.find(id)
    except QueryError:
        return Example(render("no_picture.html", reason="no longer here"), role, has_ground=False)
    shown = cards.item_name(record) if isinstance(record, ItemRecord) else picture(library, record)
    return Example(shown, role)


def _show_delete(library: Library, saved: SavedSearch) -> None:
    with st.popover("Delete", key=f"delete_{saved.name}"):
        st.caption("This deletes the saved search. No figure is deleted.")
        if st.button("Delete this saved search", key=f"forget_{saved.name}"):
            library.saved_searches.delete(saved.name)
            st.rerun()


def _show_all(library: Library, update: SearchUpdate) -> list[FigureRecord]:
    if update.gone:
        st.caption(escape_markdown(f"No longer in the library: {', '.join(update.gone)}"))
    new_figures = _show_hits(library, _new_hits(update), "New", update.saved_search.name)
    old_hits = [hit for hit in update.hits if hit.id not in update.new]
    old_figures = _show_hits(library, old_hits, "Seen before", update.saved_search.name)
    if not update.hits:
        st.caption("Nothing in this library matches.")
    return new_figures + old_figures


def _new_hits(update: SearchUpdate) -> list[Hit]:
    return [hit for hit in update.hits if hit.id in update.new]


def _show_hits(library: Library, hits: Sequence[Hit], title: str, name: str) -> list[FigureRecord]:
    back = links.encode_back("saved", {})
    figure_cards = [
        cards.figure_card(library, hit.record, back=back, hit=hit)
        for hit in hits[:SHOWN]
        if isinstance(hit.record, FigureRecord)
    ]
    if figure_cards:
        heading = render("heading.html", text=f"{title} ({len(hits):,})", level=3)
        st.html(heading + cards.grid(figure_cards, label=f"{title}: {name}"))
    return figures_of(hits[:SHOWN])


if __name__ == "__main__":
    page_layout.show("Saved searches", page)
