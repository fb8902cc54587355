"""What every decoder hands back."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image


@dataclass(frozen=True, slots=True)
class Decoded:
    """`image`: RGB, at most the working size. `width`, `height`: true size in pixels, as shown."""

    image: Image.Image
    width: int
    height: int
    frames: int = 1
