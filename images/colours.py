"""The dominant colours of a picture, and the names of colours."""

from __future__ import annotations

from collections import Counter
from colorsys import rgb_to_hsv
from typing import Final

from PIL import Image

MAX_COLOURS = 5
MIN_SHARE = 0.03
GRID = 64
SHADES = 12

# Saturation and value (0..1) below which a colour has no hue that people name.
_PALE_SATURATION: Final = 0.16
_DARK_VALUE: Final = 0.18
_WHITE_VALUE: Final = 0.88
_BLACK_VALUE: Final = 0.25
# Hues in degrees: each name up to its end.
_HUES: Final = (
    (15, "red"),
    (45, "orange"),
    (68, "yellow"),
    (165, "green"),
    (255, "blue"),
    (295, "purple"),
    (340, "pink"),
    (360, "red"),
)


def dominant_colours(image: Image.Image) -> tuple[str, ...]:
    """Return up to five colours as `#rrggbb`, the most frequent first; each covers at least 3 % of the picture."""
    small = image.convert("RGB").resize((GRID, GRID), Image.Resampling.BOX, reducing_gap=2.0)
    reduced = small.quantize(SHADES, Image.Quantize.MEDIANCUT).convert("RGB")
    pixels = reduced.tobytes()
    counts = Counter(f"#{pixels[offset : offset + 3].hex()}" for offset in range(0, len(pixels), 3))
    min_count = MIN_SHARE * GRID * GRID
    return tuple(colour for colour, count in counts.most_common(MAX_COLOURS) if count >= min_count)


def colour_name(colour: str) -> str:
    """Return the name of a colour (`#rrggbb`): one of the eleven basic terms of English (Berlin and Kay 1969)."""
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    hue, saturation, value = rgb_to_hsv(red, green, blue)
    if saturation < _PALE_SATURATION or value < _DARK_VALUE:
        return "black" if value < _BLACK_VALUE else "white" if value > _WHITE_VALUE else "grey"
    name = next(name for end, name in _HUES if hue * 360 <= end)
    if name == "orange" and (value < 0.7 or saturation < 0.45):
        return "brown"
    if name == "red" and value > 0.8 and saturation < 0.5:
        return "pink"
    return name
