"""From every kind of pixel to what a reader of the archive sees: 8-bit RGB on paper."""

from __future__ import annotations

from PIL import Image

LIGHTEST_INK = 240
WHITE, DARK = (255, 255, 255, 255), (32, 32, 32, 255)

WIDE_MODES = frozenset({"I;16", "I;16L", "I;16B", "I;16N", "I", "F"})
WHITE_16_BIT = 65_535

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SWAPS_SIDES = frozenset({5, 6, 7, 8})


def as_seen(image: Image.Image, longest_side: int) -> Image.Image:
    """RGB, its longer side at most `longest_side` pixels, transparency laid on a ground."""
    seen = shrunk(eight_bit(image), longest_side)
    return on_ground(seen) if seen.mode == "RGBA" else seen


def eight_bit(image: Image.Image) -> Image.Image:
    """RGB, or RGBA where there is transparency; always a new picture."""
    if image.mode in WIDE_MODES:
        return _scaled_to_8_bit(image).convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def shrunk(image: Image.Image, longest_side: int) -> Image.Image:
    """Same shape, longer side at most `longest_side` pixels and no side under 1; never enlarged."""
    if max(image.size) <= longest_side:
        return image
    smaller = image.copy()
    # LANCZOS weighs every pixel, so a one-pixel line fades and does not vanish. The gap lets Pillow box
    # large pictures down first: three times faster, and the eye sees no difference at this ratio.
    smaller.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return smaller


def on_ground(image: Image.Image) -> Image.Image:
    """RGBA -> RGB on white, or on dark where white would leave nothing to see.

    Most figures are dark lines on a transparent ground; the white ones were drawn for dark pages.
    """
    white = _laid_on(image, WHITE)
    _, most_opaque = _extrema(image.getchannel("A"))
    darkest, _ = _extrema(white.convert("L"))
    vanishes = most_opaque > 0 and darkest >= LIGHTEST_INK
    return _laid_on(image, DARK) if vanishes else white


def orientation_of(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where there is none or it cannot be read."""
    try:
        value = image.getexif().get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001  broken EXIF costs the turn, never the picture
        return 1
    return value if value in TURNS else 1


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """The picture as its camera was held."""
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image


def _laid_on(image: Image.Image, ground: tuple[int, int, int, int]) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", image.size, ground), image).convert("RGB")


def _extrema(channel: Image.Image) -> tuple[float, float]:
    low, high = channel.getextrema()
    assert isinstance(low, int | float) and isinstance(high, int | float)  # one channel, one pair
    return low, high


def _scaled_to_8_bit(image: Image.Image) -> Image.Image:
    """Scaled, not clipped: Pillow's own conversion of these modes turns most of them plain white."""
    import numpy as np  # here, because wide pixels are rare and numpy is not free to import

    values = np.nan_to_num(np.asarray(image).astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if image.mode != "F" and low >= 0 and high <= WHITE_16_BIT:
        low, high = 0.0, float(WHITE_16_BIT)
    # 32-bit integers and floats have no white of their own: their darkest and lightest pixel stand in.
    scaled = (values - low) * (255.0 / max(high - low, 1e-12))
    return Image.fromarray(np.rint(scaled).clip(0, 255).astype(np.uint8))
