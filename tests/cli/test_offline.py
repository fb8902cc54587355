"""Nothing leaves the machine: no command looks up a host, opens a connection or starts a program that could."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
# Audit events (PEP 578) also report what libraries do.
WATCHED = """
import os, sys
EVENTS = {"socket.connect", "socket.getaddrinfo", "socket.sendto", "os.fork", "os.posix_spawn", "subprocess.Popen"}
def report(event, arguments):
    if event in EVENTS:
        with open(os.environ["SEEN"], "a") as seen:
            seen.write(f"{event} {arguments!r:.300}\\n")
sys.addaudithook(report)
from explorer.cli import main
main()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive and its library."""
    folder = tmp_path_factory.mktemp("offline")
    archive = folder / "archive"
    archive.mkdir()
    (archive / "issue.md").write_text("# The coast\n\n![A red buoy](buoy.png)\n\nFerries go at noon.\n")
    picture = Image.effect_noise((300, 200), 90).convert("RGB")
    picture.paste("red", (50, 50, 150, 150))
    picture.save(archive / "buoy.png")
    run_watched(folder, "ingest archive --encoder lite --library library")
    return folder


def run_watched(folder: Path, command: str) -> str:
    """Run a command in this folder. Return what it did that could reach another machine."""
    seen = folder / "seen.txt"
    seen.unlink(missing_ok=True)
    finished = subprocess.run(
        [sys.executable, "-c", WATCHED, *command.split()],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SEEN": str(seen)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return seen.read_text() if seen.exists() else ""


@pytest.mark.parametrize(
    "command",
    [
        "ingest archive --encoder lite --library another",
        "search buoy --library library",
        "search --image archive/buoy.png --library library",
        "status --library library",
    ],
)
def test_no_command_talks_to_another_machine(folder: Path, command: str) -> None:
    assert run_watched(folder, command) == ""
