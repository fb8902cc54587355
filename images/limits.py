"""Limits for one picture."""

from __future__ import annotations

from dataclasses import dataclass

from images.errors import PictureTooLargeError, UnreadablePictureError

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits above which pictures are refused (`max_...`), and the size of decoded pictures (`..._side`, pixels).

    With the defaults, one picture takes less than about 1 GiB of memory, and scans of posters are accepted.
    """

    max_bytes: int = 64 * MIB
    max_pixels: int = 80_000_000  # a 10,000 x 8,000 scan
    max_side: int = 65_535  # the maximum of JPEG; longer pictures are attacks
    working_side: int = 4096  # decoded pictures are shrunk to this longer side; the facts have the true size
    svg_side: int = 1280  # longer side of a rendered SVG, which has no size in pixels
    svg_seconds: float = 10.0


DEFAULT_LIMITS = Limits()


def check_bytes(count: int, limits: Limits) -> None:
    """Raise PictureTooLargeError, or UnreadablePictureError for an empty file."""
    if count == 0:
        raise UnreadablePictureError("empty file; fetch or export it again")
    if count > limits.max_bytes:
        raise PictureTooLargeError(count, limits.max_bytes, "bytes", "save it smaller")


def check_size(width: int, height: int, limits: Limits) -> None:
    """Check the size in the header before decoding. Raises PictureTooLargeError or UnreadablePictureError."""
    if width < 1 or height < 1:
        raise UnreadablePictureError(f"has no pixels ({width} x {height}); fetch or export it again")
    if max(width, height) > limits.max_side:
        raise PictureTooLargeError(
            max(width, height), limits.max_side, "pixels on one side", "crop it or scale it down"
        )
    if width * height > limits.max_pixels:
        raise PictureTooLargeError(
            width * height,
            limits.max_pixels,
            f"pixels ({width} x {height})",
            "scale it down",
        )
