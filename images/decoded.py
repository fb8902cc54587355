"""The result of every decoder."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image


@dataclass(frozen=True, slots=True)
class DecodedPicture:
    """A decoded picture and its true size."""

    image: Image.Image
    """RGB, at most as large as the working size."""
    width: int
    """True width in pixels, after the rotation of EXIF."""
    height: int
    frames: int = 1
