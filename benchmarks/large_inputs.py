"""What very large inputs cost: one page of 3 or 30 MB, and archives of very many documents.

    python benchmarks/large_inputs.py [INPUT ...] [--mb 3,30] [--documents 20000] [--other CHECKOUT] [--limit 600] [--json]

Inputs are html, markdown, text (one document of so many MB) and documents (that many short issues). Each is made of the
sample's pictures and ingested into a new library by the command `explorer ingest` in a new process: seconds of the clock
and of the processor, and the most memory that the process had. `--other` ingests the same with the explorer of another
checkout, and says how many times as much that needs; what takes longer than `--limit` seconds is ended.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import count, islice
from pathlib import Path
from statistics import median

import numpy as np
from ingest import CAPTION_WORDS, PARAGRAPH_WORDS, SMALLEST_SIDE_PX, sample_pictures, words_of
from measuring import MB, machine, say, short, table, whole_numbers

ROOT = Path(__file__).resolve().parents[1]
PICTURES = 20
ROWS = 10
DIFFERENT_PARAGRAPHS = 5000
RUN = "from explorer.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one ingest took; `seconds` is None where it was ended."""

    seconds: float | None
    processor: float
    peak_mb: float


Section = Callable[[int, Callable[[int], str]], str]


def html(number: int, words: Callable[[int], str]) -> str:
    """A section of a page: heading, paragraphs, a figure, and a table in every fifth."""
    rows = "".join(f"<tr><td>{words(2)}</td><td>{number}</td></tr>" for _ in range(ROWS))
    return (
        f"<h2>{number}. {words(4)}</h2>\n<p>{words(PARAGRAPH_WORDS)}</p>\n"
        f"<p>As Figure {number} shows, {words(PARAGRAPH_WORDS)}</p>\n"
        f'<figure><img src="{number % PICTURES}.png" alt="{words(4)}">'
        f"<figcaption>Figure {number}. {words(CAPTION_WORDS)}</figcaption></figure>\n"
        f"<p>{words(PARAGRAPH_WORDS)}</p>\n" + (f"<table>{rows}</table>\n" if number % 5 == 0 else "")
    )


def markdown(number: int, words: Callable[[int], str]) -> str:
    """The same in Markdown."""
    return (
        f"## {number}. {words(4)}\n\n{words(PARAGRAPH_WORDS)}\n\n"
        f"As Figure {number} shows, {words(PARAGRAPH_WORDS)}\n\n"
        f"![Figure {number}. {words(CAPTION_WORDS)}]({number % PICTURES}.png)\n\n{words(PARAGRAPH_WORDS)}\n\n"
    )


def text(number: int, words: Callable[[int], str]) -> str:
    """Paragraphs, and a caption whose picture is gone."""
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
    """One document of so many MB, and its pictures beside it."""
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
    """So many short issues in Markdown, one figure each."""
    write_pictures(folder)
    words = writer()
    for number in range(documents):
        (folder / f"{number:06d}.md").write_text(
            f"# Issue {number}\n\n{markdown(number, words)}", encoding="utf-8"
        )


def write_pictures(folder: Path) -> None:
    """Pictures of the sample, each once."""
    large = (picture for picture in sample_pictures() if min(picture.size) >= SMALLEST_SIDE_PX)
    for number, picture in enumerate(islice(large, PICTURES)):
        picture.save(folder / f"{number}.png", compress_level=3)


def writer() -> Callable[[int], str]:
    """Sentences of so many words, no two alike."""
    random, number = np.random.default_rng(0), count()
    known = {
        size: [words_of(random, size) for _ in range(DIFFERENT_PARAGRAPHS // size)] for size in (2, 4, 12, 60)
    }

    def words(size: int) -> str:
        of_size = known[size]
        return f"{of_size[int(random.integers(len(of_size)))][:-1]} {next(number)}."

    return words


def ingest(archive: Path, checkout: Path, limit: int, encoder: str) -> Cost:
    """`explorer ingest` of a checkout in a process of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        arguments = ["ingest", str(archive), "--library", f"{scratch}/library", "--encoder", encoder]
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", RUN, *arguments],
            env={**os.environ, "PYTHONPATH": str(checkout)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        ending = threading.Timer(limit, process.kill)
        ending.start()
        assert process.stderr is not None
        told = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        ending.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
    if process.returncode > 0:
        raise SystemExit(f"The ingest of {archive} by {checkout} failed: {told.decode()[-500:]}")
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / MB
    return Cost(seconds if process.returncode == 0 else None, used.ru_utime + used.ru_stime, peak)


def main() -> None:
    options = _options()
    checkouts = {"here": ROOT} | ({"other": options.other.resolve()} if options.other else {})
    costs: dict[str, dict[str, list[Cost]]] = {}
    for name, write in _inputs(options):
        with tempfile.TemporaryDirectory() as scratch:
            archive = Path(scratch)
            write(archive)
            by_checkout: dict[str, list[Cost]] = {which: [] for which in checkouts}
            for repeat in range(options.repeats):
                for which, checkout in checkouts.items():
                    say(f"{repeat + 1} of {options.repeats}: {name}, {which}")
                    by_checkout[which].append(ingest(archive, checkout, options.limit, options.encoder))
            costs[name] = by_checkout
    here = f"{machine('onnxruntime', 'selectolax', 'qdrant-edge-py')}; encoder {options.encoder}"
    if options.json:
        plain = {
            name: {which: [asdict(cost) for cost in runs] for which, runs in by.items()}
            for name, by in costs.items()
        }
        print(json.dumps({"machine": here, "limit": options.limit, "inputs": plain}))
        return
    print(f"{here}; median of {options.repeats}\n")
    columns = [column for which in checkouts for column in (f"{which}: s", "processor s", "MB")]
    print(
        table(
            ("input", *columns, *(("times",) if options.other else ())),
            map(_row(options.limit), costs.items()),
        )
    )


def _row(limit: int) -> Callable[[tuple[str, dict[str, list[Cost]]]], list[str]]:
    def row(measured: tuple[str, dict[str, list[Cost]]]) -> list[str]:
        name, by_checkout = measured
        cells = [name]
        seconds = []
        for runs in by_checkout.values():
            done = [cost.seconds for cost in runs if cost.seconds is not None]
            seconds.append(median(done) if len(done) == len(runs) else None)
            shown = short(seconds[-1]) if seconds[-1] is not None else f"> {limit}"
            cells += [
                shown,
                short(median(cost.processor for cost in runs)),
                short(max(it.peak_mb for it in runs)),
            ]
        if len(seconds) == 2 and seconds[0] is not None:
            times = (limit if seconds[1] is None else seconds[1]) / seconds[0]
            cells.append(f"{'> ' if seconds[1] is None else ''}{short(times)}")
        return cells

    return row


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
        "--other", type=Path, metavar="CHECKOUT", help="compared with the explorer of this folder"
    )
    parser.add_argument("--limit", type=int, default=600, help="seconds after which an ingest is ended")
    parser.add_argument("--encoder", default="lite", help="as `explorer models` lists them")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    return parser.parse_args()


if __name__ == "__main__":
    main()
