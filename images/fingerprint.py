"""Perceptual hashes: a picture that is saved smaller or converted has nearly the same fingerprint."""

from __future__ import annotations

from PIL import Image

FINGERPRINT_BITS = 256
NEAR_DUPLICATE_BITS = 16

SIDE = 16  # lowest frequencies each way; with the usual 8, half of the line drawings of one paper collide
OVERSAMPLING = 4
FLAT = 8  # grey levels; below this range, the hash would depend on noise


def fingerprint(image: Image.Image) -> str:
    """Return the pHash of 256 bits in 64 hex digits, or "" for a picture of one tone, which is similar to none.

    Two pictures whose fingerprints differ in at most NEAR_DUPLICATE_BITS are the same, resized or recompressed.
    Source: ImageHash's `phash` (signs of the lowest DCT frequencies of the grey picture).
    """
    grid = (SIDE * OVERSAMPLING, SIDE * OVERSAMPLING)
    grey = image.convert("L").resize(grid, Image.Resampling.LANCZOS, reducing_gap=3.0)
    levels = [level for level, count in enumerate(grey.histogram()) if count]
    if levels[-1] - levels[0] < FLAT:
        return ""
    import imagehash  # here: it imports scipy and PyWavelets

    return str(imagehash.phash(grey, hash_size=SIDE, highfreq_factor=OVERSAMPLING))


def fingerprint_distance(first: str, second: str) -> int:
    """Return the Hamming distance, 0 to 256; 256 if a fingerprint is empty. Raises ValueError for other text."""
    if not first or not second:
        return FINGERPRINT_BITS
    if len(first) != len(second):
        raise ValueError(f"fingerprints of two kinds: {len(first)} and {len(second)} hex digits")
    return (int(first, 16) ^ int(second, 16)).bit_count()


def turned_fingerprints(fingerprint: str) -> tuple[str, ...]:
    """Return the fingerprints of the 8 rotations and reflections of a picture, the unchanged one first; () for "".

    Mirroring a picture changes the sign of every second frequency, and transposing it transposes them. A few bits
    near the median differ from the fingerprint of the rotated picture itself.
    """
    if not fingerprint:
        return ()
    import numpy as np

    bits = np.unpackbits(np.frombuffer(bytes.fromhex(fingerprint), np.uint8)).reshape(SIDE, SIDE)
    odd = np.arange(SIDE, dtype=np.uint8) % 2
    return tuple(
        np.packbits(signs ^ (mirror_x * odd) ^ (mirror_y * odd[:, None])).tobytes().hex()
        for signs in (bits, bits.T)
        for mirror_x in (0, 1)
        for mirror_y in (0, 1)
    )
