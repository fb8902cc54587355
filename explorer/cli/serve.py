"""Starts Streamlit with the app and the library it shows."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from explorer.errors import LibraryProblem


def serve(library: Path, host: str, port: int) -> int:
    """Runs the app until it is stopped; Streamlit's exit code."""
    script = find_spec("streamlit_app")
    if script is None or script.origin is None:
        raise LibraryProblem(
            "The web app is not installed: streamlit_app.py is missing. Install archive-explorer again."
        )
    print(
        f"Archive Explorer: http://{'localhost' if host == '127.0.0.1' else host}:{port}  (Ctrl-C stops it)",
        file=sys.stderr,
    )
    command = [
        sys.executable, "-m", "streamlit", "run", script.origin,
        f"--server.address={host}", f"--server.port={port}", "--server.headless=true", "--server.fileWatcherType=none",
        "--server.maxUploadSize=64", "--browser.gatherUsageStats=false", "--client.toolbarMode=minimal",
    ]  # fmt: skip
    environment = {**os.environ, "EXPLORER_LIBRARY": str(library)}
    if os.name == "posix":
        # In place of this process: whoever stops it stops the server, by whatever signal.
        sys.stderr.flush()
        os.execve(sys.executable, command, environment)  # noqa: S606  our own interpreter, our own script
    try:
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603
    except KeyboardInterrupt:
        return 0
