"""Thumbnails for lists and pages."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Literal

from PIL import Image

from images.pixels import shrink

ThumbnailSize = Literal["small", "large"]
THUMBNAIL_SIZES: Mapping[ThumbnailSize, int] = MappingProxyType({"small": 320, "large": 1280})

QUALITY = 85


def thumbnail(image: Image.Image, size: ThumbnailSize) -> bytes:
    """Encode an RGB picture as WebP; its longer side has at most THUMBNAIL_SIZES[size] pixels."""
    file = BytesIO()
    # Method 2 takes 40 % of the time of the default for 2 % more bytes. Sharp YUV, because WebP halves the colour
    # resolution, and thin coloured lines on white would fade.
    shrink(image, THUMBNAIL_SIZES[size]).save(file, "WEBP", quality=QUALITY, method=2, use_sharp_yuv=True)
    return file.getvalue()


def thumbnails(image: Image.Image) -> dict[str, bytes]:
    """Return a thumbnail of an RGB picture for the name of each size."""
    return {size: thumbnail(image, size) for size in THUMBNAIL_SIZES}
