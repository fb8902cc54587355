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
    folder = tmp_path_factory.mktemp("offline")
    archive = folder / "archive"
    archive.mkdir()
    (archive / "issue.md").write_text("# The coast\n\n![A red buoy](buoy.png)\n\nFerries go at noon.\n")
    picture = Image.effect_noise((300, 200), 90).convert("RGB")
    picture.paste("red", (50, 50, 150, 150))
    picture.save(archive / "buoy.png")
    return folder


@pytest.mark.parametrize(
    "command", ["ingest archive --encoder lite", "search buoy", "search --image archive/buoy.png", "status"]
)
def test_no_command_talks_to_another_machine(folder: Path, command: str) -> None:
    seen = folder / "seen.txt"
    finished = subprocess.run(
        [sys.executable, "-c", WATCHED, *command.split(), "--library", "library"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SEEN": str(seen)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert not seen.exists(), seen.read_text()
