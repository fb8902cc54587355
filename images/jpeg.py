"""What a JPEG says before it is decoded."""

from __future__ import annotations

import re

from images.errors import PictureTooLargeError

MOST_SCANNED_PIXELS = 2_000_000_000  # about 3 s of decoding on one core

MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")  # not stuffing, not a restart
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9


def check_scans(data: bytes, pixels: int) -> None:
    """Raises PictureTooLargeError: 100 bytes of progressive JPEG are one more pass over all its pixels.

    80 megapixels take 0.1 s a pass, so a megabyte could keep a core busy for a quarter of an hour.
    """
    scans = count_scans(data)
    if scans > 1 and scans * pixels > MOST_SCANNED_PIXELS:
        raise PictureTooLargeError(
            scans,
            max(1, MOST_SCANNED_PIXELS // pixels),
            "JPEG scans over so many pixels",
            "save it again as an ordinary JPEG",
        )


def count_scans(data: bytes) -> int:
    """Scans of the first picture in the file; look-alikes in EXIF, ICC or after the end do not count."""
    scans, at = 0, 2
    while marker := MARKER.search(data, at):
        kind = marker[1][0]
        if kind == END_OF_IMAGE:
            break
        scans += kind == START_OF_SCAN
        at = marker.end() + max(2, int.from_bytes(data[marker.end() : marker.end() + 2]))
    return scans
