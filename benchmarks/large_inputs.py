"""Measure what very large inputs cost: one page of 3 or 30 MB, and archives of very many documents.

    python benchmarks/large_inputs.py [INPUT ...] [--mb 3,30] [--documents 20000] [--other CHECKOUT] [--limit 1800]
                                      [--json]

The inputs `html`, `markdown` and `text` are one document each, of the given size. The input `documents` is an archive
of the given number of short issues. The pictures come from the sample archive. `explorer ingest` reads each input
into a new library in a new process. The table gives wall-clock seconds, processor seconds and peak memory. `--other`
repeats this with the explorer of another checkout and gives the ratio of the times. An ingest that exceeds `--limit`
seconds is stopped.
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
from measuring import MB, ResourceUsage, format_number, log, machine, parse_integers, table, wait_for

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
    sentences_by_size = {
        size: [words_of(random, size) for _ in range(DIFFERENT_PARAGRAPHS // size)] for size in (2, 4, 12, 60)
    }

    def words(size: int) -> str:
        sentences = sentences_by_size[size]
        return f"{sentences[int(random.integers(len(sentences)))][:-1]} {next(number)}."

    return words


def ingest(archive: Path, checkout: Path, limit: int, encoder: str) -> ResourceUsage | None:
    """Run `explorer ingest` of a checkout in a process of its own. Return None if it exceeds the limit."""
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryFile() as messages:
        arguments = ["ingest", str(archive), "--library", f"{scratch}/library", "--encoder", encoder]
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", RUN, *arguments],
            env={**os.environ, "PYTHONPATH": str(checkout)},
            stdout=subprocess.DEVNULL,
            stderr=messages,
        )
        timer = threading.Timer(limit, process.kill)
        timer.start()
        usage = wait_for(process)
        timer.cancel()
        if process.returncode > 0:
            messages.seek(0)
            raise SystemExit(
                f"The ingest of {archive} by {checkout} failed: {messages.read().decode()[-500:]}"
            )
    return usage if process.returncode == 0 else None


def main() -> None:
    options = _options()
    checkouts = {"here": ROOT} | ({"other": options.other.resolve()} if options.other else {})
    measured: dict[str, dict[str, list[ResourceUsage | None]]] = {}
    for name, write in _inputs(options):
        measured[name] = {label: [] for label in checkouts}
        with tempfile.TemporaryDirectory() as scratch:
            archive = Path(scratch)
            write(archive)
            for repeat in range(options.repeats):
                for label, checkout in checkouts.items():
                    log(f"{repeat + 1} of {options.repeats}: {name}, {label}")
                    usage = ingest(archive, checkout, options.limit, options.encoder)
                    measured[name][label].append(usage)
    environment = f"{machine('onnxruntime', 'selectolax', 'qdrant-edge-py')}; encoder {options.encoder}"
    if options.json:
        inputs = {
            name: {label: [usage and asdict(usage) for usage in runs] for label, runs in by_checkout.items()}
            for name, by_checkout in measured.items()
        }
        print(json.dumps({"machine": environment, "limit": options.limit, "inputs": inputs}))
        return
    print(f"{environment}; median of {options.repeats}\n")
    columns = [column for label in checkouts for column in (f"{label}: s", "processor s", "MB")]
    rows = [_row(name, list(by_checkout.values()), options.limit) for name, by_checkout in measured.items()]
    print(table(("input", *columns, *(("times",) if options.other else ())), rows))


def _row(name: str, by_checkout: list[list[ResourceUsage | None]], limit: int) -> list[str]:
    """Return the cells of one input. If a checkout exceeded the limit, its ratio is a lower bound."""
    medians = [_median(runs) for runs in by_checkout]
    cells = [name]
    for usage in medians:
        numbers = (usage.seconds, usage.processor, usage.peak_mb) if usage else None
        cells += [*map(format_number, numbers)] if numbers else [f"> {limit}", "", ""]
    if len(medians) == 2 and (here := medians[0]):
        other = medians[1]
        cells.append(
            format_number(other.seconds / here.seconds)
            if other
            else f"> {format_number(limit / here.seconds)}"
        )
    return cells


def _median(runs: list[ResourceUsage | None]) -> ResourceUsage | None:
    """Return the median times and the highest peak. None if a run exceeded the limit."""
    finished = [usage for usage in runs if usage is not None]
    if len(finished) < len(runs):
        return None
    return ResourceUsage(
        median(usage.seconds for usage in finished),
        median(usage.processor for usage in finished),
        max(usage.peak_mb for usage in finished),
    )


def _inputs(options: argparse.Namespace) -> Iterator[tuple[str, Callable[[Path], None]]]:
    for kind in options.inputs or (*PAGES, DOCUMENTS):
        if kind == DOCUMENTS:
            for number in options.documents:
                yield f"{number:,} documents", partial(write_documents, number)
        else:
            for mb in options.mb:
                yield f"{kind}, {mb} MB", partial(write_page, kind, mb)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "inputs", nargs="*", choices=(*PAGES, DOCUMENTS, []), metavar="INPUT", help="default: all"
    )
    parser.add_argument("--mb", type=parse_integers, default="3,30", help="sizes of the pages")
    parser.add_argument("--documents", type=parse_integers, default="20000", help="numbers of documents")
    parser.add_argument(
        "--other", type=Path, metavar="CHECKOUT", help="compare with the explorer in this folder"
    )
    parser.add_argument("--limit", type=int, default=1800, help="seconds after which an ingest is stopped")
    parser.add_argument("--encoder", default="lite", help="a name from `explorer models`")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    return parser.parse_args()


if __name__ == "__main__":
    main()
