"""Errors about one picture.

PictureError
├── UnreadablePictureError    damaged, truncated, or not of the format of its first bytes
├── PictureTooLargeError      above a limit; contains the actual value and the limit
├── UnsupportedPictureError   a format that this package does not decode
└── ReaderMissingError        the OCR engine is not installed; the picture is fine

This package knows no file names, so callers add the name to the message: `f"{name}: {error}"`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

MAX_CAUSE_CHARS = 160


class PictureError(Exception):
    """Base class: `reason` states what happened and what to do, to be shown after `NAME: `."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnreadablePictureError(PictureError):
    """The bytes are damaged, truncated, or not of the format that they claim to be."""


class UnsupportedPictureError(PictureError):
    """The bytes are of a format that this package does not decode."""


class ReaderMissingError(PictureError):
    """The OCR engine is not installed on this machine."""


class PictureTooLargeError(PictureError):
    """A value exceeds a limit: `actual` and `limit` are counted in `unit`; `way_out` states what to do."""

    def __init__(self, actual: int, limit: int, unit: str, way_out: str) -> None:
        super().__init__(f"too large: {actual:,} {unit}, the limit is {limit:,}; {way_out}")
        self.actual, self.limit, self.unit, self.way_out = actual, limit, unit, way_out

    def __reduce__(self) -> tuple[type[PictureTooLargeError], tuple[int, int, str, str]]:
        # Pickle calls the constructor with these arguments, not with the message.
        return type(self), (self.actual, self.limit, self.unit, self.way_out)


@contextmanager
def translate_decoder_errors() -> Iterator[None]:
    """Convert every exception of a decoder to a PictureError.

    For hostile bytes, Pillow alone raises OSError, SyntaxError, ValueError, KeyError, IndexError, EOFError,
    struct.error, zlib.error and more, and the list grows with every release.
    """
    try:
        yield
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadablePictureError(
            f"contains a far larger picture than it seems ({describe_cause(error)}); it was not opened"
        ) from error
    except MemoryError as error:
        raise UnreadablePictureError(
            "needs more memory than is available; save it smaller and try again"
        ) from error
    except Exception as error:
        raise UnreadablePictureError(
            f"damaged or incomplete ({describe_cause(error)}); fetch or export it again"
        ) from error


def describe_cause(error: Exception) -> str:
    """Return the message of a foreign error as one short printable line: it may quote hostile bytes."""
    printable = "".join(letter if letter.isprintable() else " " for letter in str(error))
    return " ".join(printable.split())[:MAX_CAUSE_CHARS] or type(error).__name__
