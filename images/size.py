"""The size of a picture from its header, without decoding its pixels."""

from __future__ import annotations

import re
from io import BytesIO

from images.errors import PictureError, translate_decoder_errors
from images.pixels import SIDE_SWAPPING_ORIENTATIONS, orientation_of
from images.raster import DECODERS
from images.sniff import HEAD, sniff_format

MAX_ICON_SIDE = 64
_SVG_TAG = re.compile(rb"<(?:[\w.-]+:)?svg\b([^>]*)", re.IGNORECASE)
_SIDE = re.compile(rb"(?<![\w-])(width|height)\s*=\s*[\"']\s*([\d.]{1,12})(px)?\s*[\"']", re.IGNORECASE)
_VIEW_BOX = re.compile(
    rb"viewBox\s*=\s*[\"']\s*[-\d.e]+[\s,]+[-\d.e]+[\s,]+([\d.]{1,12})[\s,]+([\d.]{1,12})", re.IGNORECASE
)


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels after rotation, for an SVG the declared ones; None if they are unknown."""
    format = sniff_format(data)
    if format == "svg":
        return _svg_size(data)
    if format not in DECODERS:
        return None
    try:
        with translate_decoder_errors():
            image = DECODERS[format](BytesIO(data))
            swaps_sides = format == "jpeg" and orientation_of(image) in SIDE_SWAPPING_ORIENTATIONS
            return (image.height, image.width) if swaps_sides else (image.width, image.height)
    except PictureError:
        return None


def _svg_size(data: bytes) -> tuple[int, int] | None:
    """Return the declared width and height of an SVG.

    A viewBox alone counts only if it is as small as an icon: a drawing with one of 512 x 512 may be shown in any size.
    """
    root = _SVG_TAG.search(data[:HEAD])
    if root is None:
        return None
    sides = {name.lower(): _to_int(side) for name, side, _ in _SIDE.findall(root[1])}
    width, height = sides.get(b"width", 0), sides.get(b"height", 0)
    if width and height:
        return width, height
    view_box = _VIEW_BOX.search(root[1])
    width, height = (_to_int(view_box[1]), _to_int(view_box[2])) if view_box else (0, 0)
    return (width, height) if 0 < max(width, height) <= MAX_ICON_SIDE and min(width, height) > 0 else None


def _to_int(number: bytes) -> int:
    try:
        return round(float(number))
    except (ValueError, OverflowError):
        return 0
