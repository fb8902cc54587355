"""The pictures of a library on disk: each kept once under its SHA-256, with two thumbnails made once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import images
from explorer.catalog.checks import SHA256
from explorer.errors import LibraryError
from explorer.system.atomic_write import write_atomically
from images import Keypoints


class PictureStore:
    """Files below `folder`: `originals/ab/ab12...`, `small/ab/ab12....webp`, `large/...`, and details.

    Every method raises LibraryError for a name that is no SHA-256, and for a link in a picture's place: both could lead
    out of the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def original(self, sha256: str) -> Path:
        """Where the picture's own bytes lie, as they came."""
        return _no_link(self.files(sha256)["original"])

    def thumbnail(self, sha256: str, size: str) -> Path:
        """Where the WebP of that size ("small" or "large") lies."""
        return _no_link(self.files(sha256)[_known(size)])

    def files(self, sha256: str) -> dict[str, Path]:
        """Where all of it lies, links or not: "original", the thumbnails by size, "details"."""
        place = Path(_checked(sha256)[:2]) / sha256
        return {
            "original": self._folder / "originals" / place,
            **{size: self._folder / size / f"{place}.webp" for size in images.THUMBNAIL_SIZES},
            "details": self._folder / images.KEYPOINTS_RECIPE / f"{place}.npy",
        }

    def has(self, sha256: str) -> bool:
        """Whether all of it is there; the original is written last."""
        return self.original(sha256).exists()

    def keep(self, sha256: str, data: bytes, thumbnails: Mapping[str, bytes]) -> None:
        """Writes what is not there yet. A crash leaves no half file under a final name."""
        for size, webp in thumbnails.items():
            _write_once(self.thumbnail(sha256, size), webp)
        _write_once(self.original(sha256), data)

    def details(self, sha256: str) -> Keypoints | None:
        """The details by which crops are told: made when first asked for; None where the picture is unreadable now."""
        path = self._details(sha256)
        with suppress(OSError, ValueError):
            return Keypoints.from_bytes(path.read_bytes())
        try:
            found = images.detect_keypoints(images.open_picture(self.original(sha256)))
        except images.PictureError:
            return None
        with suppress(LibraryError):  # searches ask for them too, and may do so where nothing can be written
            _write(path, found.to_bytes())
        return found

    def keep_details(self, sha256: str, details: Keypoints) -> None:
        """Writes them if they are not there yet."""
        _write_once(self._details(sha256), details.to_bytes())

    def _details(self, sha256: str) -> Path:
        return _no_link(self.files(sha256)["details"])

    def forget(self, sha256: str) -> None:
        """Deletes all of it, the original first."""
        for path in self.files(sha256).values():
            with suppress(OSError):
                path.unlink()

    def read(self, sha256: str) -> bytes:
        """The original's bytes; LibraryError when they are gone."""
        try:
            return self.original(sha256).read_bytes()
        except OSError as error:
            raise LibraryError(
                f"The picture {self.original(sha256)} cannot be read: {error.strerror}. "
                "Read it from its archive again: explorer doctor --repair"
            ) from error


def _checked(sha256: str) -> str:
    if not isinstance(sha256, str) or not SHA256.fullmatch(sha256):
        raise LibraryError(
            f"{str(sha256)[:80]!r} names no picture: it is no SHA-256 in 64 small hexadecimal digits."
        )
    return sha256


def _no_link(path: Path) -> Path:
    if path.is_symlink():
        raise LibraryError(
            f"{path} is a link, and no picture that an explorer kept. Take it away: explorer doctor --repair"
        )
    return path


def _known(size: str) -> str:
    if size not in images.THUMBNAIL_SIZES:
        raise LibraryError(
            f"{size!r} is no size of a thumbnail. Give one of {', '.join(images.THUMBNAIL_SIZES)}."
        )
    return size


def _write_once(path: Path, data: bytes) -> None:
    if not path.exists():
        _write(path, data)


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, data)
    except OSError as error:
        raise LibraryError(
            f"{path} cannot be written: {error.strerror}. Check the folder's rights and free space."
        ) from error
