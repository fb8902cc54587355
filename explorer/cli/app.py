"""The command `app`: starts Streamlit with the web app."""

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
from explorer.cli.options import DEFAULT_FOLDER, LibraryOption
from explorer.errors import LibraryError
from explorer.system import loopback

TOKEN_VARIABLE = "EXPLORER_TOKEN"  # noqa: S105  the name of the variable
MIN_TOKEN_CHARS = 16
_ALL_ADDRESSES = {"0.0.0.0", "::"}  # noqa: S104  compared with, never bound to
_HOST_NAME = re.compile(r"(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9])?|[0-9a-f:.]*:[0-9a-f:.]*", re.IGNORECASE)


@app.command(name="app")
def app_command(
    folder: LibraryOption = DEFAULT_FOLDER,
    host: Annotated[
        str, typer.Option(help="The address to serve at. 0.0.0.0 shows the app to the whole network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to serve at.")] = 8501,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="Another host name under which visitors reach the app. May be repeated."),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(help="Ask visitors for the token in this file. Default: EXPLORER_TOKEN, if it is set."),
    ] = None,
    read_only: Annotated[
        bool,
        typer.Option("--read-only", help="Let nobody change the library. Use this to show it in public."),
    ] = False,
) -> None:
    """Serve the web app."""
    raise typer.Exit(
        serve(folder, host, port, allow_hosts=allow_host or (), token_file=token_file, read_only=read_only)
    )


def serve(
    folder: Path,
    host: str,
    port: int,
    *,
    allow_hosts: Sequence[str] = (),
    token_file: Path | None = None,
    read_only: bool = False,
) -> int:
    """Run the app until it is stopped, and return Streamlit's exit code.

    The app answers under the names of this machine, under `host` and under `allow_hosts`. If a file or EXPLORER_TOKEN
    contains a token, visitors must enter it first.

    Raises:
        LibraryError: if the token cannot be used, or if a name of `allow_hosts` is not a host name.
    """
    more_hosts = [_parse_host_name(name) for name in allow_hosts]
    allowed = [*loopback.NAMES, *({host} - {*loopback.NAMES, *_ALL_ADDRESSES}), *more_hosts]
    token = _read_token(token_file)
    command = _command(host, port, allowed)
    _print_address(host, port, allowed, has_token=bool(token))
    environment = {
        **os.environ,
        "EXPLORER_LIBRARY": str(folder),
        TOKEN_VARIABLE: token,
        "EXPLORER_THIS_MACHINE_ONLY": "1" if {host, *allowed} <= {*loopback.NAMES} else "",
        "FORWARDED_ALLOW_IPS": "",  # no header changes the address that a request comes from
    }
    if read_only:
        environment["EXPLORER_READ_ONLY"] = "1"
    if os.name == "posix":
        # Streamlit replaces this process, so that every signal to it reaches the server.
        sys.stderr.flush()
        os.execve(sys.executable, command, environment)  # noqa: S606  our own interpreter, our own script
    try:
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603
    except KeyboardInterrupt:
        return 0


def _command(host: str, port: int, allowed: Sequence[str]) -> list[str]:
    """Return the command that runs Streamlit. Raises LibraryError if the app is not installed."""
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


def _print_address(host: str, port: int, allowed: Sequence[str], *, has_token: bool) -> None:
    """Print the address of the app, and who can reach it."""
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


def _parse_host_name(text: str) -> str:
    """Return a host name or address as browsers send it, without brackets. Raises LibraryError if it is invalid."""
    name = text.strip().removeprefix("[").removesuffix("]")
    if not _HOST_NAME.fullmatch(name):
        raise LibraryError(
            f"--allow-host {text!r} is not a host name. "
            "Give only the name, without http:// and without the port: pictures.example.org"
        )
    return name


def _read_token(file: Path | None) -> str:
    """Return the token that visitors must enter, or "" if there is none. Raises LibraryError if it is unusable."""
    try:
        token = (
            file.read_text(encoding="utf-8").strip() if file else os.environ.get(TOKEN_VARIABLE, "").strip()
        )
    except (OSError, ValueError) as error:
        raise LibraryError(f"{file} cannot be read: {error}. Write the token into this file.") from error
    if (file or token) and len(token) < MIN_TOKEN_CHARS:
        raise LibraryError(
            f"The token of {file or TOKEN_VARIABLE} has {len(token)} characters and could be guessed. "
            f"Use at least {MIN_TOKEN_CHARS}: openssl rand -hex 16"
        )
    return token
