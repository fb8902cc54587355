"""The files of the pictures of a library: each picture once by its SHA-256, with two thumbnails."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import images
from explorer.catalog.checks import SHA256
from explorer.errors import LibraryError
from explorer.system.files import write_atomically
from images import Keypoints


class PictureStore:
    """Files below `folder`: `originals/ab/ab12...`, `small/ab/ab12....webp`, `large/...`, and keypoints.

    Every method raises LibraryError for a name that is not a SHA-256, and for a symbolic link instead of a file: both
    could lead out of the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def original(self, sha256: str) -> Path:
        """Return the path of the original bytes of a picture."""
        return _not_a_link(self.files(sha256)["original"])

    def thumbnail(self, sha256: str, size: str) -> Path:
        """Return the path of the WebP of a size ("small" or "large")."""
        return _not_a_link(self.files(sha256)[_checked_size(size)])

    def files(self, sha256: str) -> dict[str, Path]:
        """Return the paths of all files of a picture: "original", the thumbnails by size, "keypoints". Links are not refused."""
        place = Path(_checked(sha256)[:2]) / sha256
        return {
            "original": self._folder / "originals" / place,
            **{size: self._folder / size / f"{place}.webp" for size in images.THUMBNAIL_SIZES},
            "keypoints": self._folder / images.KEYPOINTS_RECIPE / f"{place}.npy",
        }

    def has(self, sha256: str) -> bool:
        """Return whether all files of a picture exist. The original is written last."""
        return self.original(sha256).exists()

    def keep(self, sha256: str, data: bytes, thumbnails: Mapping[str, bytes]) -> None:
        """Write the files that do not exist yet. A crash leaves no incomplete file under a final name."""
        for size, webp in thumbnails.items():
            _write_once(self.thumbnail(sha256, size), webp)
        _write_once(self.original(sha256), data)

    def keypoints(self, sha256: str) -> Keypoints | None:
        """Return the keypoints that recognise crops, made on first use; None if the picture is not readable any more."""
        path = self._keypoints_path(sha256)
        with suppress(OSError, ValueError):
            return Keypoints.from_bytes(path.read_bytes())
        try:
            keypoints = images.detect_keypoints(images.open_picture(self.original(sha256)))
        except images.PictureError:
            return None
        with suppress(LibraryError):  # searches need them too, also in a folder that cannot be written
            _write(path, keypoints.to_bytes())
        return keypoints

    def keep_keypoints(self, sha256: str, keypoints: Keypoints) -> None:
        """Write the keypoints of a picture if they do not exist yet."""
        _write_once(self._keypoints_path(sha256), keypoints.to_bytes())

    def _keypoints_path(self, sha256: str) -> Path:
        return _not_a_link(self.files(sha256)["keypoints"])

    def forget(self, sha256: str) -> None:
        """Delete all files of a picture, the original first."""
        for path in self.files(sha256).values():
            with suppress(OSError):
                path.unlink()

    def read(self, sha256: str) -> bytes:
        """Return the original bytes. Raise LibraryError if the file is gone."""
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
            f"{str(sha256)[:80]!r} is not the name of a picture: a SHA-256 has 64 lower-case hexadecimal digits."
        )
    return sha256


def _not_a_link(path: Path) -> Path:
    if path.is_symlink():
        raise LibraryError(
            f"{path} is a symbolic link, not a file of the library. Remove it: explorer doctor --repair"
        )
    return path


def _checked_size(size: str) -> str:
    if size not in images.THUMBNAIL_SIZES:
        raise LibraryError(
            f"{size!r} is not a size of thumbnails. Sizes: {', '.join(images.THUMBNAIL_SIZES)}."
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
            f"{path} cannot be written: {error.strerror}. Check the permissions of the folder and the free space."
        ) from error
