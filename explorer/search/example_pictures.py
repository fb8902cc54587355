"""Open the example picture of a query, or a part of it."""

from __future__ import annotations

from math import ceil, floor
from os import PathLike
from typing import TYPE_CHECKING, Literal

import images
from explorer.errors import QueryError
from explorer.search.hits import Region

if TYPE_CHECKING:
    from PIL.Image import Image

    from images.sources import PictureSource

Box = tuple[float, float, float, float]


def example_picture(picture: PictureSource | None, box: Box | None) -> Image | None:
    """Open the example picture of a query; None if there is none. Raise QueryError for a box without a picture."""
    if picture is not None:
        return opened_picture(picture, box)
    if box is not None:
        raise QueryError("A box is a part of a picture. Give the picture as well: --image FILE")
    return None


def opened_picture(picture: PictureSource, box: Box | None = None) -> Image:
    """Open a picture, or the part of it in `box` (left, top, right, bottom, px).

    Raises:
        QueryError: The picture cannot be opened, or the box is not inside it.
    """
    try:
        decoded = images.decode_picture(picture)
    except images.PictureError as error:
        name = f"{picture}" if isinstance(picture, str | PathLike) else "The picture"
        raise QueryError(f"{name}: {error}") from error
    return (
        part_of_image(decoded.image, (decoded.width, decoded.height), box)
        if box is not None
        else decoded.image
    )


def part_of_image(image: Image, size: tuple[int, int], box: Box) -> Image:
    """Return the part in `box` of a picture. Its true `size` (px) may be larger than that of the decoded image."""
    try:
        left, top, right, bottom = map(float, box)
    except (TypeError, ValueError) as error:
        raise QueryError(f"{box!r} is not a box. Give four numbers: left, top, right, bottom.") from error
    if not (0 <= left < right <= size[0] and 0 <= top < bottom <= size[1]):
        raise QueryError(
            f"The box {left:g},{top:g},{right:g},{bottom:g} is not inside the picture of {size[0]} x {size[1]} px."
        )
    across, down = image.width / size[0], image.height / size[1]
    # Rounded outwards: a box within one pixel contains that pixel.
    corners = floor(left * across), floor(top * down), ceil(right * across), ceil(bottom * down)
    return image.crop((*corners[:2], min(corners[2], image.width), min(corners[3], image.height)))


def preview_picture(picture: PictureSource, size: Literal["small", "large"] = "small") -> bytes:
    """Return a WebP of an example picture. Raise QueryError if it cannot be opened."""
    return images.thumbnail(opened_picture(picture), size)


def crop_picture(picture: PictureSource, part: Region) -> Image:
    """Return the part of a picture between these fractions. Raise QueryError if it cannot be opened."""
    opened = opened_picture(picture)
    across, down = opened.size
    left, top, right, bottom = part
    return part_of_image(opened, opened.size, (left * across, top * down, right * across, bottom * down))
