"""The panels of a picture that is made of several: charts side by side, photos on one ground.

A recursive XY-cut (Nagy and Seth, 1984): between two panels lies a gutter, a band of the ground from side to side. The
widest gutter is cut first, then the widest in what is left, so the same picture always gives the same panels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PIL import Image

from images.details import Box
from images.pixels import shrunk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PANELS_RECIPE: Final = "panels-1"
"""Changes whenever this code would find other panels in the same picture."""

MOST = 9
SIDE = (
    400  # px of the longer side that is looked at: gutters are still some px wide, the noise of JPEG is not
)
SMALLEST = 1 / 8  # of the picture's width and of its height: what is smaller is a title, a label, an icon
SMALLEST_PX = 16
THINNEST_PX = 2
ONE_TONE = 16  # of 255: grey levels that are as near to the ground are ground
STRAYS = 0.005  # share of a row of ground that may be something else: dust in a scan


@dataclass(frozen=True, slots=True)
class _Area:
    """Rows and columns, ends excluded."""

    top: int
    bottom: int
    left: int
    right: int

    def of(self, pixels: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return pixels[self.top : self.bottom, self.left : self.right]


@dataclass(frozen=True, slots=True)
class _Cut:
    """An area in two, and how wide the gutter between them is."""

    gutter: int
    area: _Area
    halves: tuple[_Area, _Area]


def panels(image: Image.Image) -> list[Box]:
    """The panels of an RGB picture, at most nine, from top to bottom; none where it is one."""
    import numpy as np  # here, as everywhere in this package: its import is not free

    grey = np.asarray(shrunk(image, SIDE).convert("L")).astype(np.int16)
    height, width = grey.shape
    for tone in _grounds(grey):
        areas = _cut_up(np.abs(grey - tone) <= ONE_TONE)
        if len(areas) > 1:
            ordered = sorted(areas, key=lambda it: (it.top, it.left))
            return [
                (it.left / width, it.top / height, it.right / width, it.bottom / height) for it in ordered
            ]
    return []


def _grounds(grey: NDArray[np.int16]) -> list[int]:
    """The tones of the bands that go through the whole picture, that of the widest first."""
    import numpy as np

    widths: dict[int, int] = {}
    for rows in (grey, grey.T):
        ordered = np.sort(rows, axis=1)
        strays = int(STRAYS * rows.shape[1])
        tones = ordered[:, rows.shape[1] // 2]
        of_one_tone = np.maximum(ordered[:, -1 - strays] - tones, tones - ordered[:, strays]) <= ONE_TONE
        for start, end in _bands(of_one_tone):
            tone = int(np.median(tones[start:end]))
            widths[tone] = max(widths.get(tone, 0), end - start)
    return sorted(widths, key=lambda tone: (-widths[tone], tone))


def _cut_up(ground: NDArray[np.bool_]) -> list[_Area]:
    """The areas between the gutters of a picture, by where its ground is."""
    height, width = ground.shape
    areas = [_trimmed(ground, _Area(0, height, 0, width))]
    cuts = _cuts(ground, areas[0])
    while cuts and len(areas) < MOST:
        cut = max(cuts, key=lambda it: it.gutter)
        areas = [area for area in areas if area != cut.area] + list(cut.halves)
        cuts = [it for it in cuts if it.area != cut.area] + [
            further for half in cut.halves for further in _cuts(ground, half)
        ]
    return areas


def _cuts(ground: NDArray[np.bool_], area: _Area) -> list[_Cut]:
    """Every way to cut an area in two at a gutter, with enough on both sides."""
    top, bottom, left, right = area.top, area.bottom, area.left, area.right
    between_rows = [
        (end - start, _Area(top, top + start, left, right), _Area(top + end, bottom, left, right))
        for start, end in _gutters(area.of(ground))
    ]
    between_columns = [
        (end - start, _Area(top, bottom, left, left + start), _Area(top, bottom, left + end, right))
        for start, end in _gutters(area.of(ground).T)
    ]
    cuts = [
        _Cut(gutter, area, (_trimmed(ground, one), _trimmed(ground, other)))
        for gutter, one, other in between_rows + between_columns
    ]
    return [cut for cut in cuts if all(_is_panel(half, ground.shape) for half in cut.halves)]


def _is_panel(area: _Area, size: tuple[int, ...]) -> bool:
    height, width = size
    tall, wide = area.bottom - area.top, area.right - area.left
    return min(tall, wide) >= SMALLEST_PX and tall >= SMALLEST * height and wide >= SMALLEST * width


def _trimmed(ground: NDArray[np.bool_], area: _Area) -> _Area:
    """The area without the ground around what it shows."""
    top, bottom = _shown(area.of(ground))
    area = _Area(area.top + top, area.top + bottom, area.left, area.right)
    left, right = _shown(area.of(ground).T)
    return _Area(area.top, area.bottom, area.left + left, area.left + right)


def _shown(ground: NDArray[np.bool_]) -> tuple[int, int]:
    """The first row that is no ground, and the one after the last."""
    import numpy as np

    rows = np.flatnonzero(~_are_ground(ground))
    return (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)


def _gutters(ground: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The rows of ground between others, from which to which."""
    return [(start, end) for start, end in _bands(_are_ground(ground)) if start > 0 and end < len(ground)]


def _are_ground(ground: NDArray[np.bool_]) -> NDArray[np.bool_]:
    rows: NDArray[np.bool_] = (~ground).sum(axis=1) <= STRAYS * ground.shape[1]
    return rows


def _bands(rows: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """From where to where rows are true, as far as they are a band."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate([[False], rows, [False]]).astype(np.int8))).tolist()
    return [
        (start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end - start >= THINNEST_PX
    ]
