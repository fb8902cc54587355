"""Checks of a JPEG before it is decoded."""

from __future__ import annotations

import re

from images.errors import PictureTooLargeError

MAX_SCANNED_PIXELS = 2_000_000_000  # about 3 s of decoding on one core

MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")  # neither byte stuffing nor a restart marker
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9


def check_scans(data: bytes, pixels: int) -> None:
    """Raise PictureTooLargeError for a progressive JPEG whose scans would take too long.

    100 bytes add one more pass over all pixels. A pass over 80 megapixels takes 0.1 s, so a megabyte could keep a
    core busy for a quarter of an hour.
    """
    scans = count_scans(data)
    if scans > 1 and scans * pixels > MAX_SCANNED_PIXELS:
        raise PictureTooLargeError(
            scans,
            max(1, MAX_SCANNED_PIXELS // pixels),
            "JPEG scans for its size",
            "save it again as an ordinary JPEG",
        )


def count_scans(data: bytes) -> int:
    """Count the scans of the first picture in the file. Markers in EXIF, ICC or after the end do not count."""
    scans, offset = 0, 2
    while marker := MARKER.search(data, offset):
        kind = marker[1][0]
        if kind == END_OF_IMAGE:
            break
        scans += kind == START_OF_SCAN
        offset = marker.end() + max(2, int.from_bytes(data[marker.end() : marker.end() + 2]))
    return scans
