"""Measure the web app in Chromium: the time until a visitor sees the result of an action.

    python benchmarks/app.py LIBRARY [--repeats 7] [--words "map,chart"]

The app is served as `explorer app` serves it. Each action is repeated with a warm server and a warm browser. The times
are those of the browser, from the key or click to the picture, in ms: median, and the range of all repeats.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from measuring import machine, table
from playwright.sync_api import Page, sync_playwright

LABEL = "What do you remember of the picture?"
WORDS = "map,chart,photo,diagram,people,screen,table"
DRAWN = "document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'"
FIRST_CARD = "[...document.querySelectorAll('.ax-card .ax-ground')].some(it => !it.closest('[data-old]'))"
MARK_OLD = "document.querySelectorAll('.ax-cards').forEach(it => { it.dataset.old = 'yes'; })"


@contextmanager
def served(library: Path) -> Iterator[str]:
    """Yield the address of the app."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from explorer.cli import main; main()", "app"]
    server = subprocess.Popen(
        [*command, "--library", str(library), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def timed(page: Page, act: Callable[[], object], until: str) -> float:
    """Return the time from an action until a condition holds in the page, in ms."""
    started = time.perf_counter()
    act()
    page.wait_for_function(until, polling=10)
    return (time.perf_counter() - started) * 1000


def search(page: Page, url: str, words: str) -> float:
    """Return the time from Enter to the first card of the results."""
    page.goto(url)
    page.wait_for_function(DRAWN)
    page.wait_for_function(FIRST_CARD)
    page.get_by_label(LABEL).fill(words)
    page.evaluate(MARK_OLD)
    return timed(page, lambda: page.keyboard.press("Enter"), FIRST_CARD)


def open_figure(page: Page, url: str) -> float:
    """Return the time from a click to the picture over the page."""
    page.goto(f"{url}/captions")
    page.wait_for_selector(".ax-size", state="attached")
    page.wait_for_function(DRAWN)
    page.wait_for_timeout(500)
    picture = page.locator(".ax-card[data-figure] .ax-ground").first
    return timed(
        page,
        lambda: picture.evaluate("it => it.click()"),
        "document.querySelector('dialog[open] img')?.complete",
    )


def more_results(page: Page, url: str) -> float:
    """Return the time from the end of the page to the cards of the next one."""
    page.goto(f"{url}/captions")
    page.wait_for_selector(".ax-size", state="attached")
    page.wait_for_function(DRAWN)
    page.wait_for_timeout(500)
    page.evaluate(MARK_OLD)
    return timed(page, lambda: page.evaluate("document.querySelector('.stMain').scrollTop = 1e6"), FIRST_CARD)


def load(page: Page, address: str) -> float:
    """Return the time from the beginning of a load to the first card."""
    return timed(page, lambda: page.goto(address, wait_until="commit"), FIRST_CARD)


def measure(library: Path, repeats: int, words: list[str]) -> dict[str, list[float]]:
    """Return the times of each action."""
    times: dict[str, list[float]] = {}
    with served(library) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        actions: dict[str, Callable[[int], float]] = {
            "search: first picture after Enter": lambda n: search(page, url, words[n % len(words)]),
            "open a figure over the page": lambda _: open_figure(page, url),
            "next page of results": lambda _: more_results(page, url),
            "load the start page": lambda _: load(page, url),
            "load the captions with facets": lambda _: load(page, f"{url}/captions"),
            "load the captions with a filter": lambda _: load(page, f"{url}/captions?colour=blue"),
        }
        for name, action in actions.items():
            action(0)  # warm-up
            times[name] = [action(number) for number in range(repeats)]
        browser.close()
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("library", type=Path)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--words", default=WORDS)
    given = parser.parse_args()
    times = measure(given.library, given.repeats, given.words.split(","))
    print(machine("streamlit", "playwright"))
    print(
        table(
            ("action", "median ms", "from", "to"),
            [(name, f"{median(ms):.0f}", f"{min(ms):.0f}", f"{max(ms):.0f}") for name, ms in times.items()],
        )
    )


if __name__ == "__main__":
    main()
