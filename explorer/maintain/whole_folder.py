"""Writing beside a library: nothing is there before all of it is, and what cannot be written is told."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from explorer.errors import LibraryError


@contextmanager
def whole_folder(folder: Path, way_out: str) -> Iterator[Path]:
    """A new folder to fill, which takes the place of `folder` in one rename, or is gone where that failed.

    LibraryError when it cannot be written, or when `folder` is there and not empty; `way_out` is what to do then.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LibraryError(f"{folder} is not empty. {way_out}")
    new = folder.parent / f".{folder.name}.writing-{os.getpid()}"
    try:
        with writing(folder):
            yield new
            if folder.exists():
                folder.rmdir()
            new.replace(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """LibraryError when `path` cannot be written."""
    try:
        yield
    except OSError as error:
        raise LibraryError(
            f"{path} cannot be written: {error.strerror or error}. Check the folder's rights and free space."
        ) from error
