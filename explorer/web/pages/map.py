"""The Map page: all figures, with similar ones close to each other. A box or an area selects figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, cast

import streamlit as st

from explorer import Library
from explorer.types import FigureMap, MapOrder
from explorer.web.components import cards, page_layout
from explorer.web.components.gallery import show_gallery
from explorer.web.components.hits import PER_PAGE, show_hits
from explorer.web.components.job_progress import show_job_progress
from explorer.web.components.map_chart import (
    drawn_box,
    forget_box,
    inside,
    show_chart,
    show_pictures_on_hover,
)
from explorer.web.components.paging import Paging
from explorer.web.state import address, audience, current, links
from explorer.web.state.error_messages import escape_markdown, show_errors
from explorer.web.state.map_job import map_job_of
from explorer.web.state.views import MapColour, MapView
from explorer.web.templating import render

FIGURES_PER_PAGE: Final = 48
ORDER_WORDS: Final[dict[MapOrder, str]] = {"visual": "By looks", "meaning": "By texts"}
HOW_TO: Final = (
    "Each point is a figure; figures close to each other are similar. Point at one to see its picture. Draw a box on the map, or "
    "choose an area, to list its figures."
)
COLOUR_WORDS: Final[dict[MapColour, str]] = {
    "area": "Areas",
    "kind": "Kinds of pictures",
    "year": "Years",
    "issue": "Issues",
}


def page(library: Library) -> None:
    """Show the map, and the figures of the selection."""
    view = MapView.of(address.params())
    _show_fields(view)
    figure_map = _current_map(library, view)
    if figure_map is None:
        return
    figures = {figure.id: figure for figure in library.maps.figures([it.figure for it in figure_map.points])}
    selected = inside(figure_map, view)
    st.caption(HOW_TO)
    _show_areas(figure_map, view)
    show_chart(figure_map, figures, view, _on_box)
    show_pictures_on_hover(library, figure_map)
    if selected is not None:
        _show_selected(library, view, selected)


def _show_fields(view: MapView) -> None:
    address.fill("map_order", view.order)
    address.fill("map_colour", view.colour)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Arranged",
            list(ORDER_WORDS),
            key="map_order",
            format_func=ORDER_WORDS.__getitem__,
            required=True,
            on_change=_on_change,
        )
        st.segmented_control(
            "Colours",
            list(COLOUR_WORDS),
            key="map_colour",
            format_func=COLOUR_WORDS.__getitem__,
            required=True,
            on_change=_on_change,
        )


def _on_change() -> None:
    """Draw the map of the new choice. A box of another arrangement has other figures, so it is not kept."""
    state, view = st.session_state, MapView.of(address.params())
    order = cast(MapOrder, state["map_order"])
    if order != view.order:
        view = MapView()
    forget_box()
    address.go(replace(view, order=order, colour=cast(MapColour, state["map_colour"])))


def _on_box() -> None:
    """Show the figures of the box. Without a box, the chart was only drawn anew: the address stays."""
    box = drawn_box()
    if box:
        address.go(replace(MapView.of(address.params()), box=box, area=None, page=1))


def _current_map(library: Library, view: MapView) -> FigureMap | None:
    """Return the map as it is, while new figures are placed in the background. None if there is none yet."""
    job = map_job_of(current.folder())
    figure_map = library.maps.get(view.order)
    is_current = figure_map is not None and library.maps.is_current(figure_map)
    if not is_current and audience.is_owner() and not job.is_running and not job.error:
        with show_errors():
            job.start(view.order)
            job.wait(0.3)
    if job.is_running:
        st.caption(
            "New figures are placed …"
            if figure_map
            else "The map is made. This takes a minute for 10,000 figures."
        )
        show_job_progress(job, stop_key="map_stop")
    elif job.error:
        st.error(escape_markdown(audience.adapt_message(job.error)))
        st.button("Try again", key="map_again", on_click=lambda: job.start(view.order))
    elif figure_map is None or not is_current:
        figure_map = library.maps.get(view.order)
        if figure_map is None:
            st.info("There is no map of this library yet.", icon=":material/info:")
    return figure_map


def _show_areas(figure_map: FigureMap, view: MapView) -> None:
    by_area = zip(figure_map.areas, figure_map.figures_by_area(), strict=True)
    areas = [
        (
            ", ".join(area.words) or "Other figures",
            len(figures),
            links.figure_map(MapView(view.order, view.colour, number)),
            view.area == number and not view.box,
        )
        for number, (area, figures) in enumerate(by_area, start=1)
    ]
    st.html(render("map_areas.html", areas=sorted(areas, key=lambda area: -area[1])))


def _show_selected(library: Library, view: MapView, selected: Sequence[str]) -> None:
    count = f"{len(selected):,} figure{'' if len(selected) == 1 else 's'} selected"
    clear = links.figure_map(MapView(view.order, view.colour))
    st.html(render("map_selection.html", count=count, clear=clear))
    address.fill("map_words", view.words or "")
    st.text_input("Search within the selection", key="map_words", type="search", on_change=_on_words)
    if view.words and selected:
        _show_found(library, view, selected)
    else:
        _show_figures(library, view, selected)


def _on_words() -> None:
    words = st.session_state["map_words"].strip() or None
    address.go(replace(MapView.of(address.params()), words=words, page=1))


def _show_found(library: Library, view: MapView, selected: Sequence[str]) -> None:
    paging = Paging(view.page, PER_PAGE)
    result = library.maps.search(selected, view.words or "", limit=paging.shown + 1, offset=paging.offset)
    show_hits(
        library,
        result,
        paging=paging,
        href=lambda number: links.figure_map(replace(view, page=number)),
        back=links.encode_back(links.MAP, view.params()),
        nothing="Nothing in the selection matches well.",
    )


def _show_figures(library: Library, view: MapView, selected: Sequence[str]) -> None:
    figures = library.maps.figures(selected)
    last = max(1, -(-len(figures) // FIGURES_PER_PAGE))
    view = replace(view, page=min(view.page, last))
    paging = Paging(view.page, FIGURES_PER_PAGE)
    shown = figures[paging.offset : paging.offset + paging.shown]
    back = links.encode_back(links.MAP, view.params())

    def href(number: int) -> str:
        return links.figure_map(replace(view, page=number))

    show_gallery(
        library,
        shown,
        back=back,
        more=paging.more(href, has_next=view.page < last),
        everything=lambda: [figure.id for figure in figures],
        total=len(figures),
    )
    if shown:
        st.html(
            cards.grid(
                [cards.figure_card(library, figure, back=back) for figure in shown], label="Selected figures"
            )
            + paging.links(href, has_next=view.page < last, last=last)
        )


if __name__ == "__main__":
    page_layout.show("Map", page)
