"""The map as a chart: a point for each figure, the words of the areas, and a box that selects a part.

The picture of a point is shown in its tooltip (static/map_hover.js asks for it).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from math import sqrt
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from explorer import Library
from explorer.errors import ExplorerError
from explorer.types import PICTURE_KINDS, UNSURE, FigureMap, FigureRecord, MapPoint, Region
from explorer.web.components import citation
from explorer.web.components.scripts import read_scripts
from explorer.web.state.views import MapColour, MapView

if TYPE_CHECKING:
    import altair as alt

KEY: Final = "map_chart"
BOX_AT_START: Final = "map_box_at_start"
HEIGHT: Final = 560
LARGEST_POINT: Final = 110
SMALLEST_POINT: Final = 12
MARGIN: Final = 0.04
OPACITY: Final = 0.75
FAINT: Final = 0.2
INK, PAPER = "#1f2933", "#ffffff"
MAX_LABEL_CHARS: Final = 200
KIND_COLOURS: Final = (
    "#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f", "#edc948", "#b07aa1", "#bab0ac",
)  # fmt: skip
"""The colours of PICTURE_KINDS and UNSURE: those of Tableau 10, with grey for UNSURE."""
NO_YEAR: Final = "no date"
FIELD_OF_POINT: Final = "figure"
"""The row of a tooltip with the id of the figure, in whose place the script puts the picture."""
_MOUNT_HOVER: Final = st.components.v2.component(
    "explorer_map_hover", js=read_scripts("map_hover.js"), isolate_styles=False
)


def show_chart(
    figure_map: FigureMap,
    figures: Mapping[str, FigureRecord],
    view: MapView,
    on_box: Callable[[], None],
) -> None:
    """Show the map. `on_box` is called when the visitor has drawn a box: `drawn_box` returns it."""
    if KEY not in st.session_state:  # the chart appears: it begins with the box of the address
        st.session_state[BOX_AT_START] = view.box
    # A chart with another description would be drawn anew, which takes seconds with 10,000 points.
    chart = _chart(figure_map, figures, view, st.session_state[BOX_AT_START])
    st.altair_chart(chart, width="stretch", key=KEY, on_select=on_box, selection_mode="box")


def forget_box() -> None:
    """Draw the chart anew, with the box of the address."""
    st.session_state.pop(KEY, None)


def drawn_box() -> Region | None:
    """Return the box that the visitor has drawn on the chart, if any."""
    with suppress(KeyError, TypeError, ValueError):
        box = st.session_state[KEY]["selection"]["box"]
        (left, right), (low, high) = sorted(box["x"]), sorted(box["y"])
        return _inside((left, low, right, high))
    return None


def _inside(box: Region) -> Region:
    """Return a box within the map, with the precision of addresses."""
    left, low, right, high = (round(min(max(float(edge), 0.0), 1.0), 4) for edge in box)
    return left, low, right, high


@st.fragment
def show_pictures_on_hover(library: Library, figure_map: FigureMap) -> None:
    """Show the picture of the point below the pointer."""
    asked = str((st.session_state.get("map_hover") or {}).get("asked") or "")
    is_on_map = any(point.figure == asked for point in figure_map.points)
    _MOUNT_HOVER(
        key="map_hover",
        data={"field": FIELD_OF_POINT, "answer": _answer(library, asked) if is_on_map else None},
        on_asked_change=_ignore,
    )


def _ignore() -> None:
    """Do nothing: the value that the browser sends is read when the component is shown again."""


def _answer(library: Library, id: str) -> dict[str, str] | None:
    with suppress(ExplorerError, OSError):
        figure = library.browse.figure(id)
        if figure.sha256:
            webp = library.browse.picture_path(figure.sha256, "small").read_bytes()
            return {"id": id, "source": f"data:image/webp;base64,{base64.b64encode(webp).decode('ascii')}"}
    return None


def _chart(
    figure_map: FigureMap, figures: Mapping[str, FigureRecord], view: MapView, begin: Region | None
) -> alt.LayerChart:
    import altair as alt  # takes a third of a second, and only this page needs it
    import pyarrow

    rows = [_row(point, figures[point.figure]) for point in figure_map.points if point.figure in figures]
    table = pyarrow.Table.from_pylist(rows)  # altair would check each value of a list: 5 s for 10,000 figures
    size = min(LARGEST_POINT, max(SMALLEST_POINT, 2400 / sqrt(max(len(rows), 1))))
    box = alt.selection_interval(name="box", **_drawn(begin))
    scale = alt.Scale(domain=[-MARGIN, 1 + MARGIN])
    x, y = alt.X("x:Q", axis=None, scale=scale), alt.Y("y:Q", axis=None, scale=scale)
    points = (
        alt.Chart(table)
        .mark_circle(size=size)
        .encode(
            x=x,
            y=y,
            color=_colour(view.colour),
            opacity=_opacity(view),
            tooltip=[
                alt.Tooltip("figure:N", title=FIELD_OF_POINT),
                alt.Tooltip("label:N", title="Figure"),
                alt.Tooltip("source:N", title="Issue"),
            ],
        )
        .add_params(box)
    )
    layered: alt.LayerChart = points + _words(figure_map, x, y)
    return layered.properties(
        height=HEIGHT,
        description="A map of the figures. The areas are listed above it.",
        usermeta={"embedOptions": {"renderer": "canvas"}},  # thousands of SVG elements are slow
    )


def _opacity(view: MapView) -> Any:  # noqa: ANN401  altair has a type for each form of it
    """Return the opacity: the points outside the chosen area are faint."""
    import altair as alt

    if not view.area or view.box:
        return alt.value(OPACITY)
    return alt.condition(f"datum.area == {view.area - 1}", alt.value(1), alt.value(FAINT))


def _words(figure_map: FigureMap, x: alt.X, y: alt.Y) -> alt.LayerChart:
    """Return the words of the areas. Their edge keeps them readable over points."""
    import altair as alt

    areas = [
        {"x": area.x, "y": area.y, "words": ", ".join(area.words)} for area in figure_map.areas if area.words
    ]
    words = alt.Chart(alt.InlineData(values=areas)).encode(x=x, y=y, text="words:N")
    ink, paper = (PAPER, INK) if st.context.theme.type == "dark" else (INK, PAPER)
    edge = words.mark_text(
        fontSize=13, fontWeight="bold", limit=170, color=paper, stroke=paper, strokeWidth=4
    )
    layered: alt.LayerChart = edge + words.mark_text(fontSize=13, fontWeight="bold", limit=170, color=ink)
    return layered


def _drawn(box: Region | None) -> dict[str, Any]:
    """Return the box of the address as the first value of the selection."""
    return {"value": {"x": [box[0], box[2]], "y": [box[1], box[3]]}} if box else {}


def _row(point: MapPoint, figure: FigureRecord) -> dict[str, Any]:
    return {
        "x": point.x,
        "y": point.y,
        "figure": point.figure,
        "label": figure.label[:MAX_LABEL_CHARS],
        "source": citation.issue_name(figure),
        "area": point.area,
        "kind": figure.picture_kind or UNSURE,
        "year": figure.date[:4] if figure.date else NO_YEAR,
        "issue": figure.date or "",
    }


def _colour(colour: MapColour) -> alt.Color:
    """Return the encoding of the colour. Issues are in the order of their dates: there are too many for a legend."""
    import altair as alt

    legend = alt.Legend(orient="bottom", columns=6)
    match colour:
        case "area":
            return alt.Color("area:N", legend=None, scale=alt.Scale(scheme="tableau20"))
        case "kind":
            scale = alt.Scale(domain=[*PICTURE_KINDS, UNSURE], range=KIND_COLOURS)
            return alt.Color("kind:N", title=None, scale=scale, legend=legend)
        case "year":
            return alt.Color("year:O", title=None, scale=alt.Scale(scheme="viridis"), legend=legend)
        case _:
            return alt.Color("issue:O", legend=None, scale=alt.Scale(scheme="viridis"))


def inside(figure_map: FigureMap, view: MapView) -> Sequence[str] | None:
    """Return the ids of the figures in the selected box or area; None if nothing is selected."""
    if view.box:
        left, low, right, high = view.box
        return [it.figure for it in figure_map.points if left <= it.x <= right and low <= it.y <= high]
    if view.area:
        return [it.figure for it in figure_map.points if it.area == view.area - 1]
    return None
