"""A new folder that is deleted if its creation fails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class NewFolder:
    """The state of a new folder: whether to keep it after a failure."""

    is_worth_keeping: bool = field(default=False)


@contextmanager
def new_folder(folder: Path) -> Iterator[NewFolder]:
    """Delete the content of a new or empty folder if the block fails and `is_worth_keeping` is not set.

    The folder and its parents are deleted as well if they did not exist before.
    """
    new_folders = [path for path in (folder, *folder.parents) if not path.exists()]
    is_ours = bool(new_folders) or (folder.is_dir() and not any(folder.iterdir()))
    state = NewFolder()
    try:
        yield state
    except BaseException:
        if is_ours and not state.is_worth_keeping:
            _delete(folder, new_folders)
        raise


def _delete(folder: Path, new_folders: list[Path]) -> None:
    for path in [*folder.iterdir()] if folder.is_dir() else []:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    with suppress(OSError):  # another program wrote something there meanwhile
        for path in new_folders:
            path.rmdir()
