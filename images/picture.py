"""One picture, opened safely, and what is known about it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from PIL import Image

from images.colours import dominant_colours
from images.decoded import Decoded
from images.errors import UnreadablePicture, UnsupportedPicture
from images.fingerprint import fingerprint
from images.limits import DEFAULT_LIMITS, Limits, check_bytes
from images.raster import decode_raster
from images.sniff import describe_unsupported, sniff_format
from images.svg import decode_svg


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


def open_picture(source: bytes | Path, limits: Limits = DEFAULT_LIMITS) -> Image.Image:
    """The picture as a reader sees it: RGB, first frame, turned upright, transparency on white.

    Shrunk to `limits.working_side`; SVG is drawn `limits.svg_side` pixels long. Transparent pictures that
    white would swallow are laid on dark. Raises UnreadablePicture, PictureTooLarge or UnsupportedPicture.
    """
    data = _bytes_of(source, limits)
    return _decoded(data, _known_format(data), limits).image


def read_picture(source: bytes | Path, limits: Limits = DEFAULT_LIMITS) -> Picture:
    """`open_picture` and the facts with one decode. Raises the same errors."""
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


def _bytes_of(source: bytes | Path, limits: Limits) -> bytes:
    if isinstance(source, Path):
        source = _read(source, limits)
    check_bytes(len(source), limits)
    return source


def _read(path: Path, limits: Limits) -> bytes:
    try:
        check_bytes(path.stat().st_size, limits)
        with path.open("rb") as file:
            return file.read(limits.max_bytes + 1)  # the size on disk may be a lie, of a device for one
    except OSError as error:
        raise UnreadablePicture(f"cannot be read ({error.strerror}); check path and permissions") from error


def _known_format(data: bytes) -> str:
    format = sniff_format(data)
    if format is None:
        raise UnsupportedPicture(f"{describe_unsupported(data)}; save it as PNG, JPEG, WebP or SVG")
    return format


def _decoded(data: bytes, format: str, limits: Limits) -> Decoded:
    return decode_svg(data, limits) if format == "svg" else decode_raster(data, format, limits)
