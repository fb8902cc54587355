"""Measure the cost of an ingest, and how it grows with the archive.

    python benchmarks/ingest.py [ARCHIVE ...] [--growth 200,2000] [--repeats 3] [--encoder lite] [--json]

Each archive (default: the sample archive) is ingested three times into one library: when it is new, again without
changes, and with --rebuild, which takes all vectors from the cache. --growth ingests archives of the given numbers of
figures. Their pictures are those of the sample archive with different pixels. Then one issue of ten figures is changed
and ingested. Every ingest is the command `explorer ingest` in a new process. The seconds include its start, and memory
is the peak of the whole process. "searchable" is the time until the library has its first generation.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import numpy as np
from measuring import (
    Spread,
    disk_mb,
    in_fresh_process,
    log,
    machine,
    parse_integers,
    plain,
    spreads,
    table,
)
from PIL import Image

import images

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "examples" / "sample-archive"
FIGURES_IN_ISSUE = 10
CAPTION_WORDS, PARAGRAPH_WORDS = 12, 60
SMALLEST_SIDE_PX = 200
STAGES = {
    "Reading issues": "reading_s",
    "Looking at pictures": "looking_s",
    "Indexing issues": "indexing_s",
}

Work = TypeVar("Work")


class Stages:
    """An explorer.ingest.report.Progress that records the duration of each stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def track(self, work: Sequence[Work], stage: str) -> Iterator[Iterator[Work]]:
        started = time.perf_counter()
        try:
            yield iter(work)
        finally:
            self.seconds[stage] += time.perf_counter() - started


def explorer(arguments: list[str], library: str) -> dict[str, Any]:
    """Run the command `explorer` with --json, and return its report with the stage times (runs in its own process)."""
    started = time.perf_counter()
    searchable: list[float] = []
    Thread(
        target=lambda: searchable.append(wait_for_generation(Path(library)) - started), daemon=True
    ).start()
    from explorer.cli import main, progress

    stages, output = Stages(), io.StringIO()
    progress.progress_for_stderr = lambda: stages
    sys.argv = ["explorer", *arguments, "--json"]
    with contextlib.redirect_stdout(output):
        try:
            main()
        except SystemExit as error:  # every command ends so; code 0 is success
            if error.code:
                raise
    return {**json.loads(output.getvalue()), "stages": stages.seconds, "searchable_s": searchable[0]}


def wait_for_generation(library: Path) -> float:
    """Wait until an index of the library has a generation, and return the time."""
    while not any(library.glob("*/CURRENT")) and not any(library.glob("*/*/CURRENT")):
        time.sleep(0.05)
    return time.perf_counter()


def ingest(archive: Path, library: Path, encoder: str, *options: str) -> dict[str, Any]:
    """Run an ingest in a new process. Return counts, seconds, seconds of each stage, and peak memory."""
    arguments = ["ingest", str(archive), "--library", str(library), "--encoder", encoder, *options]
    process = in_fresh_process(explorer, arguments, str(library))
    stages = {name: process.result["stages"].get(stage, 0.0) for stage, name in STAGES.items()}
    counts = {name: process.result[name] for name in ("issues", "items", "figures", "pictures", "problems")}
    other_seconds = process.seconds - sum(stages.values())
    return {
        **counts,
        "seconds": process.seconds,
        "searchable_s": process.result["searchable_s"],
        **stages,
        "rest_s": other_seconds,
        "peak_mb": process.peak_mb,
    }


def read_archive(archive: Path, encoder: str) -> dict[str, float]:
    """Ingest an archive when it is new, again, and with --rebuild."""
    with tempfile.TemporaryDirectory() as scratch:
        library = Path(scratch) / "library"
        new = ingest(archive, library, encoder)
        again = ingest(archive, library, encoder)
        rebuilt = ingest(archive, library, encoder, "--rebuild")
        return {
            **new,
            "again_s": again["seconds"],
            "rebuild_s": rebuilt["seconds"],
            "library_mb": disk_mb(library),
        }


def grow(figures: int, encoder: str) -> dict[str, float]:
    """Ingest an archive of the given number of figures when it is new, and after a change of one issue."""
    with tempfile.TemporaryDirectory() as scratch:
        archive, library = Path(scratch) / "archive", Path(scratch) / "library"
        in_fresh_process(make_archive, str(archive), figures)
        new = ingest(archive, library, encoder)
        library_mb = disk_mb(library)
        change_issue(archive)
        update = ingest(archive, library, encoder)
        return {
            **new,
            "ms_per_figure": new["seconds"] / figures * 1000,
            "library_mb": library_mb,
            "changed_s": update["seconds"],
            "changed_peak_mb": update["peak_mb"],
        }


def make_archive(folder: str, figures: int) -> None:
    """Write issues in Markdown with their pictures beside them (runs in its own process)."""
    large = [picture for picture in sample_pictures() if min(picture.size) >= SMALLEST_SIDE_PX]
    for issue, first in enumerate(range(0, figures, FIGURES_IN_ISSUE)):
        issue_folder = Path(folder) / f"issue-{issue:05d}"
        issue_folder.mkdir(parents=True)
        numbers = range(first, min(first + FIGURES_IN_ISSUE, figures))
        for number, original in zip(numbers, islice(cycle(large), first, None), strict=False):
            suffix = "jpg" if number % 2 else "png"
            vary(original, number).save(issue_folder / f"{number:06d}.{suffix}", quality=85, compress_level=3)
        (issue_folder / "index.md").write_text(_issue(issue, numbers), encoding="utf-8")


def sample_pictures() -> Iterator[Image.Image]:
    """Return all PNG pictures of the sample archive, except those that are damaged on purpose."""
    for path in sorted(SAMPLE.rglob("*.png")):
        with contextlib.suppress(images.PictureError):
            yield images.open_picture(path)


def vary(picture: Image.Image, number: int) -> Image.Image:
    """Return a variant of a picture: different brightness, a small shift, and a patch of its own."""
    random = np.random.default_rng(number)
    pixels = np.asarray(picture, dtype=np.float32) * random.uniform(0.8, 1.2) + random.uniform(-20, 20, 3)
    pixels = np.roll(pixels, random.integers(-40, 40, 2), axis=(0, 1))
    top, left = random.integers(pixels.shape[0] - 60), random.integers(pixels.shape[1] - 60)
    pixels[top : top + 60, left : left + 60] = random.uniform(0, 255, 3)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def change_issue(archive: Path) -> None:
    """Change the words of one issue, and the pixels of one of its pictures."""
    page = min(archive.glob("*/index.md"))
    page.write_text(
        page.read_text(encoding="utf-8").replace("Figure 3.", "Figure 3, corrected."), encoding="utf-8"
    )
    picture = min(page.parent.glob("*.png"))
    with Image.open(picture) as opened:
        vary(opened.convert("RGB"), -1 % 2**32).save(picture)


def main() -> None:
    options = _options()
    paths = [] if options.no_archives else options.archives or [SAMPLE]
    archives = dict(_with_name(path) for path in paths)
    read: dict[str, list[dict[str, float]]] = defaultdict(list)
    growth: dict[int, list[dict[str, float]]] = defaultdict(list)
    for repeat in range(options.repeats):
        for name, path in archives.items():
            log(f"{repeat + 1} of {options.repeats}: {name}")
            read[name].append(read_archive(path, options.encoder))
        for figures in options.growth:
            log(f"{repeat + 1} of {options.repeats}: {figures:,} figures")
            growth[figures].append(grow(figures, options.encoder))
    environment = f"{machine('torch', 'pillow', 'qdrant-edge-py')}; encoder {options.encoder}"
    if options.json:
        report = {
            "machine": environment,
            "repeats": options.repeats,
            "archives": [{"archive": name, **plain(spreads(runs))} for name, runs in read.items()],
            "growth": [{"made_of": figures, **plain(spreads(runs))} for figures, runs in growth.items()],
        }
        print(json.dumps(report))
        return
    print(f"{environment}; median of {options.repeats} (least–greatest)")
    for results in filter(None, (_archives_table(read), _growth_table(growth))):
        print(f"\n{results}")


STAGE_COLUMNS = {
    "seconds": "seconds",
    "searchable": "searchable_s",
    "reading": "reading_s",
    "embedding": "looking_s",
    "indexing": "indexing_s",
    "other": "rest_s",
}


def _archives_table(read: dict[str, list[dict[str, float]]]) -> str:
    columns = {
        **STAGE_COLUMNS,
        "MB": "peak_mb",
        "again s": "again_s",
        "--rebuild s": "rebuild_s",
        "library MB": "library_mb",
    }
    rows = [(name, *_counts(runs), *_cells(spreads(runs), columns)) for name, runs in read.items()]
    return table(("archive", "issues", "figures", *columns), rows) if rows else ""


def _growth_table(growth: dict[int, list[dict[str, float]]]) -> str:
    columns = {
        **STAGE_COLUMNS,
        "ms per figure": "ms_per_figure",
        "MB": "peak_mb",
        "library MB": "library_mb",
        "one changed issue s": "changed_s",
        "MB of that": "changed_peak_mb",
    }
    rows = [(*reversed(_counts(runs)), *_cells(spreads(runs), columns)) for runs in growth.values()]
    return table(("figures", "issues", *columns), rows) if rows else ""


def _counts(runs: Sequence[dict[str, float]]) -> tuple[str, str]:
    return f"{runs[0]['issues']:,}", f"{runs[0]['figures']:,}"


def _cells(spread: dict[str, Spread], columns: dict[str, str]) -> list[Spread]:
    return [spread[key] for key in columns.values()]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("archives", nargs="*", type=Path, metavar="ARCHIVE")
    parser.add_argument(
        "--growth", type=parse_integers, default="200,2000", help='numbers of figures; "" for none'
    )
    parser.add_argument("--encoder", default="lite", help="a name from `explorer models`")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--no-archives", action="store_true", help="only the growth")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    return parser.parse_args()


def _with_name(path: Path) -> tuple[str, Path]:
    """Return the name and path of an archive. A folder named `archive` gets the name of its parent folder."""
    resolved = path.resolve()
    return (resolved.parent if resolved.name == "archive" else resolved).name, resolved


def _issue(issue: int, numbers: Sequence[int]) -> str:
    random = np.random.default_rng([issue])
    day = f"{2005 + issue % 20}-{issue % 12 + 1:02d}-15"
    front_matter = f"---\ntitle: Issue {issue}\nnumber: {issue + 1}\ndate: {day}\n---\n"
    figures = []
    for position, number in enumerate(numbers, 1):
        suffix = "jpg" if number % 2 else "png"
        caption = f"Figure {position}. {words_of(random, CAPTION_WORDS)}"
        figures.append(
            f"## {position}. {words_of(random, 4)}\n\n{words_of(random, PARAGRAPH_WORDS)}\n\n"
            f"![{caption}]({number:06d}.{suffix})\n\n{words_of(random, PARAGRAPH_WORDS)}\n"
        )
    return "\n".join((front_matter, f"# Issue {issue}", *figures))


def words_of(random: np.random.Generator, count: int) -> str:
    words = " ".join(random.choice(VOCABULARY.split(), size=count))
    return f"{words.capitalize()}."


VOCABULARY = (
    "amber anchor archive autumn bridge canvas chart cloud coast copper crystal current desert engine field "
    "forest garden glacier graph harbour harvest island journal kettle ladder lantern leaf letter lighthouse "
    "market meadow mirror model moon mountain museum network newspaper night northern ocean orchard paper "
    "pattern picture planet printer rainfall region reservoir river road roof sample season shadow shore "
    "signal silver sketch snow spectrum spring station stone storm street summer survey table telescope "
    "temperature tower train valley village voice water weather wheel window winter with of the and from "
    "under beside after before during between shows measured drawn found grows falls moves"
)


if __name__ == "__main__":
    main()
