"""Near-duplicates: the same figure saved smaller or converted has nearly the same fingerprint."""

from __future__ import annotations

from PIL import Image

FINGERPRINT_BITS = 256
NEAR_DUPLICATE_BITS = 16

SIDE = 16  # lowest frequencies each way; the usual 8 calls half the line drawings of one paper the same
OVERSAMPLING = 4
FLAT = 8  # grey levels; below, only noise is left to hash


def fingerprint(image: Image.Image) -> str:
    """PHash of 256 bits in 64 hex digits, or "" for a picture of one tone, which resembles nothing.

    Two pictures at most NEAR_DUPLICATE_BITS apart are the same figure, saved smaller or recompressed.
    Source: ImageHash's `phash` (signs of the lowest DCT frequencies of the grey picture).
    """
    grid = (SIDE * OVERSAMPLING, SIDE * OVERSAMPLING)
    grey = image.convert("L").resize(grid, Image.Resampling.LANCZOS, reducing_gap=3.0)
    levels = [level for level, count in enumerate(grey.histogram()) if count]
    if levels[-1] - levels[0] < FLAT:
        return ""
    import imagehash  # here: it brings in scipy and PyWavelets

    return str(imagehash.phash(grey, hash_size=SIDE, highfreq_factor=OVERSAMPLING))


def fingerprint_distance(one: str, other: str) -> int:
    """Bits that differ, 0 to 256; 256 where a picture has no fingerprint. Raises ValueError on other text."""
    if not one or not other:
        return FINGERPRINT_BITS
    if len(one) != len(other):
        raise ValueError(f"fingerprints of two kinds: {len(one)} and {len(other)} hex digits")
    return (int(one, 16) ^ int(other, 16)).bit_count()


def turned_fingerprints(fingerprint: str) -> tuple[str, ...]:
    """The fingerprints that the picture has turned by quarters and mirrored: 8, the first as it is; () of "".

    To mirror a picture turns the sign of every second frequency; to transpose it transposes them. A few bits near
    the median come out otherwise than those of the picture itself.
    """
    if not fingerprint:
        return ()
    import numpy as np

    bits = np.unpackbits(np.frombuffer(bytes.fromhex(fingerprint), np.uint8)).reshape(SIDE, SIDE)
    odd = np.arange(SIDE, dtype=np.uint8) % 2
    return tuple(
        np.packbits(way ^ (across * odd) ^ (down * odd[:, None])).tobytes().hex()
        for way in (bits, bits.T)
        for across in (0, 1)
        for down in (0, 1)
    )
