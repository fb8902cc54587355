"""How many frames an animation has, without decoding it."""

from __future__ import annotations

from PIL import ImageFile

MOST_FRAMES = 1000
COUNTED_IN_HEADER = frozenset({"png", "webp", "avif"})

IMAGE, EXTENSION = 0x2C, 0x21


def count_frames(image: ImageFile.ImageFile, format: str, data: bytes) -> int:
    """1 for a still picture; MOST_FRAMES means that many or more. Pages of a TIFF are not frames."""
    if format == "gif":
        return gif_frames(data)
    if format in COUNTED_IN_HEADER:
        return min(int(getattr(image, "n_frames", 1)), MOST_FRAMES)
    return 1


def gif_frames(data: bytes) -> int:
    """Walks the blocks of a GIF, because Pillow's `n_frames` parses all of a million frames.

    Source: GIF89a specification, sections 17 to 26. A file cut short counts as far as it goes.
    """
    frames, at = 0, 13 + _colour_table(data, 10)
    while at < len(data) and frames < MOST_FRAMES:
        if data[at] == IMAGE:
            frames += 1
            at += 11 + _colour_table(data, at + 9)
        elif data[at] == EXTENSION:
            at += 2
        else:
            break
        at = _after_blocks(data, at)
    return max(frames, 1)


def _colour_table(data: bytes, flags_at: int) -> int:
    flags = data[flags_at] if flags_at < len(data) else 0
    return 3 << ((flags & 0x07) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1
