"""The colours a picture is made of."""

from __future__ import annotations

from collections import Counter

from PIL import Image

MOST_COLOURS = 5
SMALLEST_SHARE = 0.03
GRID = 64
SHADES = 12


def dominant_colours(image: Image.Image) -> tuple[str, ...]:
    """Up to five colours as `#rrggbb`, the most frequent first, each on at least 3 % of the picture."""
    small = image.convert("RGB").resize((GRID, GRID), Image.Resampling.BOX, reducing_gap=2.0)
    reduced = small.quantize(SHADES, Image.Quantize.MEDIANCUT).convert("RGB")
    pixels = reduced.tobytes()
    shares = Counter(f"#{pixels[at : at + 3].hex()}" for at in range(0, len(pixels), 3))
    enough = SMALLEST_SHARE * GRID * GRID
    return tuple(colour for colour, count in shares.most_common(MOST_COLOURS) if count >= enough)
