"""The Saved searches page: what is kept of likes and dislikes, and what is new of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from explorer import Library
from explorer.errors import QueryError
from explorer.types import FigureRecord, Hit, ItemRecord, SavedSearch, SearchUpdate
from explorer.web.components import cards, page_layout
from explorer.web.components.query_examples import Example, example_list
from explorer.web.components.thumbnails import picture
from explorer.web.state import audience, current, links
from explorer.web.state.error_messages import as_text, told
from explorer.web.state.views import SimilarView
from explorer.web.templating import render

SHOWN = 48
HOW_TO = (
    "A saved search keeps what you like and dislike, and tells what is new of it. Choose figures on the page "
    "Similar (“More like this”, “Less”) and save them there."
)


def page(library: Library) -> None:
    """Every saved search, what is new of it, and what can be done with it."""
    st.html(render("back_link.html", href=links.LIBRARY, text="← The library"))
    searches = library.saved_searches.list()
    if not searches:
        how_to = render("paragraph.html", text=HOW_TO, style="ax-lead")
        st.html(how_to + links.anchor(links.SIMILAR, "Choose figures"))
        return
    with st.spinner("Looking for what is new …"):
        news = {seen.saved_search.name: seen for seen in library.saved_searches.updates()}
    for saved in searches:
        with st.container(border=True), told():
            _show(library, saved, news.get(saved.name))


def _show(library: Library, saved: SavedSearch, news: SearchUpdate | None) -> None:
    count = f"{len(news.new):,} new" if news else "nothing new"
    st.html(render("heading.html", text=saved.name, quiet=count) + _kept(library, saved))
    with st.container(horizontal=True):
        is_run = current.is_visitor_on_this_machine() and st.button(
            "Run", key=f"run_{saved.name}", help="Shows all that passes; what is new now counts as seen."
        )
        if current.is_visitor_on_this_machine():
            _offer_to_delete(library, saved)
    if is_run:
        _show_all(library, library.saved_searches.run(saved.name))
    elif news:
        _show_hits(library, _new(news), "New", saved.name)


def _kept(library: Library, saved: SavedSearch) -> Markup:
    """What it likes and dislikes, and when it was last run."""
    examples = [
        *(_example(library, id, "liked") for id in saved.like),
        *(_picture_file(path) for path in saved.pictures),
        *(_example(library, id, "disliked") for id in saved.unlike),
    ]
    facts = [
        f"words “{saved.words}”" if saved.words else "",
        f"a score from {saved.threshold:g} passes",
        f"last run {_time(saved.last_run)}" if saved.last_run else "never run",
    ]
    likes = SimilarView(words=saved.words, like=saved.like, unlike=saved.unlike)
    again = links.anchor(links.similar(likes), "Search by it", about=saved.name) if likes.is_asked else ""
    return (
        (example_list(examples, label="What it likes", is_small=True) if examples else Markup())
        + render("paragraph.html", text=", ".join(filter(None, facts)), style="ax-quiet")
        + again
    )


def _time(written: str) -> str:
    return written.replace("T", " ").removesuffix("+00:00")


def _picture_file(path: str) -> Example:
    name = render("name.html", name=audience.name_of(path))
    return Example(name, "liked", has_ground=False)


def _example(library: Library, id: str, role: str) -> Example:
    try:
        record = library.browse.find(id)
    except QueryError:
        return Example(render("no_picture.html", reason="no longer here"), role, has_ground=False)
    shown = cards.item_name(record) if isinstance(record, ItemRecord) else picture(library, record)
    return Example(shown, role)


def _offer_to_delete(library: Library, saved: SavedSearch) -> None:
    with st.popover("Delete", key=f"delete_{saved.name}"):
        st.caption("Its likes and dislikes are forgotten; no figure is.")
        if st.button("Forget this saved search", key=f"forget_{saved.name}"):
            library.saved_searches.delete(saved.name)
            st.rerun()


def _show_all(library: Library, seen: SearchUpdate) -> None:
    if seen.gone:
        st.caption(as_text(f"Gone, and left out: {', '.join(seen.gone)}"))
    _show_hits(library, _new(seen), "New", seen.saved_search.name)
    known = [hit for hit in seen.hits if hit.id not in seen.new]
    _show_hits(library, known, "Seen before", seen.saved_search.name)
    if not seen.hits:
        st.caption("Nothing in this library passes.")


def _new(seen: SearchUpdate) -> list[Hit]:
    return [hit for hit in seen.hits if hit.id in seen.new]


def _show_hits(library: Library, hits: Sequence[Hit], title: str, name: str) -> None:
    back = links.way_back("saved", {})
    listed = [
        cards.figure_card(library, hit.record, back=back, hit=hit)
        for hit in hits[:SHOWN]
        if isinstance(hit.record, FigureRecord)
    ]
    if listed:
        heading = render("heading.html", text=f"{title} ({len(hits):,})", level=3)
        st.html(heading + cards.grid(listed, label=f"{title}: {name}"))


if __name__ == "__main__":
    page_layout.show("Saved searches", page)
