"""Which Qdrant servers the user of this computer named for which library: only they are given the key.

The address in a library's own file does not count: that file may have come from somebody else, in a backup or a copied folder.
"""

from __future__ import annotations

import json
from pathlib import Path

from platformdirs import user_config_path

from explorer.errors import LibraryError
from explorer.index import same_server
from explorer.system.atomic_write import write_atomically

APP = "archive-explorer"
FILE = "servers.json"


def name_server(library: Path, address: str) -> None:
    """Keep that the user named this server for the library in this folder; LibraryError where that cannot be written."""
    if is_named(library, address):
        return
    file = _file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, json.dumps({**_named(), _key(library): address}, indent=1) + "\n")
    except OSError as error:
        raise LibraryError(
            f"{file} cannot be written: {error.strerror}. It says which servers are given the key; check its folder's rights."
        ) from error


def is_named(library: Path, address: str) -> bool:
    """Whether the user named this server for the library in this folder, on this computer."""
    return same_server(_named().get(_key(library)), address)


def _named() -> dict[str, str]:
    """Addresses by folder; none where nothing was kept yet, or nothing that can be read."""
    try:
        kept = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return (
        {folder: it for folder, it in kept.items() if isinstance(it, str)} if isinstance(kept, dict) else {}
    )


def _file() -> Path:
    return user_config_path(APP, appauthor=False) / FILE


def _key(library: Path) -> str:
    return str(library.resolve())
