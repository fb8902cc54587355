"""`explorer app` as a service manager runs it: started, healthy, and gone when it is told to end."""

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_healthy(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def waited_for(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_the_server_ends_with_the_command(library_folder):
    port = free_port()
    start = "from explorer.cli import main; main()"
    command = subprocess.Popen(
        [sys.executable, "-c", start, "app", "--library", str(library_folder), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert waited_for(lambda: is_healthy(port))
        command.send_signal(signal.SIGTERM)
        command.wait(60)
        assert waited_for(lambda: not is_healthy(port))
    finally:
        command.kill()
