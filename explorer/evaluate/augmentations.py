"""Augmentations of query pictures: cropped, resized, slightly rotated, or with a border."""

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
class Augmentation:
    """An operation on a picture and its parameters, in pixels of the picture and degrees.

    crop: box; resize: scale; rotate: degrees, expand, fill; border: border_px (left, top, right, bottom), fill,
    titlebar_px, titlebar_fill. All of them: save ("PNG" or "JPEG") and quality. `size` is the size of the picture for
    which the parameters are written: the library may have stored a larger one, to which a thumbnail links.
    """

    operation: str
    parameters: Parameters
    size: tuple[int, int] | None = None


def augment(file: Path, augmentation: Augmentation) -> bytes:
    """Return the augmented picture as the bytes of a file. Raises QueryError if it cannot be opened or augmented."""
    try:
        picture = OPERATIONS[augmentation.operation](
            _open_in_size(file, augmentation.size), augmentation.parameters
        )
        return _encode_file(picture, augmentation.parameters)
    except images.PictureError as error:
        raise QueryError(f"{file}: {error}") from error
    except (KeyError, TypeError, ValueError, AttributeError, MemoryError) as error:
        raise QueryError(
            f"{augmentation.operation} does not accept these parameters: {dict(augmentation.parameters)}"
        ) from error


def _open_in_size(file: Path, size: tuple[int, int] | None) -> Image.Image:
    """Open a picture on white in `size`, or else in its own size, in which boxes are measured."""
    picture = images.read_picture(file)
    size = size or (picture.facts.width, picture.facts.height)
    return picture.image if picture.image.size == size else picture.image.resize(size)


def _crop(picture: Image.Image, parameters: Parameters) -> Image.Image:
    left, top, right, bottom = parameters["box"]
    return picture.crop((left, top, right, bottom))


def _resize(picture: Image.Image, parameters: Parameters) -> Image.Image:
    width, height = (max(1, int(side * parameters["scale"])) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BILINEAR)


def _rotate(picture: Image.Image, parameters: Parameters) -> Image.Image:
    return picture.rotate(
        parameters["degrees"],
        resample=Image.Resampling.BICUBIC,
        expand=parameters.get("expand", False),
        fillcolor=parameters.get("fill", "white"),
    )


def _border(picture: Image.Image, parameters: Parameters) -> Image.Image:
    left, top, right, bottom = parameters["border_px"]
    bar = parameters.get("titlebar_px", 0)
    size = picture.width + left + right, picture.height + top + bottom + bar
    page = Image.new("RGB", size, parameters.get("fill", "white"))
    if bar:
        page.paste(parameters["titlebar_fill"], (0, 0, page.width, bar))
    page.paste(picture, (left, top + bar))
    return page


def _encode_file(picture: Image.Image, parameters: Parameters) -> bytes:
    file = BytesIO()
    if parameters.get("save") == "JPEG":
        picture.save(file, "JPEG", quality=parameters.get("quality", JPEG_QUALITY))
    else:
        picture.save(file, "PNG")
    return file.getvalue()


OPERATIONS: Mapping[str, Callable[[Image.Image, Parameters], Image.Image]] = {
    "crop": _crop,
    "resize": _resize,
    "rotate": _rotate,
    "border": _border,
}
