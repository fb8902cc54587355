"""One picture, opened safely, and what is known about it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from images.colours import dominant_colours
from images.decoded import Decoded
from images.errors import UnreadablePictureError, UnsupportedPictureError, only_picture_errors
from images.fingerprint import fingerprint
from images.limits import DEFAULT_LIMITS, Limits, check_bytes
from images.raster import decode_open, decode_raster
from images.sniff import describe_unsupported, sniff_format
from images.sources import image_of, is_array
from images.svg import decode_svg

if TYPE_CHECKING:
    from images.sources import PictureSource


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What the catalog keeps of a picture. `sha256` of the bytes is its name."""

    sha256: str
    width: int  # pixels as shown, after the EXIF turn; for a vector, as drawn
    height: int
    format: str  # by its bytes: see sniff_format
    bytes: int
    frames: int  # 1: still; counted up to 1,000
    vector: bool
    fingerprint: str  # see fingerprint()
    colours: tuple[str, ...]  # see dominant_colours()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and its facts; `image` is RGB and at most `Limits.working_side` pixels long."""

    facts: PictureFacts
    image: Image.Image


def open_picture(source: PictureSource, limits: Limits = DEFAULT_LIMITS) -> Image.Image:
    """The picture as a reader sees it: RGB, first frame, turned upright, transparency on white.

    Shrunk to `limits.working_side`; SVG is drawn `limits.svg_side` pixels long. Transparent pictures that
    white would swallow are laid on dark. An open image, which stays as it is, and an array of pixels are treated
    like a file of them. Raises UnreadablePictureError, PictureTooLargeError or UnsupportedPictureError.
    """
    return decode_picture(source, limits).image


def decode_picture(source: PictureSource, limits: Limits = DEFAULT_LIMITS) -> Decoded:
    """`open_picture` and the true size. Raises the same errors."""
    if is_array(source):
        with only_picture_errors():
            source = image_of(source)
    if isinstance(source, Image.Image):
        return decode_open(source, limits)
    if not isinstance(source, str | PathLike | bytes | bytearray | memoryview):
        raise UnsupportedPictureError(
            f"a {type(source).__name__} is no picture; give a file, its bytes, an open Pillow image or an array"
        )
    data = _bytes_of(source, limits)
    return _decoded(data, _known_format(data), limits)


def read_picture(source: bytes | Path, limits: Limits = DEFAULT_LIMITS) -> Picture:
    """`open_picture` of a file or its bytes, and the facts, with one decode. Raises the same errors."""
    data = _bytes_of(source, limits)
    format = _known_format(data)
    decoded = _decoded(data, format, limits)
    facts = PictureFacts(
        sha256=sha256(data).hexdigest(),
        width=decoded.width,
        height=decoded.height,
        format=format,
        bytes=len(data),
        frames=decoded.frames,
        vector=format == "svg",
        fingerprint=fingerprint(decoded.image),
        colours=dominant_colours(decoded.image),
    )
    return Picture(facts, decoded.image)


def _bytes_of(source: str | PathLike[str] | bytes | bytearray | memoryview, limits: Limits) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        check_bytes(memoryview(source).nbytes, limits)
        return bytes(source)
    data = _read(Path(source), limits)
    check_bytes(len(data), limits)
    return data


def _read(path: Path, limits: Limits) -> bytes:
    try:
        check_bytes(path.stat().st_size, limits)
        with path.open("rb") as file:
            return file.read(limits.max_bytes + 1)  # the size on disk may be a lie, of a device for one
    except OSError as error:
        raise UnreadablePictureError(
            f"cannot be read ({error.strerror}); check path and permissions"
        ) from error
    except ValueError as error:
        raise UnreadablePictureError(f"cannot be read ({error}); check the path") from error


def _known_format(data: bytes) -> str:
    format = sniff_format(data)
    if format is None:
        raise UnsupportedPictureError(f"{describe_unsupported(data)}; save it as PNG, JPEG, WebP or SVG")
    return format


def _decoded(data: bytes, format: str, limits: Limits) -> Decoded:
    return decode_svg(data, limits) if format == "svg" else decode_raster(data, format, limits)
