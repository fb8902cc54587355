"""A library of many figures for the benchmarks that need one, with their options and JSON output.

The archive resembles those of `benchmarks/ingest.py --growth`, but it repeats 200 pictures, so that the library is
built in minutes. All captions and paragraphs are different.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from ingest import (
    CAPTION_WORDS,
    FIGURES_IN_ISSUE,
    PARAGRAPH_WORDS,
    SMALLEST_SIDE_PX,
    sample_pictures,
    vary,
    words_of,
)
from measuring import log

from explorer import is_library
from explorer.library.library import Library

PICTURES = 200


def options(description: str) -> argparse.ArgumentParser:
    """Return a parser with the options --figures, --library and --json."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--figures", type=int, default=10_000)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--json", action="store_true")
    return parser


@contextmanager
def large_library(figures: int, permanent: Path | None) -> Iterator[tuple[Path, Path]]:
    """Yield the library and its archive: in the folder `permanent` (created if missing), or in a temporary folder."""
    with tempfile.TemporaryDirectory() as scratch:
        home = permanent or Path(scratch) / "library"
        archive = home.parent / f"{home.name}-archive"
        if not is_library(home):
            log(f"making a library of {figures:,} figures")
            _make_archive(archive, figures)
            with Library.create(home) as library:
                library.archives.ingest([archive], encoder="lite")
        yield home, archive


def _make_archive(folder: Path, figures: int) -> None:
    """Write issues in Markdown and their pictures into one folder."""
    large = [picture for picture in sample_pictures() if min(picture.size) >= SMALLEST_SIDE_PX]
    folder.mkdir(parents=True)
    for number in range(PICTURES):
        vary(large[number % len(large)], number).save(folder / f"{number}.png", compress_level=3)
    for issue, first in enumerate(range(0, figures, FIGURES_IN_ISSUE)):
        random = np.random.default_rng([issue])
        parts = [f"# Issue {issue}"]
        for figure in range(first, min(first + FIGURES_IN_ISSUE, figures)):
            parts += [
                f"## {words_of(random, 4)}",
                words_of(random, PARAGRAPH_WORDS),
                f"![{words_of(random, CAPTION_WORDS)}]({figure % PICTURES}.png)",
            ]
        (folder / f"issue-{issue:05d}.md").write_text("\n\n".join(parts), encoding="utf-8")


def as_json(figures: int, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return the measurements as one JSON object."""
    return json.dumps({"figures": figures, "rows": [dict(zip(columns, row, strict=True)) for row in rows]})
