"""The dominant colours of a picture."""

from __future__ import annotations

from collections import Counter

from PIL import Image

MAX_COLOURS = 5
MIN_SHARE = 0.03
GRID = 64
SHADES = 12


def dominant_colours(image: Image.Image) -> tuple[str, ...]:
    """Return up to five colours as `#rrggbb`, the most frequent first; each covers at least 3 % of the picture."""
    small = image.convert("RGB").resize((GRID, GRID), Image.Resampling.BOX, reducing_gap=2.0)
    reduced = small.quantize(SHADES, Image.Quantize.MEDIANCUT).convert("RGB")
    pixels = reduced.tobytes()
    counts = Counter(f"#{pixels[offset : offset + 3].hex()}" for offset in range(0, len(pixels), 3))
    min_count = MIN_SHARE * GRID * GRID
    return tuple(colour for colour, count in counts.most_common(MAX_COLOURS) if count >= min_count)
