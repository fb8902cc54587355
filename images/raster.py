"""Pictures made of pixels: Pillow, behind an allow-list and limits."""

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

from images.decoded import Decoded
from images.errors import only_picture_errors
from images.frames import count_frames
from images.jpeg import check_scans
from images.limits import Limits, check_size
from images.pixels import SWAPS_SIDES, as_seen, orientation_of, turned

# The classes and not Image.open: no other decoder (EPS runs Ghostscript) can be reached, and the pixel limit
# is ours alone, with none of Image.open's process-wide MAX_IMAGE_PIXELS and warnings.
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


def decode_raster(data: bytes, format: str, limits: Limits) -> Decoded:
    """First frame, turned, RGB. Raises PictureError and nothing else."""
    with only_picture_errors():
        image = DECODERS[format](BytesIO(data))
        check_size(*image.size, limits)
        true_size = image.size
        frames = count_frames(image, format, data)
        _load(image, data, limits)
        return _upright(image, true_size, frames, limits)


def decode_open(image: Image.Image, limits: Limits) -> Decoded:
    """An image that is open already, in the frame that it shows. Raises PictureError and nothing else."""
    with only_picture_errors():
        check_size(*image.size, limits)
        image.load()
        return _upright(image, image.size, 1, limits)


def _upright(image: Image.Image, true_size: tuple[int, int], frames: int, limits: Limits) -> Decoded:
    # Read after loading: PNG may keep it behind the pixels, and TIFF has turned itself by then.
    orientation = orientation_of(image)
    seen = turned(as_seen(image, limits.working_side), orientation)
    width, height = reversed(true_size) if orientation in SWAPS_SIDES else true_size
    return Decoded(seen, width, height, frames)


def _load(image: ImageFile.ImageFile, data: bytes, limits: Limits) -> None:
    if isinstance(image, JpegImageFile):
        check_scans(data, image.width * image.height)
        _decode_smaller(image, limits.working_side)
    image.load()


def _decode_smaller(image: Image.Image, longest_side: int) -> None:
    """Lets libjpeg decode at 1/2, 1/4 or 1/8, still no smaller than the working size."""
    width, height = image.size
    scale = longest_side / max(width, height)
    if scale < 1:
        image.draft(None, (max(1, round(width * scale)), max(1, round(height * scale))))
