"""Segmentation of a composite picture into panels: charts side by side, photos on one background.

Recursive XY-cut (Nagy and Seth, 1984): two panels are separated by a gutter, a band of background from side to side.
The widest gutter is cut first, then the widest gutter of the remaining areas. The result is deterministic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PIL import Image

from images.details import Box
from images.pixels import shrink

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PANELS_RECIPE: Final = "panels-1"
"""The version of this algorithm. Change it whenever other panels would be found in the same picture."""

MAX_PANELS = 9
# px of the longer side during the analysis. Gutters are still some px wide, and JPEG noise is averaged out.
SIDE = 400
MIN_SHARE = 1 / 8  # of the width and height of the picture; smaller areas are titles, labels and icons
MIN_PANEL_PX = 16
MIN_GUTTER_PX = 2
TOLERANCE = 16  # grey levels of 255 that a background pixel may differ from the background tone
MAX_STRAYS = 0.005  # share of a background row that may be something else: dust in a scan


@dataclass(frozen=True, slots=True)
class _Area:
    """A rectangle in rows and columns, ends excluded."""

    top: int
    bottom: int
    left: int
    right: int

    def crop(self, pixels: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return pixels[self.top : self.bottom, self.left : self.right]


@dataclass(frozen=True, slots=True)
class _Cut:
    """The division of an area at a gutter."""

    gutter: int  # width in px
    area: _Area
    halves: tuple[_Area, _Area]


def find_panels(image: Image.Image) -> list[Box]:
    """Return the boxes of up to nine panels of an RGB picture, from top to bottom; [] for a single picture."""
    import numpy as np  # here, as in the whole package, because its import is slow

    grey = np.asarray(shrink(image, SIDE).convert("L")).astype(np.int16)
    height, width = grey.shape
    for tone in _background_tones(grey):
        areas = _segment(np.abs(grey - tone) <= TOLERANCE)
        if len(areas) > 1:
            sorted_areas = sorted(areas, key=lambda area: (area.top, area.left))
            return [
                (area.left / width, area.top / height, area.right / width, area.bottom / height)
                for area in sorted_areas
            ]
    return []


def _background_tones(grey: NDArray[np.int16]) -> list[int]:
    """Return the tones of bands that cross the whole picture, that of the widest band first."""
    import numpy as np

    widths: dict[int, int] = {}
    for rows in (grey, grey.T):
        sorted_rows = np.sort(rows, axis=1)
        stray_count = int(MAX_STRAYS * rows.shape[1])
        tones = sorted_rows[:, rows.shape[1] // 2]
        is_uniform = (
            np.maximum(sorted_rows[:, -1 - stray_count] - tones, tones - sorted_rows[:, stray_count])
            <= TOLERANCE
        )
        for start, end in _bands(is_uniform):
            tone = int(np.median(tones[start:end]))
            widths[tone] = max(widths.get(tone, 0), end - start)
    return sorted(widths, key=lambda tone: (-widths[tone], tone))


def _segment(background: NDArray[np.bool_]) -> list[_Area]:
    """Return the areas between the gutters; `background` is True for background pixels."""
    height, width = background.shape
    areas = [_trim(background, _Area(0, height, 0, width))]
    cuts = _possible_cuts(background, areas[0])
    while cuts and len(areas) < MAX_PANELS:
        widest = max(cuts, key=lambda cut: cut.gutter)
        areas = [area for area in areas if area != widest.area] + list(widest.halves)
        cuts = [cut for cut in cuts if cut.area != widest.area] + [
            new_cut for half in widest.halves for new_cut in _possible_cuts(background, half)
        ]
    return areas


def _possible_cuts(background: NDArray[np.bool_], area: _Area) -> list[_Cut]:
    """Return every division of an area at a gutter whose halves are both large enough."""
    top, bottom, left, right = area.top, area.bottom, area.left, area.right
    between_rows = [
        (end - start, _Area(top, top + start, left, right), _Area(top + end, bottom, left, right))
        for start, end in _gutters(area.crop(background))
    ]
    between_columns = [
        (end - start, _Area(top, bottom, left, left + start), _Area(top, bottom, left + end, right))
        for start, end in _gutters(area.crop(background).T)
    ]
    cuts = [
        _Cut(gutter, area, (_trim(background, first), _trim(background, second)))
        for gutter, first, second in between_rows + between_columns
    ]
    return [cut for cut in cuts if all(_is_panel(half, background.shape) for half in cut.halves)]


def _is_panel(area: _Area, size: tuple[int, ...]) -> bool:
    height, width = size
    area_height, area_width = area.bottom - area.top, area.right - area.left
    return (
        min(area_height, area_width) >= MIN_PANEL_PX
        and area_height >= MIN_SHARE * height
        and area_width >= MIN_SHARE * width
    )


def _trim(background: NDArray[np.bool_], area: _Area) -> _Area:
    """Return the area without the background around its content."""
    top, bottom = _content_rows(area.crop(background))
    area = _Area(area.top + top, area.top + bottom, area.left, area.right)
    left, right = _content_rows(area.crop(background).T)
    return _Area(area.top, area.bottom, area.left + left, area.left + right)


def _content_rows(background: NDArray[np.bool_]) -> tuple[int, int]:
    """Return the first row with content and the row after the last one; (0, 0) without content."""
    import numpy as np

    rows = np.flatnonzero(~_background_rows(background))
    return (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)


def _gutters(background: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return start and end of the bands of background rows that do not touch an edge."""
    return [
        (start, end)
        for start, end in _bands(_background_rows(background))
        if start > 0 and end < len(background)
    ]


def _background_rows(background: NDArray[np.bool_]) -> NDArray[np.bool_]:
    rows: NDArray[np.bool_] = (~background).sum(axis=1) <= MAX_STRAYS * background.shape[1]
    return rows


def _bands(rows: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return start and end of the runs of true rows that are thick enough."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate([[False], rows, [False]]).astype(np.int8))).tolist()
    return [
        (start, end)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if end - start >= MIN_GUTTER_PX
    ]
