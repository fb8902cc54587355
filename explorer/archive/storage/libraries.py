"""Libraries of the explorer that lie among the files of an archive: they are made from archives, and are none."""

from __future__ import annotations

import json
import os
import posixpath
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from explorer.errors import ArchiveError

IS_A_LIBRARY = "is a library of the explorer"
_MANIFEST, _CATALOG, _LOCK, _HOLDER = "library.json", "catalog.sqlite", "ingest.lock", "ingest.txt"
_CAPTIONS = "captions.csv"  # of an export
_NAMES = (_MANIFEST, _CATALOG, _LOCK, _HOLDER, _CAPTIONS)
MAX_MANIFEST_BYTES = 256 * 1024


def is_library(names: Collection[str], read: Callable[[str], bytes]) -> bool:
    """Whether a folder of these names is a library, an export of one, or one that is just being made.

    `read` gives the bytes of a file of that folder. Other programs have a `library.json` as well.
    """
    if sum(name in names for name in (_CATALOG, _LOCK, _HOLDER, _MANIFEST)) > 1:
        return True
    if _MANIFEST not in names:
        return False
    try:
        manifest = json.loads(read(_MANIFEST)[:MAX_MANIFEST_BYTES])
    except (ArchiveError, OSError, ValueError, RecursionError):
        return False
    if not isinstance(manifest, dict):
        return False
    is_export = set(manifest) == {"encoder"} and _CAPTIONS in names
    return {"version", "collection"} <= manifest.keys() or is_export


def is_library_folder(folder: str) -> bool:
    """The same of a folder on the disk."""
    names = [name for name in _NAMES if os.path.exists(f"{folder}/{name}")]  # noqa: PTH110  of every folder
    return is_library(names, lambda name: Path(folder, name).read_bytes())


def is_in_library(path: str, root: str) -> bool:
    """Whether a path is that of a library below `root`, or of something in one."""
    below = Path(path)
    around = [folder for folder in (below, *below.parents) if Path(root) in folder.parents]
    return any(is_library_folder(str(folder)) for folder in around)


def library_folders(paths: Iterable[str], read: Callable[[str], bytes]) -> set[str]:
    """The folders among the paths of an archive that are libraries; the archive itself is none."""
    names: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        if posixpath.basename(path) in _NAMES:
            names[posixpath.dirname(path)].add(posixpath.basename(path))

    def is_one(folder: str) -> bool:
        return is_library(names[folder], lambda name: read(posixpath.join(folder, name)))

    return {folder for folder in names if folder and is_one(folder)}


def outside_of(folders: Collection[str], paths: Iterable[str]) -> Iterator[str]:
    """The paths that lie in none of the folders."""
    starts = tuple(f"{folder}/" for folder in folders)
    return (path for path in paths if not starts or not path.startswith(starts))
