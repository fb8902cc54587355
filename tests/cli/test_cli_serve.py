"""`explorer app` as a service manager runs it: started, healthy, and gone when it is told to end."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from explorer.cli import app


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


def ended(tmp_path, *arguments, token=""):
    start = "from explorer.cli import main; main()"
    command = [sys.executable, "-c", start, "app", "--library", str(tmp_path), *arguments]
    environment = {**os.environ, "EXPLORER_TOKEN": token}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_token_that_could_be_guessed_is_refused(tmp_path):
    (tmp_path / "token").write_text("secret\n")

    told = ended(tmp_path, "--token-file", str(tmp_path / "token"))

    assert told.returncode == 1
    assert "could be guessed" in told.stderr
    assert "secret" not in told.stderr


def test_a_token_file_that_is_not_there_is_told(tmp_path):
    told = ended(tmp_path, "--token-file", str(tmp_path / "nowhere"))

    assert told.returncode == 1
    assert "nowhere cannot be read" in told.stderr


@pytest.mark.parametrize(
    ("host", "token", "is_told"),
    [
        pytest.param("0.0.0.0", "", True, id="to everybody"),
        pytest.param("0.0.0.0", "a long enough token", False, id="with a token"),
        pytest.param("127.0.0.1", "", False, id="to this machine"),
    ],
)
def test_a_library_that_everybody_sees_is_told(monkeypatch, capsys, tmp_path, host, token, is_told):
    started = {}
    monkeypatch.setenv("EXPLORER_TOKEN", token)
    monkeypatch.setattr(app.os, "execve", lambda _file, command, environment: started.update(environment))
    monkeypatch.setattr(app.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0))

    app.serve(tmp_path, host, 8501, read_only=True)

    assert ("Everybody who reaches" in capsys.readouterr().err) == is_told
    assert (started["EXPLORER_TOKEN"], started["EXPLORER_READ_ONLY"]) == (token, "1")
