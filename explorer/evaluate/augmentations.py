"""A picture as somebody may have it: a part of it, smaller, turned a little, or in a frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

import images
from explorer.errors import QueryError

JPEG_QUALITY = 85

Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to a picture: an operation and its parameters, in px of the picture and degrees.

    crop: box; resize: scale; rotate: degrees, expand, fill; border: border_px (left, top, right, bottom), fill,
    titlebar_px, titlebar_fill. Of each, save ("PNG" or "JPEG") and quality. `size` is that of the picture that was
    changed, where the library may have kept a larger one: what a thumbnail links to.
    """

    operation: str
    parameters: Parameters
    size: tuple[int, int] | None = None


def changed(file: Path, change: Change) -> bytes:
    """The changed picture as a file; QueryError when it cannot be opened or changed so."""
    try:
        picture = OPERATIONS[change.operation](_in_true_size(file, change.size), change.parameters)
        return _saved(picture, change.parameters)
    except images.PictureError as error:
        raise QueryError(f"{file}: {error}") from error
    except (KeyError, TypeError, ValueError, AttributeError, MemoryError) as error:
        raise QueryError(
            f"{change.operation} does not take these parameters: {dict(change.parameters)}"
        ) from error


def _in_true_size(file: Path, size: tuple[int, int] | None) -> Image.Image:
    """The picture on white, in `size`, else in the one it has: boxes are measured in it, however it was opened."""
    picture = images.read_picture(file)
    size = size or (picture.facts.width, picture.facts.height)
    return picture.image if picture.image.size == size else picture.image.resize(size)


def _crop(picture: Image.Image, how: Parameters) -> Image.Image:
    left, top, right, bottom = how["box"]
    return picture.crop((left, top, right, bottom))


def _resize(picture: Image.Image, how: Parameters) -> Image.Image:
    width, height = (max(1, int(side * how["scale"])) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BILINEAR)


def _rotate(picture: Image.Image, how: Parameters) -> Image.Image:
    return picture.rotate(
        how["degrees"],
        resample=Image.Resampling.BICUBIC,
        expand=how.get("expand", False),
        fillcolor=how.get("fill", "white"),
    )


def _border(picture: Image.Image, how: Parameters) -> Image.Image:
    left, top, right, bottom = how["border_px"]
    bar = how.get("titlebar_px", 0)
    size = picture.width + left + right, picture.height + top + bottom + bar
    page = Image.new("RGB", size, how.get("fill", "white"))
    if bar:
        page.paste(how["titlebar_fill"], (0, 0, page.width, bar))
    page.paste(picture, (left, top + bar))
    return page


def _saved(picture: Image.Image, how: Parameters) -> bytes:
    file = BytesIO()
    if how.get("save") == "JPEG":
        picture.save(file, "JPEG", quality=how.get("quality", JPEG_QUALITY))
    else:
        picture.save(file, "PNG")
    return file.getvalue()


OPERATIONS: Mapping[str, Callable[[Image.Image, Parameters], Image.Image]] = {
    "crop": _crop,
    "resize": _resize,
    "rotate": _rotate,
    "border": _border,
}
