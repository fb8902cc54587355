"""What reading an archive into a library costs, and how that grows.

    python benchmarks/ingest.py [ARCHIVE ...] [--growth 200,2000] [--repeats 3] [--encoder lite] [--json]

Each archive (by default the sample) is ingested three times into one library:
when it is new, again when nothing changed, and with --rebuild, which takes every vector from the cache. Growth
ingests archives of so many figures, made of the sample's pictures with changed pixels, no two alike; then one
issue of ten figures is changed and taken in. Every ingest is the command `explorer ingest` in a new process, so
seconds count its start too, and memory is that of the whole process.
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
from typing import Any, TypeVar

import numpy as np
from measuring import (
    ScoreDistribution,
    disk_mb,
    in_fresh_process,
    machine,
    plain,
    say,
    spreads,
    table,
    whole_numbers,
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
    """An explorer.ingest.report.Progress that remembers how long each piece of work took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def track(self, work: Sequence[Work], what: str) -> Iterator[Iterator[Work]]:
        started = time.perf_counter()
        try:
            yield iter(work)
        finally:
            self.seconds[what] += time.perf_counter() - started


def explorer(arguments: list[str]) -> dict[str, Any]:
    """In a process of its own: the command `explorer` with --json, its report and how long its stages took."""
    from explorer.cli import main, progress

    stages, printed = Stages(), io.StringIO()
    progress.progress_for_stderr = lambda: stages
    sys.argv = ["explorer", *arguments, "--json"]
    with contextlib.redirect_stdout(printed):
        try:
            main()
        except SystemExit as end:  # how every command ends; code 0 is one that went well
            if end.code:
                raise
    return {**json.loads(printed.getvalue()), "stages": stages.seconds}


def ingest(archive: Path, library: Path, encoder: str, *options: str) -> dict[str, Any]:
    """One ingest in a new process: counts, seconds, seconds of each stage, peak memory."""
    call = ["ingest", str(archive), "--library", str(library), "--encoder", encoder, *options]
    done = in_fresh_process(explorer, call)
    stages = {name: done.result["stages"].get(what, 0.0) for what, name in STAGES.items()}
    counts = {name: done.result[name] for name in ("issues", "items", "figures", "pictures", "problems")}
    rest = done.seconds - sum(stages.values())
    return {**counts, "seconds": done.seconds, **stages, "rest_s": rest, "peak_mb": done.peak_mb}


def read_archive(archive: Path, encoder: str) -> dict[str, float]:
    """An archive when it is new, again, and with --rebuild."""
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
    """An archive of so many figures when it is new, and after one issue changed."""
    with tempfile.TemporaryDirectory() as scratch:
        archive, library = Path(scratch) / "archive", Path(scratch) / "library"
        in_fresh_process(make_archive, str(archive), figures)
        new = ingest(archive, library, encoder)
        library_mb = disk_mb(library)
        change_issue(archive)
        changed = ingest(archive, library, encoder)
        return {
            **new,
            "ms_per_figure": new["seconds"] / figures * 1000,
            "library_mb": library_mb,
            "changed_s": changed["seconds"],
            "changed_peak_mb": changed["peak_mb"],
        }


def make_archive(folder: str, figures: int) -> None:
    """In a process of its own: issues in Markdown, each with its pictures beside it."""
    large = [picture for picture in sample_pictures() if min(picture.size) >= SMALLEST_SIDE_PX]
    for issue, first in enumerate(range(0, figures, FIGURES_IN_ISSUE)):
        place = Path(folder) / f"issue-{issue:05d}"
        place.mkdir(parents=True)
        numbers = range(first, min(first + FIGURES_IN_ISSUE, figures))
        for number, original in zip(numbers, islice(cycle(large), first, None), strict=False):
            suffix = "jpg" if number % 2 else "png"
            changed(original, number).save(place / f"{number:06d}.{suffix}", quality=85, compress_level=3)
        (place / "index.md").write_text(_issue(issue, numbers), encoding="utf-8")


def sample_pictures() -> Iterator[Image.Image]:
    """Every PNG of the sample but those that are broken on purpose."""
    for path in sorted(SAMPLE.rglob("*.png")):
        with contextlib.suppress(images.PictureError):
            yield images.open_picture(path)


def changed(picture: Image.Image, number: int) -> Image.Image:
    """The picture in other light, moved a little, with a patch of its own."""
    random = np.random.default_rng(number)
    pixels = np.asarray(picture, dtype=np.float32) * random.uniform(0.8, 1.2) + random.uniform(-20, 20, 3)
    pixels = np.roll(pixels, random.integers(-40, 40, 2), axis=(0, 1))
    top, left = random.integers(pixels.shape[0] - 60), random.integers(pixels.shape[1] - 60)
    pixels[top : top + 60, left : left + 60] = random.uniform(0, 255, 3)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def change_issue(archive: Path) -> None:
    """Other words in one issue, and one picture of it with other pixels."""
    page = min(archive.glob("*/index.md"))
    page.write_text(
        page.read_text(encoding="utf-8").replace("Figure 3.", "Figure 3, corrected."), encoding="utf-8"
    )
    picture = min(page.parent.glob("*.png"))
    with Image.open(picture) as opened:
        changed(opened.convert("RGB"), -1 % 2**32).save(picture)


def main() -> None:
    options = _options()
    chosen = [] if options.no_archives else options.archives or [SAMPLE]
    archives = dict(_named(path) for path in chosen)
    read: dict[str, list[dict[str, float]]] = defaultdict(list)
    grown: dict[int, list[dict[str, float]]] = defaultdict(list)
    for repeat in range(options.repeats):
        for name, path in archives.items():
            say(f"{repeat + 1} of {options.repeats}: {name}")
            read[name].append(read_archive(path, options.encoder))
        for figures in options.growth:
            say(f"{repeat + 1} of {options.repeats}: {figures:,} figures")
            grown[figures].append(grow(figures, options.encoder))
    here = f"{machine('torch', 'pillow', 'qdrant-edge-py')}; encoder {options.encoder}"
    if options.json:
        by_name = [{"archive": name, **plain(spreads(its))} for name, its in read.items()]
        by_size = [{"made_of": figures, **plain(spreads(its))} for figures, its in grown.items()]
        print(
            json.dumps({"machine": here, "repeats": options.repeats, "archives": by_name, "growth": by_size})
        )
        return
    print(f"{here}; median of {options.repeats} (least–greatest)")
    for results in filter(None, (_archives_table(read), _growth_table(grown))):
        print(f"\n{results}")


STAGE_COLUMNS = {
    "seconds": "seconds",
    "reading": "reading_s",
    "looking": "looking_s",
    "indexing": "indexing_s",
    "rest": "rest_s",
}


def _archives_table(read: dict[str, list[dict[str, float]]]) -> str:
    shown = {
        **STAGE_COLUMNS,
        "MB": "peak_mb",
        "again s": "again_s",
        "--rebuild s": "rebuild_s",
        "library MB": "library_mb",
    }
    rows = [(name, *_counts(its), *_cells(spreads(its), shown)) for name, its in read.items()]
    return table(("archive", "issues", "figures", *shown), rows) if rows else ""


def _growth_table(grown: dict[int, list[dict[str, float]]]) -> str:
    shown = {
        **STAGE_COLUMNS,
        "ms per figure": "ms_per_figure",
        "MB": "peak_mb",
        "library MB": "library_mb",
        "one changed issue s": "changed_s",
        "MB then": "changed_peak_mb",
    }
    rows = [(*reversed(_counts(its)), *_cells(spreads(its), shown)) for its in grown.values()]
    return table(("figures", "issues", *shown), rows) if rows else ""


def _counts(runs: Sequence[dict[str, float]]) -> tuple[str, str]:
    return f"{runs[0]['issues']:,}", f"{runs[0]['figures']:,}"


def _cells(spread: dict[str, ScoreDistribution], shown: dict[str, str]) -> list[ScoreDistribution]:
    return [spread[key] for key in shown.values()]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("archives", nargs="*", type=Path, metavar="ARCHIVE")
    parser.add_argument(
        "--growth", type=whole_numbers, default="200,2000", help='numbers of figures; "" for none'
    )
    parser.add_argument("--encoder", default="lite", help="as `explorer models` lists them")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--no-archives", action="store_true", help="growth alone")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    return parser.parse_args()


def _named(path: Path) -> tuple[str, Path]:
    """Archives that are all called `archive` go by the folder around them."""
    resolved = path.resolve()
    return (resolved.parent if resolved.name == "archive" else resolved).name, resolved


def _issue(issue: int, numbers: Sequence[int]) -> str:
    random = np.random.default_rng([issue])
    head = f"---\ntitle: Issue {issue}\nnumber: {issue + 1}\ndate: {2005 + issue % 20}-{issue % 12 + 1:02d}-15\n---\n"
    figures = []
    for place, number in enumerate(numbers, 1):
        suffix = "jpg" if number % 2 else "png"
        caption = f"Figure {place}. {words_of(random, CAPTION_WORDS)}"
        figures.append(
            f"## {place}. {words_of(random, 4)}\n\n{words_of(random, PARAGRAPH_WORDS)}\n\n"
            f"![{caption}]({number:06d}.{suffix})\n\n{words_of(random, PARAGRAPH_WORDS)}\n"
        )
    return "\n".join((head, f"# Issue {issue}", *figures))


def words_of(random: np.random.Generator, count: int) -> str:
    chosen = " ".join(random.choice(VOCABULARY.split(), size=count))
    return f"{chosen.capitalize()}."


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
