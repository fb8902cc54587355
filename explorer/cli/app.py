"""The command `app`: starts Streamlit with the app and the library that it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from explorer.cli.application import app
from explorer.cli.options import HOME, LibraryOption
from explorer.errors import LibraryError
from explorer.system import loopback

TOKEN = "EXPLORER_TOKEN"  # noqa: S105  the name of the variable
MIN_TOKEN_CHARS = 16
_EVERY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104  compared with, never bound to
_HOST_NAME = re.compile(r"(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9])?|[0-9a-f:.]*:[0-9a-f:.]*", re.IGNORECASE)


@app.command(name="app")
def app_command(
    library: LibraryOption = HOME,
    host: Annotated[
        str, typer.Option(help="The address to serve at; 0.0.0.0 shows it to the whole network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to serve at.")] = 8501,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            help="A host name under which visitors reach the app, beside those of this machine; repeatable."
        ),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(help="Ask visitors for the token in this file; else for EXPLORER_TOKEN, if it is set."),
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="To show it in public: nobody can change anything.")
    ] = False,
) -> None:
    """Serve the web app."""
    raise typer.Exit(
        serve(library, host, port, allow_hosts=allow_host or (), token_file=token_file, read_only=read_only)
    )


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
    token = _token(token_file)
    command = _command(host, port, allowed)
    _tell(host, port, allowed, has_token=bool(token))
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


def _command(host: str, port: int, allowed: Sequence[str]) -> list[str]:
    """The command that runs Streamlit. Raises LibraryError if the app is not installed."""
    script = find_spec("streamlit_server")
    if script is None or script.origin is None:
        raise LibraryError(
            "The web app is not installed: streamlit_server.py is missing. Install archive-explorer again."
        )
    return [
        sys.executable, "-m", "streamlit", "run", script.origin,
        f"--server.address={host}", f"--server.port={port}", "--server.headless=true", "--server.fileWatcherType=none",
        *(f"--server.allowedHosts={name}" for name in allowed),
        "--server.maxUploadSize=64", "--client.showErrorDetails=none",
        "--browser.gatherUsageStats=false", "--client.toolbarMode=minimal",
        "--theme.light.primaryColor=#2f6f8f", "--theme.dark.primaryColor=#6fb1d1",
    ]  # fmt: skip


def _tell(host: str, port: int, allowed: Sequence[str], *, has_token: bool) -> None:
    """Print where the app is, and who can reach it."""
    shown = "localhost" if host == "127.0.0.1" else host
    print(f"Archive Explorer: http://{shown}:{port}  (Ctrl-C stops it)", file=sys.stderr)
    if host in loopback.NAMES:
        return
    print(f"It answers under {', '.join(allowed)}. To allow another name: --allow-host NAME", file=sys.stderr)
    if not has_token:
        print(
            f"Everybody who reaches {host} sees the library. To ask them for a token: --token-file FILE",
            file=sys.stderr,
        )


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
