"""The number of frames of an animation, counted without decoding it."""

from __future__ import annotations

from PIL import ImageFile

MAX_FRAMES = 1000
FORMATS_WITH_FRAME_COUNT = frozenset({"png", "webp", "avif"})

IMAGE_BLOCK, EXTENSION_BLOCK = 0x2C, 0x21


def count_frames(image: ImageFile.ImageFile, format: str, data: bytes) -> int:
    """Return the number of frames, at most MAX_FRAMES. Pages of a TIFF do not count."""
    if format == "gif":
        return count_gif_frames(data)
    if format in FORMATS_WITH_FRAME_COUNT:
        return min(int(getattr(image, "n_frames", 1)), MAX_FRAMES)
    return 1


def count_gif_frames(data: bytes) -> int:
    """Count the image blocks of a GIF, because Pillow's `n_frames` parses every frame, even a million.

    Source: GIF89a specification, sections 17 to 26. In a truncated file, the frames that are there count.
    """
    frames, offset = 0, 13 + _colour_table_size(data, 10)
    while offset < len(data) and frames < MAX_FRAMES:
        if data[offset] == IMAGE_BLOCK:
            frames += 1
            offset += 11 + _colour_table_size(data, offset + 9)
        elif data[offset] == EXTENSION_BLOCK:
            offset += 2
        else:
            break
        offset = _skip_blocks(data, offset)
    return max(frames, 1)


def _colour_table_size(data: bytes, flags_offset: int) -> int:
    flags = data[flags_offset] if flags_offset < len(data) else 0
    return 3 << ((flags & 0x07) + 1) if flags & 0x80 else 0


def _skip_blocks(data: bytes, offset: int) -> int:
    while offset < len(data) and data[offset]:
        offset += data[offset] + 1
    return offset + 1
