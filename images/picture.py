"""Safe decoding of one picture, and the facts about it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from images.colours import dominant_colours
from images.decoded import DecodedPicture
from images.errors import UnreadablePictureError, UnsupportedPictureError, translate_decoder_errors
from images.fingerprint import fingerprint
from images.limits import DEFAULT_LIMITS, Limits, check_bytes
from images.raster import decode_image, decode_raster
from images.sniff import describe_unsupported, sniff_format
from images.sources import image_from_array, is_array
from images.svg import decode_svg

if TYPE_CHECKING:
    from images.sources import PictureSource


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """The properties of a picture that the catalog stores. `sha256` of the bytes is its name."""

    sha256: str
    width: int  # pixels, after the rotation of EXIF; for a vector, as rendered
    height: int
    format: str  # detected from its bytes, see sniff_format
    bytes: int
    frames: int  # 1 for a still picture; counted up to 1,000
    vector: bool
    fingerprint: str  # see fingerprint()
    colours: tuple[str, ...]  # see dominant_colours()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and its facts; `image` is RGB, its longer side at most `Limits.working_side` pixels."""

    facts: PictureFacts
    image: Image.Image


def open_picture(source: PictureSource, limits: Limits = DEFAULT_LIMITS) -> Image.Image:
    """Decode a picture as readers see it: RGB, first frame, upright, transparency on white.

    The longer side is at most `limits.working_side` pixels; an SVG is rendered with `limits.svg_side` pixels.
    A transparent picture that would be invisible on white is put on a dark background. An open Pillow image, which
    is not changed, and an array of pixels are treated like files.

    Raises:
        UnreadablePictureError: The file is damaged or cannot be read.
        PictureTooLargeError: The picture exceeds one of the limits.
        UnsupportedPictureError: The format is not decoded here, or `source` is not a picture.
    """
    return decode_picture(source, limits).image


def decode_picture(source: PictureSource, limits: Limits = DEFAULT_LIMITS) -> DecodedPicture:
    """Decode a picture like `open_picture`, and return its true size as well. Raises the same errors."""
    if is_array(source):
        with translate_decoder_errors():
            source = image_from_array(source)
    if isinstance(source, Image.Image):
        return decode_image(source, limits)
    if not isinstance(source, str | PathLike | bytes | bytearray | memoryview):
        raise UnsupportedPictureError(
            f"a {type(source).__name__} is not a picture; give a file, its bytes, an open Pillow image or an array"
        )
    data = _read_source(source, limits)
    return _decode(data, _require_format(data), limits)


def read_picture(source: bytes | Path, limits: Limits = DEFAULT_LIMITS) -> Picture:
    """Decode a file or its bytes like `open_picture`, and collect the facts. Raises the same errors."""
    data = _read_source(source, limits)
    format = _require_format(data)
    decoded = _decode(data, format, limits)
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


def _read_source(source: str | PathLike[str] | bytes | bytearray | memoryview, limits: Limits) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        check_bytes(memoryview(source).nbytes, limits)
        return bytes(source)
    data = _read_file(Path(source), limits)
    check_bytes(len(data), limits)
    return data


def _read_file(path: Path, limits: Limits) -> bytes:
    try:
        check_bytes(path.stat().st_size, limits)
        with path.open("rb") as file:
            return file.read(limits.max_bytes + 1)  # the size on disk may be wrong, for example of a device
    except OSError as error:
        raise UnreadablePictureError(
            f"cannot be read ({error.strerror}); check the path and the permissions"
        ) from error
    except ValueError as error:
        raise UnreadablePictureError(f"cannot be read ({error}); check the path") from error


def _require_format(data: bytes) -> str:
    format = sniff_format(data)
    if format is None:
        raise UnsupportedPictureError(f"{describe_unsupported(data)}; save it as PNG, JPEG, WebP or SVG")
    return format


def _decode(data: bytes, format: str, limits: Limits) -> DecodedPicture:
    return decode_svg(data, limits) if format == "svg" else decode_raster(data, format, limits)
