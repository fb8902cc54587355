"""The command `map`: arrange all figures so that similar ones are close to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import DEFAULT_FOLDER, LibraryOption
from explorer.cli.output import Output, with_json

if TYPE_CHECKING:
    from explorer.types import MapArea, MapOrder


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
    figures = figure_map.figures_by_area()
    areas = list(zip(figure_map.areas, figures, strict=True))
    return Output.table(
        ({**render.as_json(area), "figures": ids} for area, ids in areas),
        ("figures", "area"),
        ((len(ids), _name(area)) for area, ids in sorted(areas, key=lambda pair: -len(pair[1]))),
        empty="No figures with pictures.",
    )


def _name(area: MapArea) -> str:
    return ", ".join(area.words) or "(no common words)"
