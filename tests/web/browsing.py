"""What the tests in a real browser share: a server as `explorer app` starts it, and what holds for every page."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from page_reading import ROOT
from playwright.sync_api import expect, sync_playwright

EXPLORER = "from explorer.cli import main; raise SystemExit(main())"
ALL_PICTURES_LOADED = (
    "document.images.length > 0 && [...document.images].every(it => it.complete && it.naturalWidth > 0)"
)
PICTURES_WITHOUT_WORDS = "[...document.images].filter(it => !it.alt.trim()).length"
OVERFLOW = (
    "Math.max(...[...document.querySelectorAll('html, .stMain')].map(it => it.scrollWidth)) - innerWidth"
)


@pytest.fixture(scope="module")
def app_url(library_folder, tmp_path_factory):
    """The app that shows the library of these tests."""
    with served(library_folder, tmp_path_factory.mktemp("server") / "log.txt") as url:
        yield url


@pytest.fixture(scope="module")
def chromium():
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("The browser tests need Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[1280, 390])
def page(request, chromium, tmp_path):
    context = chromium.new_context(viewport={"width": request.param, "height": 900})
    context.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    page = context.new_page()
    yield page
    page.screenshot(path=tmp_path / "last.png", full_page=True)  # pytest keeps it beside a failure
    context.close()


@contextmanager
def served(library: Path, log: Path, *options: str) -> Iterator[str]:
    """The address of the app as `explorer app` serves it, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-c",
        EXPLORER,
        "app",
        "--library",
        str(library),
        "--port",
        str(port),
        *options,
    ]
    with log.open("wb") as out:  # a file, not a pipe: a full pipe would stop the server
        server = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=out, env=os.environ, start_new_session=True
        )
    try:
        wait_until_healthy(server, f"http://127.0.0.1:{port}/_stcore/health", log)
        yield f"http://127.0.0.1:{port}"
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)  # the command, and the Streamlit that it started
            server.wait(20)


def wait_until_healthy(server: subprocess.Popen[bytes], url: str, log: Path, seconds: float = 60) -> None:
    """Returns when the server answers; fails the test with its log when it does not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"The app does not answer:\n{log.read_text(encoding='utf-8')}")


def wait_until_drawn(page) -> None:
    """Returns when the page's script has ended."""
    expect(page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')).to_be_visible()


def check(page) -> None:
    """What holds for every view: its pictures are there and have words, nothing failed, nothing sticks out."""
    wait_until_drawn(page)
    page.wait_for_function(ALL_PICTURES_LOADED)
    assert page.evaluate(PICTURES_WITHOUT_WORDS) == 0
    assert page.evaluate(OVERFLOW) <= 0
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)
