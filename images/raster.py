"""Decoding of raster pictures: Pillow, behind an allow-list and limits."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.PpmImagePlugin import PpmImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from images.decoded import DecodedPicture
from images.errors import translate_decoder_errors
from images.frames import count_frames
from images.jpeg import check_scans
from images.limits import Limits, check_size
from images.pixels import SIDE_SWAPPING_ORIENTATIONS, apply_orientation, orientation_of, to_display_rgb

# The classes are used instead of Image.open: no other decoder can be reached (EPS runs Ghostscript), and the pixel
# limit is ours alone, without the process-wide MAX_IMAGE_PIXELS and the warnings of Image.open.
DECODERS: dict[str, Callable[[BytesIO], ImageFile.ImageFile]] = {
    "avif": AvifImageFile,
    "bmp": BmpImageFile,
    "gif": GifImageFile,
    "jpeg": JpegImageFile,
    "jpeg2000": Jpeg2KImageFile,
    "png": PngImageFile,
    "ppm": PpmImageFile,
    "tiff": TiffImageFile,
    "webp": WebPImageFile,
}


def decode_raster(data: bytes, format: str, limits: Limits) -> DecodedPicture:
    """Decode the first frame: upright, RGB. Raises only PictureError."""
    with translate_decoder_errors():
        image = DECODERS[format](BytesIO(data))
        check_size(*image.size, limits)
        true_size = image.size
        frames = count_frames(image, format, data)
        _load(image, data, limits)
        return _to_decoded_picture(image, true_size, frames, limits)


def decode_image(image: Image.Image, limits: Limits) -> DecodedPicture:
    """Decode the current frame of an open Pillow image. Raises only PictureError."""
    with translate_decoder_errors():
        check_size(*image.size, limits)
        image.load()
        return _to_decoded_picture(image, image.size, 1, limits)


def _to_decoded_picture(
    image: Image.Image, true_size: tuple[int, int], frames: int, limits: Limits
) -> DecodedPicture:
    # Read after loading: a PNG may have it after the pixels, and Pillow has already rotated a TIFF.
    orientation = orientation_of(image)
    upright = apply_orientation(to_display_rgb(image, limits.working_side), orientation)
    width, height = reversed(true_size) if orientation in SIDE_SWAPPING_ORIENTATIONS else true_size
    return DecodedPicture(upright, width, height, frames)


def _load(image: ImageFile.ImageFile, data: bytes, limits: Limits) -> None:
    if isinstance(image, JpegImageFile):
        check_scans(data, image.width * image.height)
        _decode_smaller(image, limits.working_side)
    image.load()


def _decode_smaller(image: Image.Image, longest_side: int) -> None:
    """Let libjpeg decode at 1/2, 1/4 or 1/8 of the size, but not below the working size."""
    width, height = image.size
    scale = longest_side / max(width, height)
    if scale < 1:
        image.draft(None, (max(1, round(width * scale)), max(1, round(height * scale))))
