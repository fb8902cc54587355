"""The parts of a picture by which it is found when somebody shows no more of it: its panels, and tiles over all of it."""

from __future__ import annotations

from typing import Final

from PIL import Image

from images.details import Box
from images.panels import PANELS_RECIPE, panels

PARTS_RECIPE: Final = f"parts-1 {PANELS_RECIPE}"
"""Changes whenever this code would find other parts in the same picture."""

WHOLE: Final[Box] = (0.0, 0.0, 1.0, 1.0)

# Two by two, each with a fifth of the picture in common with its neighbours: what is shown lies mostly in one of them.
TILE = 0.6
TILES: Final[tuple[Box, ...]] = tuple(
    (left, top, left + TILE, top + TILE) for top in (0.0, 1 - TILE) for left in (0.0, 1 - TILE)
)
LARGE_PX = (
    160  # of the shorter side: a smaller picture has nothing in a tile that it does not show as a whole
)


def parts(image: Image.Image) -> list[Box]:
    """The parts of an RGB picture: its panels, then its tiles where it is large enough; at most thirteen."""
    return [*panels(image), *(TILES if min(image.size) >= LARGE_PX else ())]


def part(image: Image.Image, box: Box) -> Image.Image:
    """What lies in a box, at least a pixel each way."""
    left, right = (round(side * image.width) for side in (box[0], box[2]))
    top, bottom = (round(side * image.height) for side in (box[1], box[3]))
    return image.crop((left, top, max(left + 1, right), max(top + 1, bottom)))
