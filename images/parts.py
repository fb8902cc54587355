"""The regions of a picture by which a crop of it is found: its panels, and tiles over the whole picture."""

from __future__ import annotations

from typing import Final

from PIL import Image

from images.details import Box
from images.panels import PANELS_RECIPE, find_panels

REGIONS_RECIPE: Final = f"parts-1 {PANELS_RECIPE}"
"""The version of this algorithm. Change it whenever other regions would be found in the same picture."""

WHOLE_PICTURE: Final[Box] = (0.0, 0.0, 1.0, 1.0)

# Two by two tiles; each shares a fifth of the picture with its neighbours, so most crops are mainly in one of them.
TILE = 0.6
TILES: Final[tuple[Box, ...]] = tuple(
    (left, top, left + TILE, top + TILE) for top in (0.0, 1 - TILE) for left in (0.0, 1 - TILE)
)
MIN_TILED_PX = 160  # of the shorter side; tiles of a smaller picture show no more than the whole picture


def find_regions(image: Image.Image) -> list[Box]:
    """Return up to thirteen boxes of an RGB picture: its panels, then its tiles if it is large enough."""
    return [*find_panels(image), *(TILES if min(image.size) >= MIN_TILED_PX else ())]


def crop_region(image: Image.Image, box: Box) -> Image.Image:
    """Return the content of a box, at least one pixel wide and high."""
    left, right = (round(side * image.width) for side in (box[0], box[2]))
    top, bottom = (round(side * image.height) for side in (box[1], box[3]))
    return image.crop((left, top, max(left + 1, right), max(top + 1, bottom)))
