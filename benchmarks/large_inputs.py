"""Measure what very large inputs cost: one page of 3 or 30 MB, and archives of very many documents.

    python benchmarks/large_inputs.py [INPUT ...] [--mb 3,30] [--documents 20000] [--other CHECKOUT] [--limit 1800] [--json]

The inputs `html`, `markdown` and `text` are one document each, of the given size. The input `documents` is an archive of the
given number of short issues. The pictures come from the sample archive. `explorer ingest` reads each input into a new library
in a new process. The table gives seconds of the clock, seconds of the processor and peak memory. `--other` repeats this with
the explorer of another checkout and gives the ratio of the times. An ingest that exceeds `--limit` seconds is stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from itertools import count, islice
from pathlib import Path
from statistics import median

import numpy as np
from ingest import CAPTION_WORDS, PARAGRAPH_WORDS, SMALLEST_SIDE_PX, sample_pictures, words_of
from measuring import MB, Used, machine, say, short, table, wait_for, whole_numbers

ROOT = Path(__file__).resolve().parents[1]
PICTURES = 20
ROWS = 10
DIFFERENT_PARAGRAPHS = 5000
RUN = "from explorer.cli import main; main()"


Section = Callable[[int, Callable[[int], str]], str]


def html(number: int, words: Callable[[int], str]) -> str:
    """Return a section of a page: heading, paragraphs, a figure, and a table in every fifth section."""
    rows = "".join(f"<tr><td>{words(2)}</td><td>{number}</td></tr>" for _ in range(ROWS))
    return (
        f"<h2>{number}. {words(4)}</h2>\n<p>{words(PARAGRAPH_WORDS)}</p>\n"
        f"<p>As Figure {number} shows, {words(PARAGRAPH_WORDS)}</p>\n"
        f'<figure><img src="{number % PICTURES}.png" alt="{words(4)}">'
        f"<figcaption>Figure {number}. {words(CAPTION_WORDS)}</figcaption></figure>\n"
        f"<p>{words(PARAGRAPH_WORDS)}</p>\n" + (f"<table>{rows}</table>\n" if number % 5 == 0 else "")
    )


def markdown(number: int, words: Callable[[int], str]) -> str:
    """Return a section of a document in Markdown."""
    return (
        f"## {number}. {words(4)}\n\n{words(PARAGRAPH_WORDS)}\n\n"
        f"As Figure {number} shows, {words(PARAGRAPH_WORDS)}\n\n"
        f"![Figure {number}. {words(CAPTION_WORDS)}]({number % PICTURES}.png)\n\n{words(PARAGRAPH_WORDS)}\n\n"
    )


def short_issue(number: int, words: Callable[[int], str]) -> str:
    """Return an issue of three sentences, a figure and its caption."""
    return (
        f"# Issue {number}\n\n{words(CAPTION_WORDS)} As Figure {number} shows, {words(CAPTION_WORDS)}\n\n"
        f"![Figure {number}. {words(CAPTION_WORDS)}]({number % PICTURES}.png)\n\n{words(CAPTION_WORDS)}\n"
    )


def text(number: int, words: Callable[[int], str]) -> str:
    """Return paragraphs, and a caption without a picture."""
    return (
        f"{words(PARAGRAPH_WORDS)}\n\nFigure {number}. {words(CAPTION_WORDS)}\n\n{words(PARAGRAPH_WORDS)}\n\n"
    )


PAGES: dict[str, tuple[str, Section]] = {
    "html": ("page.html", html),
    "markdown": ("page.md", markdown),
    "text": ("page.txt", text),
}
DOCUMENTS = "documents"


def write_page(kind: str, mb: int, folder: Path) -> None:
    """Write one document of the given size, with its pictures beside it."""
    name, section = PAGES[kind]
    if kind != "text":
        write_pictures(folder)
    words = writer()
    with (folder / name).open("w", encoding="utf-8") as page:
        number = 0
        while page.tell() < mb * MB:
            number += 1
            page.write(section(number, words))


def write_documents(documents: int, folder: Path) -> None:
    """Write the given number of short issues in Markdown, with one figure each."""
    write_pictures(folder)
    words = writer()
    for number in range(documents):
        (folder / f"{number:06d}.md").write_text(short_issue(number, words), encoding="utf-8")


def write_pictures(folder: Path) -> None:
    """Write PICTURES different pictures of the sample archive."""
    large = (picture for picture in sample_pictures() if min(picture.size) >= SMALLEST_SIDE_PX)
    for number, picture in enumerate(islice(large, PICTURES)):
        picture.save(folder / f"{number}.png", compress_level=3)


def writer() -> Callable[[int], str]:
    """Return a function that makes a sentence of the given number of words. Each sentence is different."""
    random, number = np.random.default_rng(0), count()
    known = {
        size: [words_of(random, size) for _ in range(DIFFERENT_PARAGRAPHS // size)] for size in (2, 4, 12, 60)
    }

    def words(size: int) -> str:
        of_size = known[size]
        return f"{of_size[int(random.integers(len(of_size)))][:-1]} {next(number)}."

    return words


def ingest(archive: Path, checkout: Path, limit: int, encoder: str) -> Used | None:
    """Run `explorer ingest` of a checkout in a process of its own. None where it exceeded the limit."""
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryFile() as messages:
        arguments = ["ingest", str(archive), "--library", f"{scratch}/library", "--encoder", encoder]
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", RUN, *arguments],
            env={**os.environ, "PYTHONPATH": str(checkout)},
            stdout=subprocess.DEVNULL,
            stderr=messages,
        )
        ending = threading.Timer(limit, process.kill)
        ending.start()
        used = wait_for(process)
        ending.cancel()
        if process.returncode > 0:
            messages.seek(0)
            raise SystemExit(
                f"The ingest of {archive} by {checkout} failed: {messages.read().decode()[-500:]}"
            )
    return used if process.returncode == 0 else None


def main() -> None:
    options = _options()
    checkouts = {"here": ROOT} | ({"other": options.other.resolve()} if options.other else {})
    measured: dict[str, dict[str, list[Used | None]]] = {}
    for name, write in _inputs(options):
        measured[name] = {which: [] for which in checkouts}
        with tempfile.TemporaryDirectory() as scratch:
            archive = Path(scratch)
            write(archive)
            for repeat in range(options.repeats):
                for which, checkout in checkouts.items():
                    say(f"{repeat + 1} of {options.repeats}: {name}, {which}")
                    used = ingest(archive, checkout, options.limit, options.encoder)
                    measured[name][which].append(used)
    here = f"{machine('onnxruntime', 'selectolax', 'qdrant-edge-py')}; encoder {options.encoder}"
    if options.json:
        inputs = {
            name: {which: [used and asdict(used) for used in runs] for which, runs in by_checkout.items()}
            for name, by_checkout in measured.items()
        }
        print(json.dumps({"machine": here, "limit": options.limit, "inputs": inputs}))
        return
    print(f"{here}; median of {options.repeats}\n")
    columns = [column for which in checkouts for column in (f"{which}: s", "processor s", "MB")]
    rows = [_row(name, list(by_checkout.values()), options.limit) for name, by_checkout in measured.items()]
    print(table(("input", *columns, *(("times",) if options.other else ())), rows))


def _row(name: str, by_checkout: list[list[Used | None]], limit: int) -> list[str]:
    """Return the cells of one input. A checkout that exceeded the limit has no numbers, and its ratio is a lower bound."""
    medians = [_median(runs) for runs in by_checkout]
    cells = [name]
    for used in medians:
        numbers = (used.seconds, used.processor, used.peak_mb) if used else None
        cells += [*map(short, numbers)] if numbers else [f"> {limit}", "", ""]
    if len(medians) == 2 and (here := medians[0]):
        other = medians[1]
        cells.append(short(other.seconds / here.seconds) if other else f"> {short(limit / here.seconds)}")
    return cells


def _median(runs: list[Used | None]) -> Used | None:
    """Return the median times and the highest peak. None if a run exceeded the limit."""
    done = [used for used in runs if used is not None]
    if len(done) < len(runs):
        return None
    return Used(
        median(used.seconds for used in done),
        median(used.processor for used in done),
        max(used.peak_mb for used in done),
    )


def _inputs(options: argparse.Namespace) -> Iterator[tuple[str, Callable[[Path], None]]]:
    for kind in options.inputs or (*PAGES, DOCUMENTS):
        if kind == DOCUMENTS:
            for many in options.documents:
                yield f"{many:,} documents", partial(write_documents, many)
        else:
            for mb in options.mb:
                yield f"{kind}, {mb} MB", partial(write_page, kind, mb)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "inputs", nargs="*", choices=(*PAGES, DOCUMENTS, []), metavar="INPUT", help="all unless named"
    )
    parser.add_argument("--mb", type=whole_numbers, default="3,30", help="sizes of the pages")
    parser.add_argument("--documents", type=whole_numbers, default="20000", help="numbers of documents")
    parser.add_argument(
        "--other", type=Path, metavar="CHECKOUT", help="compare with the explorer in this folder"
    )
    parser.add_argument("--limit", type=int, default=1800, help="seconds after which an ingest is stopped")
    parser.add_argument("--encoder", default="lite", help="as `explorer models` lists them")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    return parser.parse_args()


if __name__ == "__main__":
    main()
