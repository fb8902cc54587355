"""Writing of complete folders: a folder appears only when all of it is written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from explorer.errors import LibraryError
from explorer.system.files import write_errors


@contextmanager
def whole_folder(folder: Path, way_out: str) -> Iterator[Path]:
    """Yield a temporary folder to fill. At the end it is renamed to `folder`; after an error it is deleted.

    Raises LibraryError if it cannot be written, or if `folder` is not empty; `way_out` is the advice in the message.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LibraryError(f"{folder} is not empty. {way_out}")
    new = folder.parent / f".{folder.name}.writing-{os.getpid()}"
    try:
        with write_errors(folder):
            yield new
            if folder.exists():
                folder.rmdir()
            new.replace(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
