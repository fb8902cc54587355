"""The map of all figures as it is stored: a file in the folder of the library for each arrangement."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Final, Literal

from explorer.curate.map_areas import MapArea
from explorer.system.files import write_atomically, write_errors

MapOrder = Literal["visual", "meaning"]
"""By what a map is arranged: by what pictures show, or by what is written about them."""

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class MapPoint:
    """The place of a figure on a map, from 0 to 1, and the number of its area."""

    figure: str
    x: float
    y: float
    area: int


@dataclass(frozen=True, slots=True)
class FigureMap:
    """A map of the figures of a library.

    `vectors` is the fingerprint of the encoder whose vectors were arranged, `revision` the state of the catalog.
    """

    order: MapOrder
    vectors: str
    revision: str
    points: tuple[MapPoint, ...]
    areas: tuple[MapArea, ...]

    def figures_by_area(self) -> list[list[str]]:
        """Return the ids of the figures of each area, in the order of `areas`."""
        figures: list[list[str]] = [[] for _ in self.areas]
        for point in self.points:
            figures[point.area].append(point.figure)
        return figures


def write_map(figure_map: FigureMap, folder: Path) -> None:
    """Write a map into a folder. Raises LibraryError if it cannot be written."""
    values = {
        **asdict(figure_map),
        "format": FORMAT,
        "points": [[it.figure, it.x, it.y, it.area] for it in figure_map.points],
    }
    with write_errors(folder):
        folder.mkdir(exist_ok=True)
        write_atomically(_file(folder, figure_map.order), json.dumps(values, ensure_ascii=False))


def read_map(folder: Path, order: MapOrder) -> FigureMap | None:
    """Return the map of a folder, or None if there is none that can be read. Its file may come from a stranger."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        values = json.loads(_file(folder, order).read_text(encoding="utf-8"))
        if values["format"] == FORMAT:
            return _parsed(values, order)
    return None


def _parsed(values: Mapping[str, Any], order: MapOrder) -> FigureMap:
    """Return the map of the values of a file. Raises ValueError, KeyError or TypeError for other values."""
    areas = tuple(
        MapArea(tuple(map(str, area["words"])), _share(area["x"]), _share(area["y"]))
        for area in values["areas"]
    )
    points = tuple(_parsed_point(point, areas) for point in values["points"])
    return FigureMap(order, str(values["vectors"]), str(values["revision"]), points, areas)


def _parsed_point(point: Sequence[Any], areas: Sequence[MapArea]) -> MapPoint:
    figure, x, y, area = point
    if type(area) is not int or not 0 <= area < len(areas):
        raise ValueError("no such area")
    return MapPoint(str(figure), _share(x), _share(y), area)


def _share(value: object) -> float:
    number = float(value)  # type: ignore[arg-type]
    if not (isfinite(number) and 0 <= number <= 1):
        raise ValueError("not on the map")
    return number


def _file(folder: Path, order: MapOrder) -> Path:
    return folder / f"{order}.json"
