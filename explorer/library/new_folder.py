"""A folder that is made for something and is not left behind where nothing came of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class NewFolder:
    """Whether the folder was worth making."""

    is_worth_keeping: bool = field(default=False)


@contextmanager
def new_folder(folder: Path) -> Iterator[NewFolder]:
    """Delete what the block makes of a new or empty folder, if the block fails and nothing is worth keeping.

    The folders above that were made for it are deleted as well.
    """
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    is_ours = bool(made) or (folder.is_dir() and not any(folder.iterdir()))
    state = NewFolder()
    try:
        yield state
    except BaseException:
        if is_ours and not state.is_worth_keeping:
            _take_away(folder, made)
        raise


def _take_away(folder: Path, made: list[Path]) -> None:
    for one in [*folder.iterdir()] if folder.is_dir() else []:
        if one.is_dir():
            shutil.rmtree(one, ignore_errors=True)
        else:
            one.unlink(missing_ok=True)
    with suppress(OSError):  # somebody else put something there meanwhile
        for one in made:
            one.rmdir()
