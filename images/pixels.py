"""Conversion of every pixel format to what readers of the archive see: 8-bit RGB on paper."""

from __future__ import annotations

from PIL import Image

LIGHTEST_INK = 240
WHITE, DARK = (255, 255, 255, 255), (32, 32, 32, 255)

WIDE_MODES = frozenset({"I;16", "I;16L", "I;16B", "I;16N", "I", "F"})
WHITE_16_BIT = 65_535

ORIENTATION = 0x0112
TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDE_SWAPPING_ORIENTATIONS = frozenset({5, 6, 7, 8})


def to_display_rgb(image: Image.Image, longest_side: int) -> Image.Image:
    """Return an RGB picture without transparency whose longer side is at most `longest_side` pixels."""
    small = shrink(to_eight_bit(image), longest_side)
    return flatten_transparency(small) if small.mode == "RGBA" else small


def to_eight_bit(image: Image.Image) -> Image.Image:
    """Return a new picture: RGBA if the picture has transparency, otherwise RGB."""
    if image.mode in WIDE_MODES:
        return _scale_to_8_bit(image).convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def shrink(image: Image.Image, longest_side: int) -> Image.Image:
    """Scale the picture down until its longer side has at most `longest_side` pixels; never enlarge it."""
    if max(image.size) <= longest_side:
        return image
    smaller = image.copy()
    # LANCZOS weighs every pixel, so a one-pixel line fades and does not vanish. The gap lets Pillow reduce large
    # pictures with a box filter first: three times faster, and no difference is visible at this ratio.
    smaller.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return smaller


def flatten_transparency(image: Image.Image) -> Image.Image:
    """Convert RGBA to RGB on white, or on a dark background if the picture would be invisible on white.

    Most figures are dark lines on a transparent background; white lines were drawn for dark pages.
    """
    white = _composite(image, WHITE)
    _, most_opaque = _extrema(image.getchannel("A"))
    darkest, _ = _extrema(white.convert("L"))
    is_invisible = most_opaque > 0 and darkest >= LIGHTEST_INK
    return _composite(image, DARK) if is_invisible else white


def orientation_of(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 to 8; 1 if it is missing or unreadable."""
    try:
        value = image.getexif().get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001  broken EXIF must not make the picture unreadable
        return 1
    return value if value in TRANSPOSITIONS else 1


def apply_orientation(image: Image.Image, orientation: int) -> Image.Image:
    """Rotate and mirror the picture as its EXIF orientation requires."""
    return image.transpose(TRANSPOSITIONS[orientation]) if orientation in TRANSPOSITIONS else image


def _composite(image: Image.Image, background: tuple[int, int, int, int]) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", image.size, background), image).convert("RGB")


def _extrema(channel: Image.Image) -> tuple[float, float]:
    low, high = channel.getextrema()
    assert isinstance(low, int | float) and isinstance(
        high, int | float
    )  # a single channel has a single pair
    return low, high


def _scale_to_8_bit(image: Image.Image) -> Image.Image:
    """Scale the values to 8 bit. Pillow clips them, which turns most pictures of these modes plain white."""
    import numpy as np  # here, because wide pixels are rare and the import of NumPy is slow

    values = np.nan_to_num(np.asarray(image).astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if image.mode != "F" and low >= 0 and high <= WHITE_16_BIT:
        low, high = 0.0, float(WHITE_16_BIT)
    # 32-bit integers and floats have no defined white: scale from their darkest to their lightest pixel.
    scaled = (values - low) * (255.0 / max(high - low, 1e-12))
    return Image.fromarray(np.rint(scaled).clip(0, 255).astype(np.uint8))
