"""The command `map`: arrange all figures so that similar ones are close to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import DEFAULT_FOLDER, LibraryOption
from explorer.cli.output import Output, with_json

if TYPE_CHECKING:
    from explorer.types import FigureMap, MapArea, MapOrder


@app.command(name="map")
@with_json
def map_command(
    by: Annotated[
        str,
        typer.Option(help="visual: by what the pictures show. meaning: by what is written about them."),
    ] = "visual",
    rearrange: Annotated[
        bool,
        typer.Option("--rearrange", help="Arrange all figures anew. Otherwise only new ones are placed."),
    ] = False,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Make the map of all figures that the app shows, or place the new figures on it. 10,000 figures take a minute."""
    from explorer.cli.progress import progress_for_stderr

    with open_library(folder) as library:
        order: MapOrder = by  # type: ignore[assignment]  # the library refuses another one
        figure_map = library.maps.update(order, rearrange=rearrange, progress=progress_for_stderr())
    render.note(
        f"{len(figure_map.points):,} figures are on the map. To see it: explorer app --library {folder}"
    )
    return Output.table(
        (_as_json(figure_map, number) for number in range(len(figure_map.areas))),
        ("figures", "area"),
        ((area.figures, _name(area)) for area in _largest_first(figure_map)),
        empty="No figures with pictures.",
    )


def _as_json(figure_map: FigureMap, number: int) -> dict[str, object]:
    figures = [point.figure for point in figure_map.points if point.area == number]
    return {**render.as_json(figure_map.areas[number]), "figures": figures}


def _largest_first(figure_map: FigureMap) -> list[MapArea]:
    return sorted(figure_map.areas, key=lambda area: -area.figures)


def _name(area: MapArea) -> str:
    return ", ".join(area.words) or "(no common words)"
