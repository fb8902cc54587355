"""What a picture is opened from: a file, its bytes, an open Pillow image, or an array of pixels."""

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
    """Whether a source holds pixels as NumPy, PyTorch and their kin do."""
    return hasattr(source, "__array__") and not isinstance(source, Image.Image)


def image_of(array: object) -> Image.Image:
    """Return the image of an array: height x width, or height x width x 1, 3 (RGB) or 4 (RGBA).

    Integers reach from 0 to the largest of their type, floats from 0 to 1, as in matplotlib's `imshow`. Gray values
    beyond are stretched from the darkest to the lightest. Raises UnsupportedPictureError for any other array.
    """
    import numpy as np  # here, because arrays are rare and NumPy is not free to import

    pixels = np.asarray(array)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.ndim not in {2, 3} or (pixels.ndim == 3 and pixels.shape[2] not in CHANNELS):
        raise UnsupportedPictureError(
            f"an array of shape {pixels.shape} is no picture; give height x width, or height x width x 3 or 4"
        )
    if pixels.dtype.kind not in "buif":
        raise UnsupportedPictureError(
            f"an array of {pixels.dtype} is no picture; give integers, or floats from 0 to 1"
        )
    return Image.fromarray(_eight_bit(pixels) if _has_a_known_white(pixels) else pixels.astype(np.float32))


def _has_a_known_white(pixels: NDArray[Any]) -> bool:
    """Whether the lightest value follows from the type; UnsupportedPictureError for colours that reach beyond it."""
    import numpy as np

    if pixels.dtype.kind in "bu":
        return True
    lightest = 1.0 if pixels.dtype.kind == "f" else float(np.iinfo(np.uint8).max)
    if not pixels.size or (np.nanmin(pixels) >= 0 and np.nanmax(pixels) <= lightest):
        return True
    if pixels.ndim == 3:
        raise UnsupportedPictureError(
            f"an array of colours in {pixels.dtype} reaches from 0 to {lightest:g}; convert it to uint8"
        )
    return False


def _eight_bit(pixels: NDArray[Any]) -> NDArray[np.uint8]:
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
