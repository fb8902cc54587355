"""Sources of a picture: a file, its bytes, an open Pillow image, or an array of pixels."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any, TypeAlias

from PIL import Image

from images.errors import UnsupportedPictureError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    PictureSource: TypeAlias = (
        "str | PathLike[str] | bytes | bytearray | memoryview | Image.Image | NDArray[Any]"
    )

CHANNELS = (1, 3, 4)


def is_array(source: object) -> bool:
    """Return whether a source is an array of NumPy, PyTorch or a compatible library."""
    return hasattr(source, "__array__") and not isinstance(source, Image.Image)


def image_from_array(array: object) -> Image.Image:
    """Convert an array to an image: height x width, or height x width x 1, 3 (RGB) or 4 (RGBA).

    Integers range from 0 to the maximum of their type, floats from 0 to 1, as in matplotlib's `imshow`. Grey values
    outside this range are stretched from the darkest to the lightest. Raises UnsupportedPictureError for other arrays.
    """
    import numpy as np  # here, because arrays are rare and the import of NumPy is slow

    pixels = np.asarray(array)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.ndim not in {2, 3} or (pixels.ndim == 3 and pixels.shape[2] not in CHANNELS):
        raise UnsupportedPictureError(
            f"an array of shape {pixels.shape} is not a picture; give height x width, or height x width x 3 or 4"
        )
    if pixels.dtype.kind not in "buif":
        raise UnsupportedPictureError(
            f"an array of {pixels.dtype} is not a picture; give integers, or floats from 0 to 1"
        )
    return Image.fromarray(_to_eight_bit(pixels) if _has_known_white(pixels) else pixels.astype(np.float32))


def _has_known_white(pixels: NDArray[Any]) -> bool:
    """Return whether the type defines the lightest value. Raises UnsupportedPictureError for colours beyond it."""
    import numpy as np

    if pixels.dtype.kind in "bu":
        return True
    lightest = 1.0 if pixels.dtype.kind == "f" else float(np.iinfo(np.uint8).max)
    if not pixels.size or (np.nanmin(pixels) >= 0 and np.nanmax(pixels) <= lightest):
        return True
    if pixels.ndim == 3:
        raise UnsupportedPictureError(
            f"an array of colours in {pixels.dtype} must range from 0 to {lightest:g}; convert it to uint8"
        )
    return False


def _to_eight_bit(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    import numpy as np

    scaled = pixels
    match pixels.dtype.kind:
        case "b":
            scaled = np.multiply(pixels, 255, dtype=np.uint8)
        case "f":
            scaled = np.rint(np.nan_to_num(pixels) * 255)
        case "u":
            scaled = pixels // (np.iinfo(pixels.dtype).max // 255)
    return scaled.astype(np.uint8)
