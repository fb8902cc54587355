"""The Qdrant servers that the user of this computer trusts, by library. Only they receive the user's API key.

The address in the library's own file is not trusted: that file may come from somebody else, in a backup or a copied
folder.
"""

from __future__ import annotations

import json
from pathlib import Path

from platformdirs import user_config_path

from explorer.errors import LibraryError
from explorer.index import same_server
from explorer.system.files import write_atomically

APP_NAME = "archive-explorer"
SERVERS_FILE = "servers.json"


def trust_server(library: Path, address: str) -> None:
    """Store that the user trusts a server for the library in a folder. Raises LibraryError if it cannot be stored."""
    if is_trusted(library, address):
        return
    file = _file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, json.dumps({**_servers_by_folder(), _key(library): address}, indent=1) + "\n")
    except OSError as error:
        raise LibraryError(
            f"{file}, the list of servers that receive your key, cannot be written: {error.strerror}. "
            "Check the permissions of its folder."
        ) from error


def is_trusted(library: Path, address: str) -> bool:
    """Return whether the user of this computer trusts a server for the library in a folder."""
    return same_server(_servers_by_folder().get(_key(library)), address)


def _servers_by_folder() -> dict[str, str]:
    """Return the addresses by folder; empty if the file does not exist or cannot be read."""
    try:
        content = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return (
        {folder: address for folder, address in content.items() if isinstance(address, str)}
        if isinstance(content, dict)
        else {}
    )


def _file() -> Path:
    return user_config_path(APP_NAME, appauthor=False) / SERVERS_FILE


def _key(library: Path) -> str:
    return str(library.resolve())
