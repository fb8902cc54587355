"""How large a picture is, by its head alone: nothing of it is drawn."""

from __future__ import annotations

import re
from io import BytesIO

from images.errors import PictureError, only_picture_errors
from images.pixels import SWAPS_SIDES, orientation_of
from images.raster import DECODERS
from images.sniff import HEAD, sniff_format

MAX_BOX_OF_AN_ICON = 64
_SVG_TAG = re.compile(rb"<(?:[\w.-]+:)?svg\b([^>]*)", re.IGNORECASE)
_SIDE = re.compile(rb"(?<![\w-])(width|height)\s*=\s*[\"']\s*([\d.]{1,12})(px)?\s*[\"']", re.IGNORECASE)
_VIEW_BOX = re.compile(
    rb"viewBox\s*=\s*[\"']\s*[-\d.e]+[\s,]+[-\d.e]+[\s,]+([\d.]{1,12})[\s,]+([\d.]{1,12})", re.IGNORECASE
)


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, as shown; for an SVG as it says of itself. None where nothing tells."""
    format = sniff_format(data)
    if format == "svg":
        return _svg_size(data)
    if format not in DECODERS:
        return None
    try:
        with only_picture_errors():
            image = DECODERS[format](BytesIO(data))
            turned = format == "jpeg" and orientation_of(image) in SWAPS_SIDES
            return (image.height, image.width) if turned else (image.width, image.height)
    except PictureError:
        return None


def _svg_size(data: bytes) -> tuple[int, int] | None:
    """Its width and height; of a viewBox alone only what is small, for one of 512 x 512 may be shown in any size."""
    root = _SVG_TAG.search(data[:HEAD])
    if root is None:
        return None
    sides = {name.lower(): _number(side) for name, side, _ in _SIDE.findall(root[1])}
    width, height = sides.get(b"width", 0), sides.get(b"height", 0)
    if width and height:
        return width, height
    box = _VIEW_BOX.search(root[1])
    width, height = (_number(box[1]), _number(box[2])) if box else (0, 0)
    return (
        (width, height) if 0 < max(width, height) <= MAX_BOX_OF_AN_ICON and min(width, height) > 0 else None
    )


def _number(written: bytes) -> int:
    try:
        return round(float(written))
    except (ValueError, OverflowError):
        return 0
