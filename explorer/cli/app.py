"""Starts Streamlit with the app and the library it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from explorer.errors import LibraryError
from explorer.system import loopback

TOKEN = "EXPLORER_TOKEN"  # noqa: S105  the name of the variable
MIN_TOKEN_CHARS = 16
_EVERY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104  compared with, never bound to
_HOST_NAME = re.compile(r"(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9])?|[0-9a-f:.]*:[0-9a-f:.]*", re.IGNORECASE)


def serve(
    library: Path,
    host: str,
    port: int,
    *,
    allow_hosts: Sequence[str] = (),
    token_file: Path | None = None,
    read_only: bool = False,
) -> int:
    """Runs the app until it is stopped; Streamlit's exit code.

    The app answers under the names of this machine, under `host` and under `allow_hosts`. With a token, in a file or in
    EXPLORER_TOKEN, the app shows nothing before it is given. LibraryError when it cannot be used, and for a host
    that is no name.
    """
    named = [_host_name(name) for name in allow_hosts]
    allowed = [*loopback.NAMES, *({host} - {*loopback.NAMES, *_EVERY_ADDRESS}), *named]
    script = find_spec("streamlit_server")
    if script is None or script.origin is None:
        raise LibraryError(
            "The web app is not installed: streamlit_server.py is missing. Install archive-explorer again."
        )
    print(
        f"Archive Explorer: http://{'localhost' if host == '127.0.0.1' else host}:{port}  (Ctrl-C stops it)",
        file=sys.stderr,
    )
    if host not in loopback.NAMES:
        print(
            f"It answers under {', '.join(allowed)}. To allow another name: --allow-host NAME",
            file=sys.stderr,
        )
    command = [
        sys.executable, "-m", "streamlit", "run", script.origin,
        f"--server.address={host}", f"--server.port={port}", "--server.headless=true", "--server.fileWatcherType=none",
        *(f"--server.allowedHosts={name}" for name in allowed),
        "--server.maxUploadSize=64", "--client.showErrorDetails=none",
        "--browser.gatherUsageStats=false", "--client.toolbarMode=minimal",
        "--theme.light.primaryColor=#2f6f8f", "--theme.dark.primaryColor=#6fb1d1",
    ]  # fmt: skip
    token = _token(token_file)
    if not token and host not in loopback.NAMES:
        print(
            f"Everybody who reaches {host} sees the library. To ask them for a token: --token-file FILE",
            file=sys.stderr,
        )
    environment = {
        **os.environ,
        "EXPLORER_LIBRARY": str(library),
        TOKEN: token,
        "EXPLORER_THIS_MACHINE_ONLY": "1" if {host, *allowed} <= {*loopback.NAMES} else "",
        "FORWARDED_ALLOW_IPS": "",  # no header of a request changes where it comes from
    }
    if read_only:
        environment["EXPLORER_READ_ONLY"] = "1"
    if os.name == "posix":
        # In place of this process: whoever stops it stops the server, by whatever signal.
        sys.stderr.flush()
        os.execve(sys.executable, command, environment)  # noqa: S606  our own interpreter, our own script
    try:
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603
    except KeyboardInterrupt:
        return 0


def _host_name(given: str) -> str:
    """A host name or address as browsers send it, without brackets and port; LibraryError for anything else."""
    name = given.strip().removeprefix("[").removesuffix("]")
    if not _HOST_NAME.fullmatch(name):
        raise LibraryError(
            f"--allow-host {given!r} is no host name. Give the name alone, without http:// and port: pictures.example.org"
        )
    return name


def _token(file: Path | None) -> str:
    """The token to ask visitors for; "" where everybody may see the library."""
    try:
        token = file.read_text(encoding="utf-8").strip() if file else os.environ.get(TOKEN, "").strip()
    except (OSError, ValueError) as error:
        raise LibraryError(f"{file} cannot be read: {error}. Write the token into it.") from error
    if (file or token) and len(token) < MIN_TOKEN_CHARS:
        raise LibraryError(
            f"The token of {file or TOKEN} has {len(token)} characters and could be guessed. "
            f"Take at least {MIN_TOKEN_CHARS}: openssl rand -hex 16"
        )
    return token
