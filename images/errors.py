"""Everything that can go wrong with one picture.

PictureError
├── UnreadablePictureError    damaged, cut short, or not what its first bytes say
├── PictureTooLargeError      over one of the limits; carries what was found and what is allowed
├── UnsupportedPictureError   a kind of file this package does not open
└── ReaderMissingError        nothing is wrong with the picture: what reads its text is not installed

A picture has no name here, so no message carries one: the caller writes `f"{name}: {error}"`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

LONGEST_CAUSE = 160


class PictureError(Exception):
    """Root of the family: `reason` says what happened and what to do, ready to stand after `NAME: `."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnreadablePictureError(PictureError):
    """The bytes are damaged, cut short, or not what they claim to be."""


class UnsupportedPictureError(PictureError):
    """The bytes are of a kind that is not opened here."""


class ReaderMissingError(PictureError):
    """The text of pictures cannot be read on this machine."""


class PictureTooLargeError(PictureError):
    """Over a limit: `found` and `limit` are counted in `unit`; `way_out` says what to do."""

    def __init__(self, found: int, limit: int, unit: str, way_out: str) -> None:
        super().__init__(f"too large: {found:,} {unit}, the limit is {limit:,}; {way_out}")
        self.found, self.limit, self.unit, self.way_out = found, limit, unit, way_out

    def __reduce__(self) -> tuple[type[PictureTooLargeError], tuple[int, int, str, str]]:
        # Exceptions travel between processes by their constructor's arguments, not by their message.
        return type(self), (self.found, self.limit, self.unit, self.way_out)


@contextmanager
def only_picture_errors() -> Iterator[None]:
    """The one border: whatever a decoder raises inside leaves as a PictureError.

    Pillow alone raises OSError, SyntaxError, ValueError, KeyError, IndexError, EOFError, struct.error,
    zlib.error and more for hostile bytes, and the list grows with every release.
    """
    try:
        yield
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadablePictureError(
            f"hides a far larger picture ({cause(error)}); it was not opened"
        ) from error
    except MemoryError as error:
        raise UnreadablePictureError(
            "needs more memory than there is; save it smaller and try again"
        ) from error
    except Exception as error:
        raise UnreadablePictureError(
            f"damaged or incomplete ({cause(error)}); fetch or export it again"
        ) from error


def cause(error: Exception) -> str:
    """The foreign error in one short printable line: its text may quote hostile bytes."""
    printable = "".join(letter if letter.isprintable() else " " for letter in str(error))
    return " ".join(printable.split())[:LONGEST_CAUSE] or type(error).__name__
